# mw_install: what `cmake --install` puts where, and the package that find_package(meshwright) finds.
# SPDX-License-Identifier: Apache-2.0
include(CMakePackageConfigHelpers)
set(mw_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/meshwright)

# Libraries. Those that tests link are static: a test program carries the kernel inside.
set(exported mw_sdk mw_kernel meshwright)
if(MW_TESTS)
  list(APPEND exported mw_sim mw_testing mw_doctest_main)
endif()
install(TARGETS ${exported} EXPORT meshwright ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT meshwright NAMESPACE meshwright:: DESTINATION ${mw_package_dir})

# Headers: the SDK and its testing part, nothing of the kernel.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(MW_TESTS)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/testing/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/sdk/cmake/meshwrightConfig.cmake.in
  ${PROJECT_BINARY_DIR}/meshwrightConfig.cmake INSTALL_DESTINATION ${mw_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/meshwrightConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/meshwrightConfig.cmake ${PROJECT_BINARY_DIR}/meshwrightConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/sdk/cmake/mw_plugin.cmake ${PROJECT_SOURCE_DIR}/sdk/cmake/mw_plugin.map
        DESTINATION ${mw_package_dir})

if(TARGET mw)
  install(TARGETS mw RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/sdk/template)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/template DESTINATION ${CMAKE_INSTALL_DATADIR}/meshwright)
endif()
