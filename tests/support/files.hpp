// Files for a test: a directory that disappears with the test, and contents in and out.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/error.hpp>

namespace support {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    // In memory where the system offers it: some tests write thousands of files.
    std::error_code ignored;
    const std::filesystem::path memory = "/dev/shm";
    const std::filesystem::path parent =
        std::filesystem::is_directory(memory, ignored) ? memory : std::filesystem::temp_directory_path();
    std::random_device random;
    do {
      path_ = parent / ("cardamom_test_" + std::to_string(random()));
    } while (!std::filesystem::create_directory(path_));
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

  /// Writes a file here and returns its path.
  std::string write(const std::string& name, std::string_view content) const {
    const std::string path = *this / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  /// Names of everything in it, sorted.
  std::vector<std::string> list() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path path_;
};

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Checks that `action` throws IoError with exactly this text after the path.
template <class Action>
void check_io_error(const std::string& path, const std::string& text, Action&& action) {
  try {
    static_cast<void>(action());
    FAIL_CHECK("no error, expected: " << text);
  } catch (const cardamom::IoError& error) {
    CHECK(std::string(error.what()) == path + text);
    CHECK(error.file() == path);
  }
}

}  // namespace support
