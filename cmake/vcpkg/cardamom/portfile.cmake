# Overlay port of this checkout: vcpkg install cardamom --overlay-ports=<checkout>/cmake/vcpkg
# For a registry, replace SOURCE_PATH by vcpkg_from_github() of a release.
get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../../.." ABSOLUTE)

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS -DCARDAMOM_BUILD_TESTS=OFF -DCARDAMOM_BUILD_EXAMPLES=OFF -DCARDAMOM_BUILD_PRECOMPILED=OFF
    -DCARDAMOM_INSTALL=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME cardamom CONFIG_PATH share/cmake/cardamom)
vcpkg_fixup_pkgconfig()

# Headers only: nothing differs between debug and release.
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug" "${CURRENT_PACKAGES_DIR}/lib" "${CURRENT_PACKAGES_DIR}/share/doc")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
