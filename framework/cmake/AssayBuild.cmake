# Compiler settings that every target of the tree shares, and the ccache launcher where it is installed.
find_program(ASSAY_CCACHE ccache)
if(ASSAY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ASSAY_CCACHE})
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib;$ORIGIN;$ORIGIN/../../")

add_library(assay_build INTERFACE)  # private to this tree: never exported
target_compile_options(assay_build INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms of gcc 12 on std::string
  $<$<BOOL:${ASSAY_WERROR}>:-Werror>)
set(ASSAY_MARCH_OPTION "")
if(ASSAY_ARCH)
  set(ASSAY_MARCH_OPTION -march=${ASSAY_ARCH})
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(ASSAY_MARCH_OPTION -march=x86-64-v3)
endif()
target_compile_options(assay_build INTERFACE ${ASSAY_MARCH_OPTION})
if(ASSAY_SANITIZE)
  # -O1 -g1: instrumented code at -O2 -g takes nearly twice as long to compile, and shows the same faults.
  target_compile_options(assay_build INTERFACE -O1 -g1 -fsanitize=${ASSAY_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(assay_build INTERFACE -fsanitize=${ASSAY_SANITIZE})
endif()
find_program(ASSAY_MOLD mold)
if(ASSAY_MOLD)
  target_link_options(assay_build INTERFACE -fuse-ld=mold)
endif()
target_link_options(assay_build INTERFACE -Wl,--build-id)  # results name the builds that made them
