// Access to the published data sets, which are not part of the project: tests that need them say so and pass when the
// CMake option CARDAMOM_DATA_DIR was not set.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <doctest/doctest.h>

namespace support {

inline std::optional<std::filesystem::path> data_dir() {
  if (std::string(CARDAMOM_DATA_DIR).empty()) {
    MESSAGE("skipped: set the CMake option CARDAMOM_DATA_DIR to run this test");
    return std::nullopt;
  }
  return std::filesystem::path(CARDAMOM_DATA_DIR);
}

}  // namespace support
