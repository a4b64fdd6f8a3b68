# Settings of the project's own programs (tests, examples, benchmarks); nothing here reaches consumers.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

add_library(cardamom_developer INTERFACE)
target_link_libraries(cardamom_developer INTERFACE cardamom::cardamom)
target_compile_options(cardamom_developer INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CARDAMOM_WARNINGS_AS_ERRORS)
  target_compile_options(cardamom_developer INTERFACE -Werror)
endif()
if(CARDAMOM_NATIVE)
  target_compile_options(cardamom_developer INTERFACE -march=native)
endif()
if(CARDAMOM_SANITIZE)
  # Eigen's assertions are part of the check: keep them whatever the build type.
  target_compile_options(cardamom_developer INTERFACE
    -fsanitize=${CARDAMOM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1 -UNDEBUG)
  target_link_options(cardamom_developer INTERFACE -fsanitize=${CARDAMOM_SANITIZE})
endif()

# Formats that need another library: read and written where it is found; elsewhere the functions throw and say so.
# A program that wants them defines the same macro and links the same library.
add_library(cardamom_formats INTERFACE)
find_package(ZLIB QUIET)
if(ZLIB_FOUND)
  target_compile_definitions(cardamom_formats INTERFACE CARDAMOM_WITH_ZLIB)
  target_link_libraries(cardamom_formats INTERFACE ZLIB::ZLIB)
endif()
include(CheckLanguage)
check_language(C)  # FindHDF5 tries its C library out
if(CMAKE_C_COMPILER)
  enable_language(C)
  find_package(HDF5 QUIET COMPONENTS C)
endif()
if(HDF5_FOUND)
  target_compile_definitions(cardamom_formats INTERFACE CARDAMOM_WITH_HDF5 ${HDF5_C_DEFINITIONS})
  target_include_directories(cardamom_formats SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
  target_link_libraries(cardamom_formats INTERFACE ${HDF5_C_LIBRARIES})
endif()
