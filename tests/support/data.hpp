// Access to the published data sets, which are not part of the project: tests that need them say so and pass when the
// CMake option CARDAMOM_DATA_DIR was not set.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

#include <doctest/doctest.h>

namespace support {

inline std::optional<std::filesystem::path> data_dir() {
  // Set by ctest: a test program does not depend on where the data are.
  const char* const folder = std::getenv("CARDAMOM_DATA_DIR");
  if (folder == nullptr || *folder == '\0') {
    MESSAGE("skipped: set the CMake option CARDAMOM_DATA_DIR to run this test");
    return std::nullopt;
  }
  return std::filesystem::path(folder);
}

}  // namespace support
