// What the fuzzing programs share. A program holds several targets, each a reader with a few inputs to begin with, and
// CARDAMOM_FUZZ in its environment names the one to run:
//
//   CARDAMOM_FUZZ=panel fuzz_readers [options of libFuzzer] [folders of inputs]
//   fuzz_readers --targets          lists the targets
//   fuzz_readers --seeds FOLDER     writes the first inputs of every target, FOLDER/<target>/<number>
//
// A reader may understand an input or throw IoError. Anything else stops the program: another exception, a failed
// `require`, what the sanitizers, Eigen's assertions and libFuzzer's bounds of time and memory find.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/error.hpp>

namespace fuzz {

struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
  std::vector<std::string> (*seeds)();
};

/// Stops the program: a reader broke a promise.
inline void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

/// What `read` makes of a text that was written here, which it must understand.
template <class Read>
auto read_again(const Read& read) {
  try {
    return read();
  } catch (const cardamom::IoError& error) {
    require(false, error.what());
    throw;
  }
}

/// A folder of this process for readers that open files themselves, in memory where the system offers it.
inline const std::filesystem::path& folder() {
  static const struct Folder {
    Folder() {
      std::error_code ignored;
      const std::filesystem::path memory = "/dev/shm";
      std::string name =
          (std::filesystem::is_directory(memory, ignored) ? memory : std::filesystem::temp_directory_path()) /
          "cardamom_fuzz_XXXXXX";
      if (mkdtemp(name.data()) == nullptr) std::abort();
      path = name;
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
  } made;
  return made.path;
}

inline void write_file(const std::string& path, std::string_view content) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) std::abort();
  const std::size_t written = std::fwrite(content.data(), 1, content.size(), file);
  std::fclose(file);
  if (written != content.size()) std::abort();
}

inline std::string file_content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Defined by each program.
const std::vector<Target>& targets();

inline const Target& chosen() {
  const char* const name = std::getenv("CARDAMOM_FUZZ");
  for (const Target& target : targets()) {
    if (name != nullptr && target.name == name) return target;
  }
  std::fprintf(stderr, "CARDAMOM_FUZZ must name a target; --targets lists them\n");
  std::_Exit(2);
}

inline void write_seeds(const std::filesystem::path& parent) {
  for (const Target& target : targets()) {
    std::filesystem::create_directories(parent / target.name);
    std::size_t number = 0;
    for (const std::string& seed : target.seeds()) {
      write_file(parent / target.name / ("seed_" + std::to_string(number++)), seed);
    }
  }
}

}  // namespace fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const std::vector<std::string_view> arguments(*argv, *argv + *argc);
  if (arguments.size() == 2 && arguments[1] == "--targets") {
    for (const fuzz::Target& target : fuzz::targets()) std::printf("%s\n", std::string(target.name).c_str());
    std::exit(0);
  }
  if (arguments.size() == 3 && arguments[1] == "--seeds") {
    fuzz::write_seeds(arguments[2]);
    std::exit(0);
  }
  fuzz::chosen();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Target target = fuzz::chosen();
  try {
    target.run({reinterpret_cast<const char*>(data), size});
  } catch (const cardamom::IoError&) {
    // The input is refused: as good as understood.
  }
  return 0;
}
