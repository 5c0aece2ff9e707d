# Install rules, and the package that `find_package(Assay)` finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(assay_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Assay)
install(TARGETS assay runner EXPORT AssayTargets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET assay_nn)
  install(TARGETS assay_nn EXPORT AssayTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
install(EXPORT AssayTargets NAMESPACE assay:: DESTINATION ${assay_package_folder})

configure_package_config_file(${PROJECT_SOURCE_DIR}/framework/cmake/AssayConfig.cmake.in
  ${PROJECT_BINARY_DIR}/AssayConfig.cmake INSTALL_DESTINATION ${assay_package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/AssayConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/AssayConfig.cmake ${PROJECT_BINARY_DIR}/AssayConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/framework/cmake/AssayPlugin.cmake DESTINATION ${assay_package_folder})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/experiments/ DESTINATION ${CMAKE_INSTALL_DATADIR}/assay/experiments
  FILES_MATCHING PATTERN "*.json")
