# assay_add_plugin(NAME source...): a shared library that `runner` can load, in this tree and out of it.
# Tests: registers the conformance suite (`runner check`) for the built file when BUILD_TESTING is on and a runner is known.
function(assay_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE assay::assay)
  if(TARGET assay_build)
    target_link_libraries(${name} PRIVATE assay_build)
  endif()
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_options(${name} PRIVATE -Wl,--build-id)
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  if(NOT ASSAY_SANITIZE)
    target_link_options(${name} PRIVATE -Wl,--no-undefined)
  endif()
endfunction()
