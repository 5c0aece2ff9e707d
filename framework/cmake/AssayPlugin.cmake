# assay_add_plugin(NAME source...): a shared library that `runner` can load. The same function in Assay's tree and, after
# find_package(Assay), in yours.
#   built into    <build folder>/plugins/NAME.so
#   installed to  <libdir>/assay/plugins
#   tested by     ctest -R check_NAME   (`runner check NAME.so`: the conformance suite)
include(GNUInstallDirs)

function(assay_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE assay::assay)
  target_compile_features(${name} PRIVATE cxx_std_20)
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  target_link_options(${name} PRIVATE -Wl,--build-id)  # results name the builds that made them
  if(TARGET assay_build)
    set(sanitize "${ASSAY_SANITIZE}")
    set(runner $<TARGET_FILE:runner>)
    target_link_libraries(${name} PRIVATE assay_build)
  else()
    # Models are compared by their speed too: an outsider gets the compiler settings of those inside.
    set(sanitize "${Assay_SANITIZE}")
    set(runner $<TARGET_FILE:assay::runner>)
    target_compile_options(${name} PRIVATE -Wall -Wextra $<$<CONFIG:>:-O3> ${Assay_COMPILE_OPTIONS})
    target_link_options(${name} PRIVATE ${Assay_LINK_OPTIONS})
  endif()
  if(NOT sanitize)  # a sanitizer's functions come with the program
    target_link_options(${name} PRIVATE -Wl,--no-undefined)
  endif()
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/assay/plugins)
  if(NOT DEFINED BUILD_TESTING OR BUILD_TESTING)
    add_test(NAME check_${name} COMMAND ${runner} check $<TARGET_FILE:${name}>)
    set_tests_properties(check_${name} PROPERTIES LABELS conformance TIMEOUT 600)
  endif()
endfunction()
