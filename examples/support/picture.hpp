// Tidy CSV files, and pictures of them by gnuplot, for the example programs.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <cardamom/core/error.hpp>

namespace support {

/// A table with one observation per line, comma-separated, under a line of column names. Numbers are written with as
/// many digits as they need to read back the same. Fields must not hold commas or quotes.
class Csv {
 public:
  /// @throws cardamom::IoError when the file cannot be written
  Csv(std::filesystem::path path, std::initializer_list<std::string_view> columns)
      : path_(std::move(path)), file_(path_, std::ios::trunc) {
    for (const std::string_view column : columns) add(column);
    end_line();
  }

  template <class... Fields>
  void row(const Fields&... fields) {
    (add(fields), ...);
    end_line();
  }

  /// Between blocks that gnuplot joins by no line.
  void gap() {
    file_ << '\n';
    check();
  }

 private:
  void add(std::string_view field) {
    if (!first_) file_ << ',';
    first_ = false;
    file_ << field;
  }
  void add(const char* field) { add(std::string_view(field)); }
  void add(const std::string& field) { add(std::string_view(field)); }
  template <std::integral Number>
  void add(Number value) {
    add(std::string_view(std::to_string(value)));
  }
  void add(double value) {
    char buffer[32];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
    add(std::string_view(buffer, result.ptr));
  }
  /// Lines reach the file at once: a picture may be drawn while the table is still open.
  void end_line() {
    file_ << '\n' << std::flush;
    first_ = true;
    check();
  }
  void check() {
    if (!file_) throw cardamom::IoError(path_.string(), "cannot be written");
  }

  std::filesystem::path path_;
  std::ofstream file_;
  bool first_ = true;
};

inline bool has_gnuplot() {
  static const bool found = std::system("command -v gnuplot >/dev/null 2>&1") == 0;
  return found;
}

/// What became of a picture.
enum class Drawn {
  png_and_svg,  ///< both files are there
  script_only,  ///< gnuplot is not installed
  failed,       ///< gnuplot did not accept the script; its message went to standard error
};

struct PictureSize {
  int width = 900;  ///< pixels
  int height = 450;
};

/// Writes `folder/name.gp`, which draws name.png (name.svg with `gnuplot -e "format='svg'" name.gp`) from the CSV files
/// of the folder, and runs it when gnuplot is installed. Line types 1 to 6 are a palette that colour-blind readers tell
/// apart: blue, vermilion, green, purple, orange, sky.
/// @param commands gnuplot commands, without terminal and output; columns are separated by commas and the first line of
/// each file names them
/// @throws cardamom::IoError when the script cannot be written
inline Drawn draw(const std::filesystem::path& folder, const std::string& name, std::string_view commands,
                  PictureSize size = {}) {
  const std::filesystem::path script = folder / (name + ".gp");
  {
    const std::string pixels = std::to_string(size.width) + "," + std::to_string(size.height);
    std::ofstream file(script, std::ios::trunc);
    file << "if (!exists(\"format\")) format = \"png\"\n"
            "if (format eq \"svg\") {\n  set terminal svg size "
         << pixels << " dynamic background \"white\" font \"Sans,13\"\n} else {\n  set terminal pngcairo size "
         << pixels << " background \"white\" font \"Sans,11\"\n}\n"
         << "set output \"" << name << ".\" . format\n"
         << "set datafile separator \",\"\n"
            "if (GPVAL_VERSION >= 5.4) set datafile columnheaders\n"
            "set border 3\nset tics nomirror\n"
            "set linetype 1 lc rgb \"#0072B2\" lw 2 pt 7\n"
            "set linetype 2 lc rgb \"#D55E00\" lw 2 pt 5\n"
            "set linetype 3 lc rgb \"#009E73\" lw 2 pt 9\n"
            "set linetype 4 lc rgb \"#CC79A7\" lw 2 pt 13\n"
            "set linetype 5 lc rgb \"#E69F00\" lw 2 pt 11\n"
            "set linetype 6 lc rgb \"#56B4E9\" lw 2 pt 15\n"
         << commands << '\n';
    if (!file) throw cardamom::IoError(script.string(), "cannot be written");
  }
  if (!has_gnuplot()) return Drawn::script_only;

  std::string quoted = "'";
  for (const char letter : folder.string()) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  quoted += "'";
  for (const char* format : {"png", "svg"}) {
    const std::string command = "cd " + quoted + " && gnuplot -e \"format='" + format + "'\" '" + name + ".gp'";
    if (std::system(command.c_str()) != 0) return Drawn::failed;
  }
  return Drawn::png_and_svg;
}

}  // namespace support
