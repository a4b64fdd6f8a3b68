include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(cardamom_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/cardamom)
install(TARGETS cardamom EXPORT cardamom-targets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# The headers can be installed without anything being built; the package configuration looks whether the library was.
if(TARGET cardamom_precompiled)
  install(TARGETS cardamom_precompiled EXPORT cardamom-precompiled-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} OPTIONAL)
  install(EXPORT cardamom-precompiled-targets NAMESPACE cardamom:: DESTINATION ${cardamom_package_dir})
endif()
set(cardamom_precompiled_file
  ${CMAKE_INSTALL_LIBDIR}/${CMAKE_STATIC_LIBRARY_PREFIX}cardamom_precompiled${CMAKE_STATIC_LIBRARY_SUFFIX})
install(EXPORT cardamom-targets NAMESPACE cardamom:: DESTINATION ${cardamom_package_dir})

configure_package_config_file(cmake/cardamom-config.cmake.in ${PROJECT_BINARY_DIR}/cardamom-config.cmake
  INSTALL_DESTINATION ${cardamom_package_dir} PATH_VARS cardamom_precompiled_file)
# Before version 1.0.0 a new minor version may change what programs rely on.
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(cardamom_compatibility SameMinorVersion)
else()
  set(cardamom_compatibility SameMajorVersion)
endif()
set(cardamom_architecture ARCH_INDEPENDENT)
if(TARGET cardamom_precompiled)
  set(cardamom_architecture)
endif()
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cardamom-config-version.cmake
  COMPATIBILITY ${cardamom_compatibility} ${cardamom_architecture})
install(FILES
  ${PROJECT_BINARY_DIR}/cardamom-config.cmake
  ${PROJECT_BINARY_DIR}/cardamom-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/build_type.cmake
  ${PROJECT_SOURCE_DIR}/cmake/components.cmake
  ${PROJECT_SOURCE_DIR}/cmake/dependencies.cmake
  DESTINATION ${cardamom_package_dir})

set(pc_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)
file(RELATIVE_PATH pc_prefix /prefix/${pc_dir} /prefix)
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
configure_file(cmake/cardamom.pc.in ${PROJECT_BINARY_DIR}/cardamom.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cardamom.pc DESTINATION ${pc_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# cmake --build <build> --target uninstall
if(PROJECT_IS_TOP_LEVEL)
  configure_file(cmake/uninstall.cmake.in ${PROJECT_BINARY_DIR}/uninstall.cmake @ONLY)
  add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -P ${PROJECT_BINARY_DIR}/uninstall.cmake VERBATIM)
endif()
