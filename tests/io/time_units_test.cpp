#include <string>

#include <doctest/doctest.h>

#include <cardamom/io/time_units.hpp>

using cardamom::parse_written_time;
using cardamom::TimesInHours;
using cardamom::TimeUnit;
using cardamom::unit_in_name;

TEST_CASE("times are read in the units that people write") {
  for (const char* const text : {"12",
                                 "12h",
                                 "12 H",
                                 "12hr",
                                 "12 hrs",
                                 "12 hours",
                                 "12hpf",
                                 "T12",
                                 "t_12h",
                                 "time 12",
                                 "+12",
                                 "720min",
                                 "43200 s",
                                 "0.5d",
                                 "D0.5",
                                 "day 0.5",
                                 "Day_0.5",
                                 "E0.5",
                                 "0.5 days",
                                 "0.5dpf",
                                 "12:00:00",
                                 "h12",
                                 "1.2e1 h",
                                 " 12 ",
                                 "720 minutes",
                                 "0 days 12:00:00",
                                 "0 days +12:00:00.0"}) {
    CAPTURE(std::string(text));
    const auto time = parse_written_time(text);
    REQUIRE(time.has_value());
    CHECK(time->hours() == 12.0);
  }
  CHECK(parse_written_time("E8.5")->hours() == 204.0);
  CHECK(parse_written_time("2 weeks")->hours() == 336.0);
  CHECK(parse_written_time("1 days 00:30:36")->hours() == 24.51);
  CHECK(parse_written_time("day -1")->hours() == -24.0);
  CHECK(parse_written_time("-2h")->hours() == -2.0);
  for (int minutes = 0; minutes < 600; minutes += 30) {
    CHECK(parse_written_time(std::to_string(minutes) + "min")->hours() == minutes / 60.0);
  }
  CHECK(parse_written_time("24")->unit == TimeUnit::none);
  CHECK(parse_written_time("24h")->unit == TimeUnit::hours);
  // What they are counted from may be said.
  CHECK(parse_written_time("6 hours post induction")->hours() == 6.0);
  CHECK(parse_written_time("day 2 after plating")->hours() == 48.0);
  CHECK(parse_written_time("6hpi")->hours() == 6.0);
  CHECK(parse_written_time("2 dpi")->hours() == 48.0);
  CHECK(parse_written_time("P7")->hours() == 168.0);
  CHECK_FALSE(parse_written_time("6 post induction").has_value());
  CHECK_FALSE(parse_written_time("6 hours before induction").has_value());
}

TEST_CASE("what is no time is not taken for one") {
  for (const char* const text : {"",        "h",
                                 "day",     "x12",
                                 "12x",     "12 3",
                                 "12m",     "nan",
                                 "inf",     "inf h",
                                 "1e999h",  "p",
                                 "tp1",     "D-1",
                                 "day 2 h", "0,5h",
                                 "12:00",   "1:2:3:4",
                                 "a:00:00", "-1:00:00",
                                 "late",    "d1 days 00:00:00",
                                 "12 h 30"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_written_time(text).has_value());
  }
}

TEST_CASE("columns tell their unit by their name, where they tell one") {
  CHECK(unit_in_name("day") == TimeUnit::days);
  CHECK(unit_in_name("Age_Days") == TimeUnit::days);
  CHECK(unit_in_name("time_h") == TimeUnit::hours);
  CHECK(unit_in_name("hours post induction") == TimeUnit::hours);
  CHECK(unit_in_name("minutes") == TimeUnit::minutes);
  CHECK(unit_in_name("time_min") == TimeUnit::minutes);
  CHECK(unit_in_name("Time (s)") == TimeUnit::seconds);
  // Scanpy's pseudotime is no number of days.
  for (const char* const column :
       {"dpt_pseudotime", "time", "min_time", "s", "day or hour", "timepoint", "batch", ""}) {
    CHECK(unit_in_name(column) == TimeUnit::none);
  }
}

TEST_CASE("units of a table are told, and must not contradict each other") {
  TimesInHours plain;
  CHECK(plain.read("6") == 6.0);
  CHECK(plain.remark().empty());
  CHECK_FALSE(plain.read("six").has_value());

  TimesInHours mixed;
  for (const char* const text : {"0", "0h", "2d", "12h", "6"}) CHECK(mixed.read(text).has_value());
  CHECK(mixed.remark() == "times such as \"12h\" are read as 12 h, \"2d\" are read as 48 h");
  CHECK(mixed.contradiction() == "time \"2d\" is of days, but \"6\" has no unit, must have one");

  TimesInHours zero;
  for (const char* const text : {"0", "2d"}) CHECK(zero.read(text).has_value());
  CHECK(zero.contradiction().empty());

  TimesInHours days(TimeUnit::days);
  CHECK(days.read("0") == 0.0);
  CHECK(days.read("2") == 48.0);
  CHECK(days.read("T3") == 72.0);
  CHECK(days.remark() == "times such as \"2\" are read as 48 h, the name of the column being of days");
  CHECK(days.contradiction().empty());

  TimesInHours dressed;
  CHECK(dressed.read("T12") == 12.0);
  CHECK(dressed.remark() == "times such as \"T12\" are read as 12 h");
}

TEST_CASE("a unit that is asked for decides, and times of another one contradict it") {
  TimesInHours days = TimesInHours::of_column("time_h", TimeUnit::days);
  CHECK(days.read("2") == 48.0);
  CHECK(days.read("0h") == 0.0);
  CHECK(days.contradiction().empty());
  CHECK(days.remark() ==
        "times such as \"0h\" are read as 0 h, \"2\" are read as 48 h, in the unit that is asked for, days");
  CHECK(days.read("6h") == 6.0);
  CHECK(days.contradiction() == "time \"6h\" is of hours, but the unit is said to be days");

  TimesInHours by_name = TimesInHours::of_column("time_h", TimeUnit::none);
  CHECK(by_name.read("2") == 2.0);
}

TEST_CASE("days before birth and after it are not counted from the same day") {
  TimesInHours mouse;
  CHECK(mouse.read("E18.5") == 444.0);
  CHECK(mouse.contradiction().empty());
  CHECK(mouse.read("P0") == 0.0);
  CHECK(mouse.contradiction() ==
        "time \"E18.5\" counts from conception and \"P0\" from birth, must all count from one");
}
