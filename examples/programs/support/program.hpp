// What the command-line programs share: exit codes, one-line errors, and the check that outputs can be written.
//
// Exit codes: 0 success (help and version included), 1 bad data (a file that cannot be read, understood or written,
// values out of range, a computation that failed), 2 bad usage (unknown or missing options, values that options do not
// take), 130 and 143 after SIGINT and SIGTERM.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/version.hpp>

#include "support/interruption.hpp"
#include "support/processes.hpp"

namespace support {

inline constexpr int success = 0;
inline constexpr int bad_data = 1;
inline constexpr int bad_usage = 2;

/// A value on the command line that makes no sense, where CLI11 cannot tell.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Option values that are numbers > 0, numbers >= 0, whole numbers >= `minimum`.
inline CLI::Validator checked_number(std::string expected, bool (*accept)(double)) {
  return CLI::Validator(
      [expected, accept](const std::string& text) {
        double value = 0.0;
        const bool good = cardamom::parse_number(text, value) && std::isfinite(value) && accept(value);
        return good ? std::string() : "value is " + cardamom::in_quotes(text) + ", must be " + expected;
      },
      "");
}
inline CLI::Validator positive() {
  return checked_number("a number > 0", [](double value) { return value > 0; });
}
inline CLI::Validator nonnegative() {
  return checked_number("a number >= 0", [](double value) { return value >= 0; });
}
/// @param word that may stand in place of the number, or empty
inline CLI::Validator at_least(cardamom::Index minimum, const std::string& word = {}) {
  const std::string expected = (word.empty() ? "" : word + " or ") + "a whole number >= " + std::to_string(minimum);
  return CLI::Validator(
      [expected, minimum, word](const std::string& text) {
        cardamom::Index value = 0;
        const bool good = (!word.empty() && text == word) || (cardamom::parse_whole(text, value) && value >= minimum);
        return good ? std::string() : "value is " + cardamom::in_quotes(text) + ", must be " + expected;
      },
      "");
}

/// A value without a minus, which CLI11 takes off sizes.
inline CLI::Validator unsigned_text() {
  return CLI::Validator(
      [](const std::string& text) {
        return text.find('-') == std::string::npos ? std::string()
                                                   : "value is " + cardamom::in_quotes(text) + ", must be >= 0";
      },
      "");
}

/// Option values that are one of some words.
inline CLI::Validator one_of(const std::vector<std::string>& words) {
  std::string expected;
  for (std::size_t k = 0; k < words.size(); ++k) {
    expected += (k == 0 ? "" : k + 1 < words.size() ? ", " : " or ") + words[k];
  }
  return CLI::Validator(
      [expected, words](const std::string& text) {
        const bool good = std::find(words.begin(), words.end(), text) != words.end();
        return good ? std::string() : "value is " + cardamom::in_quotes(text) + ", must be " + expected;
      },
      "");
}

/// Help in plain words: of an option what it takes, its default, and whether it must be given.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    label("Positionals", "Arguments");
    label("OPTIONS", "options");
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return {};  // a flag
    std::string text = option->get_positional() ? "" : " " + option->get_type_name();
    if (!option->get_default_str().empty()) text += " (default " + option->get_default_str() + ")";
    if (option->get_required()) text += " (required)";
    return text;
  }
};

inline std::string version() {
  return std::to_string(CARDAMOM_VERSION_MAJOR) + "." + std::to_string(CARDAMOM_VERSION_MINOR) + "." +
         std::to_string(CARDAMOM_VERSION_PATCH);
}

/// Runs `check`; what it finds wrong with options is an error of usage.
template <class Check>
auto checked_usage(Check&& check) {
  try {
    return check();
  } catch (const std::logic_error& error) {
    throw UsageError(error.what());
  }
}

/// One line on standard error. Messages quote files and their names, which are none of the terminal's business.
inline void complain(std::string_view program, std::string_view message) {
  std::cerr << program << ": error: " << cardamom::visible_text(message) << '\n';
}

/// A remark that changes nothing about the result; standard error, so that results can be piped.
inline void note(std::string_view program, std::string_view message) {
  if (!is_first_process()) return;
  std::cerr << program << ": note: " << cardamom::visible_text(message) << '\n';
}

/// The end of a program that has no memory to throw an exception with, or none before it could catch one.
[[noreturn]] inline void end_without_memory() noexcept {
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
  } catch (...) {
    std::abort();
  }
  std::fputs("error: there is not enough memory\n", stderr);
  std::_Exit(bad_data);
}
/// Set before `main` begins.
inline const std::terminate_handler former_terminate_handler = std::set_terminate(end_without_memory);

/// Parses the command line, then calls `body()`, which does the work and returns nothing.
template <class Body>
int run(CLI::App& app, int argc, char** argv, Body&& body) {
  const std::string& program = app.get_name();
  const Processes processes(argc, argv);
  const auto fail = [&](int code, const std::string& message) {
    return processes.fail(code, [&] { complain(program, message); });
  };
  app.formatter(std::make_shared<HelpFormatter>());
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.set_version_flag("--version", program + " " + version(), "Print the version of the library and exit");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return fail(bad_usage, std::string(error.what()) + " (see " + program + " --help)");
  }
  // An empty value is that of a variable that a script has not set: nothing that is given is passed over.
  for (const CLI::Option* option : app.get_options()) {
    const std::vector<std::string>& values = option->results();
    if (option->count() == 0 || std::find(values.begin(), values.end(), "") == values.end()) continue;
    complain(program, option->get_name() + ": the value is empty (see " + program + " --help)");
    return bad_usage;
  }
  expect_interruption(program);
  try {
    body();
    std::cout.flush();
    if (!std::cout) throw cardamom::IoError("standard output", "cannot be written");
    return success;
  } catch (const UsageError& error) {
    return fail(exit_code(bad_usage), std::string(error.what()) + " (see " + program + " --help)");
  } catch (const std::bad_alloc&) {
    return fail(exit_code(bad_data), "there is not enough memory");
  } catch (const std::exception& error) {
    return fail(exit_code(bad_data), error.what());
  }
}

/// Throws IoError when a file cannot be written there: better before a long computation than after it.
inline void require_writable(const std::string& path) {
  if (!path.empty()) try_to_write([&](cardamom::FileSet& files) { files.add(path, ""); });
}

/// The same for the files of a directory, which is made when it is missing.
inline void require_writable_directory(const std::string& path) {
  if (path.empty()) return;
  try_to_write([&](cardamom::FileSet& files) {
    files.add_directory(path);
    files.add(path + "/probe", "");
  });
}

}  // namespace support
