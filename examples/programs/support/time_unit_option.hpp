// --time-unit: the unit of times that are numbers.
#pragma once

#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include <cardamom/io/time_units.hpp>

#include "support/program.hpp"

namespace support {

inline void describe_time_unit(CLI::App& app, cardamom::TimeUnit& unit) {
  using cardamom::TimeUnit;
  static const std::map<std::string, TimeUnit> units = {{"s", TimeUnit::seconds},
                                                        {"min", TimeUnit::minutes},
                                                        {"h", TimeUnit::hours},
                                                        {"day", TimeUnit::days},
                                                        {"week", TimeUnit::weeks}};
  app.add_option_function<std::string>(
         "--time-unit", [&unit](const std::string& word) { unit = units.at(word); },
         "Unit of the times: s, min, h, day or week. They are turned into hours, and those that say that they are of "
         "another unit are an error. Default: what each says, or the title of their column or row, else h")
      ->check(one_of({"s", "min", "h", "day", "week"}))
      ->type_name("UNIT");
}

}  // namespace support
