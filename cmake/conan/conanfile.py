"""Conan 2 recipe of this checkout: conan create cmake/conan --build=missing"""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

required_conan_version = ">=2.0"


class CardamomConan(ConanFile):
    name = "cardamom"
    description = (
        "Gene regulatory network inference from time-stamped single-cell counts by a mechanistic model of bursting"
    )
    license = "BSD-3-Clause"
    topics = ("single-cell", "gene-regulatory-network", "stochastic-simulation", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    @property
    def _project(self):
        return os.path.join(self.recipe_folder, os.pardir, os.pardir)

    def set_version(self):
        header = load(self, os.path.join(self._project, "include", "cardamom", "version.hpp"))
        self.version = ".".join(
            re.search(rf"CARDAMOM_VERSION_{part} (\d+)", header).group(1) for part in ("MAJOR", "MINOR", "PATCH")
        )

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "include/*", "cmake/*"):
            copy(self, pattern, src=self._project, dst=self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("eigen/3.4.0", transitive_headers=True)
        # The parts boost-crc, boost-math, boost-odeint and boost-random; the package of the headers has all parts.
        self.requires("boost/1.86.0", options={"header_only": True}, transitive_headers=True)

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["CARDAMOM_BUILD_TESTS"] = False
        toolchain.cache_variables["CARDAMOM_BUILD_EXAMPLES"] = False
        toolchain.cache_variables["CARDAMOM_BUILD_PRECOMPILED"] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        rmdir(self, os.path.join(self.package_folder, "share"))  # Conan writes its own package configuration

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_file_name", "cardamom")
        self.cpp_info.set_property("cmake_target_name", "cardamom::cardamom")
        self.cpp_info.set_property("pkg_config_name", "cardamom")
        self.cpp_info.requires = ["eigen::eigen", "boost::headers"]
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.system_libs = ["pthread"]
