/// @file
/// Times as people write them: "24", "24h", "12 hours", "T12", "D0", "day 4", "2d", "E8.5", "48 hpf", "30 min",
/// "1 days 12:00:00".
///
/// | unit | written as |
/// | --- | --- |
/// | hours | h, hr, hrs, hour, hours, hpf, hpi, hpt; a number alone, also after t or time |
/// | days of 24 h | d, day, days, dpf, dpi, dpc; E for embryonic days, P for those after birth |
/// | weeks of 168 h | w, wk, wks, week, weeks |
/// | minutes | min, mins, minute, minutes |
/// | seconds | s, sec, secs, second, seconds |
///
/// in any case, before the number or after it; what follows "post" or "after" says what they are counted from.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// Units in which files give times; `none` where a number stands alone.
enum class TimeUnit { none, seconds, minutes, hours, days, weeks };

/// "hours"; a number without a unit is of hours.
[[nodiscard]] constexpr const char* name(TimeUnit unit) noexcept {
  constexpr std::array<const char*, 6> names{"hours", "seconds", "minutes", "hours", "days", "weeks"};
  return names[static_cast<std::size_t>(unit)];
}
/// A number of units in hours: exact where both are whole.
[[nodiscard]] constexpr double to_hours(double number, TimeUnit unit) noexcept {
  constexpr std::array<double, 6> times{1.0, 1.0, 1.0, 1.0, 24.0, 168.0};
  constexpr std::array<double, 6> shares{1.0, 3600.0, 60.0, 1.0, 1.0, 1.0};
  return number * times[static_cast<std::size_t>(unit)] / shares[static_cast<std::size_t>(unit)];
}

namespace detail {

/// The unit that a word in lower case means; none: no unit.
template <class = CompiledWhereUsed>
inline TimeUnit unit_word(std::string_view word) {
  const std::pair<TimeUnit, std::vector<std::string_view>> words[] = {
      {TimeUnit::hours, {"h", "hr", "hrs", "hour", "hours", "hpf", "hpi", "hpt"}},
      {TimeUnit::days, {"d", "day", "days", "dpf", "dpi", "dpc"}},
      {TimeUnit::weeks, {"w", "wk", "wks", "week", "weeks"}},
      {TimeUnit::minutes, {"min", "mins", "minute", "minutes"}},
      {TimeUnit::seconds, {"s", "sec", "secs", "second", "seconds"}}};
  for (const auto& [unit, spellings] : words) {
    for (const std::string_view spelling : spellings) {
      if (word == spelling) return unit;
    }
  }
  return TimeUnit::none;
}

constexpr bool is_letter(char c) noexcept { return c >= 'a' && c <= 'z'; }

/// "12:00:00" or "1 days 12:00:00.5", in lower case, in hours.
template <class = CompiledWhereUsed>
inline std::optional<double> parse_clock(std::string_view text) {
  double days = 0.0;
  if (const std::size_t day = text.find(" day"); day != std::string_view::npos) {
    if (!parse_number(text.substr(0, day), days)) return std::nullopt;
    text.remove_prefix(day + 4);
    if (!text.empty() && text.front() == 's') text.remove_prefix(1);
    text = trim(text);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  }
  double parts[3];
  for (int k = 0; k < 3; ++k) {
    const std::size_t end = k < 2 ? text.find(':') : text.size();
    if (end == std::string_view::npos || !parse_number(text.substr(0, end), parts[k]) || !(parts[k] >= 0.0)) {
      return std::nullopt;
    }
    text.remove_prefix(k < 2 ? end + 1 : end);
  }
  return 24.0 * days + parts[0] + parts[1] / 60.0 + parts[2] / 3600.0;
}

}  // namespace detail

/// What a time is counted from, where it says so: days of development are called E before birth and P after it.
enum class TimeOrigin { unsaid, conception, birth };

/// A time as it is written.
struct WrittenTime {
  double number;  ///< finite, of the unit
  TimeUnit unit;
  TimeOrigin origin = TimeOrigin::unsaid;

  double hours() const noexcept { return to_hours(number, unit); }
};

/// @return nothing where the text is no time
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::optional<WrittenTime> parse_written_time(std::string_view written) {
  const std::string lower = lower_case(trim(written));
  std::string_view text = lower;
  if (text.find(':') != std::string_view::npos) {
    const std::optional<double> hours = detail::parse_clock(text);
    return hours && std::isfinite(*hours) ? std::optional(WrittenTime{*hours, TimeUnit::hours}) : std::nullopt;
  }
  const auto word = [&text] {
    std::size_t size = 0;
    while (size < text.size() && detail::is_letter(text[size])) ++size;
    const std::string_view result = text.substr(0, size);
    text.remove_prefix(size);
    return result;
  };
  const auto skip_separators = [&text] {
    while (!text.empty() && (is_blank(text.front()) || text.front() == '_')) text.remove_prefix(1);
  };
  const std::string_view before = word();
  const TimeOrigin origin = before == "e"   ? TimeOrigin::conception
                            : before == "p" ? TimeOrigin::birth
                                            : TimeOrigin::unsaid;
  TimeUnit unit = origin != TimeOrigin::unsaid ? TimeUnit::days : detail::unit_word(before);
  if (unit == TimeUnit::none && !before.empty() && before != "t" && before != "time") return std::nullopt;
  // Whether the sign of "D-1" is one cannot be told; after a blank it is.
  if (!before.empty() && !text.empty() && text.front() == '-') return std::nullopt;
  skip_separators();
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double number = 0.0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  skip_separators();
  std::string_view after = word();
  if (after != "post" && after != "after" && !after.empty()) {
    const TimeUnit other = detail::unit_word(after);
    if (other == TimeUnit::none || (unit != TimeUnit::none && unit != other)) return std::nullopt;
    unit = other;
    skip_separators();
    after = word();
  }
  // What follows says what is counted from.
  const bool since = (after == "post" || after == "after") && unit != TimeUnit::none;
  if (!since && !(after.empty() && text.empty())) return std::nullopt;
  return WrittenTime{number, unit, origin};
}

/// The unit in the name of a column of times: "day", "time_h", "hours post induction"; none: it says none, or several.
/// Units that are as often something else count after the word time: "time_min" and "Time (s)".
template <class = CompiledWhereUsed>
[[nodiscard]] inline TimeUnit unit_in_name(std::string_view column) {
  const std::string lower = lower_case(column);
  std::string_view text = lower;
  TimeUnit found = TimeUnit::none;
  bool after_time = false;
  while (!text.empty()) {
    std::size_t size = 0;
    while (size < text.size() && detail::is_letter(text[size])) ++size;
    const std::string_view word = text.substr(0, size);
    text.remove_prefix(size == 0 ? 1 : size);
    if (word.empty()) continue;
    const bool sure = std::exchange(after_time, word == "time" || word == "times" || word == "timepoint");
    // These are as often something else: the least, a symbol.
    if (!sure && (word == "min" || word == "s" || word == "w")) continue;
    const TimeUnit unit = detail::unit_word(word);
    if (unit == TimeUnit::none) continue;
    if (found != TimeUnit::none && found != unit) return TimeUnit::none;
    found = unit;
  }
  return found;
}

/// Turns the times of one table into hours, and remembers what units they had.
class TimesInHours {
 public:
  /// @param unit of numbers without one
  /// @param asked whether somebody asked for it: then times of another unit contradict it
  explicit TimesInHours(TimeUnit unit = TimeUnit::none, bool asked = false) : unit_(unit), asked_(asked) {}
  /// The unit that is asked for, where one is, else that in the name of their column.
  template <class = CompiledWhereUsed>
  static TimesInHours of_column(std::string_view column, TimeUnit asked) {
    return asked == TimeUnit::none ? TimesInHours(unit_in_name(column)) : TimesInHours(asked, true);
  }

  /// @return nothing where the text is no time
  template <class = CompiledWhereUsed>
  std::optional<double> read(std::string_view text) {
    std::optional<WrittenTime> time = parse_written_time(text);
    if (!time) return std::nullopt;
    std::string& origin = origins_[static_cast<std::size_t>(time->origin)];
    if (origin.empty()) origin = text;
    if (time->unit == TimeUnit::none) {
      double number = 0.0;
      if (!parse_number(trim(text), number)) dressed_ = true;
      time->unit = unit_;
      keep(alone_, text, *time);
    } else {
      keep(written_[static_cast<std::size_t>(time->unit)], text, *time);
    }
    return time->hours();
  }

  /// What is wrong with all of them together, for a message; empty: nothing.
  template <class = CompiledWhereUsed>
  std::string contradiction() const {
    const std::string& before = origins_[static_cast<std::size_t>(TimeOrigin::conception)];
    const std::string& after = origins_[static_cast<std::size_t>(TimeOrigin::birth)];
    if (!before.empty() && !after.empty()) {
      return "time " + in_quotes(before) + " counts from conception and " + in_quotes(after) +
             " from birth, must all count from one";
    }
    for (std::size_t k = 1; asked_ && k < written_.size(); ++k) {
      const auto unit = static_cast<TimeUnit>(k);
      if (written_[k].hours == 0.0 || to_hours(1.0, unit) == to_hours(1.0, unit_)) continue;
      return "time " + in_quotes(written_[k].text) + " is of " + name(unit) + ", but the unit is said to be " +
             name(unit_);
    }
    if (asked_ || alone_.text.empty() || alone_.hours == 0.0) return {};
    for (std::size_t k = 1; k < written_.size(); ++k) {
      const auto unit = static_cast<TimeUnit>(k);
      if (written_[k].text.empty() || to_hours(1.0, unit) == to_hours(1.0, unit_)) continue;
      return "time " + in_quotes(written_[k].text) + " is of " + name(unit) + ", but " + in_quotes(alone_.text) +
             " has no unit, must have one";
    }
    return {};
  }

  /// How times were read, for people; empty where all are numbers of hours.
  template <class = CompiledWhereUsed>
  std::string remark() const {
    std::string text;
    const auto add = [&text](const Example& example) {
      if (example.text.empty()) return;
      text += (text.empty() ? "times such as " : ", ") + in_quotes(example.text) + " are read as " +
              to_text(example.hours) + " h";
    };
    for (const Example& example : written_) add(example);
    if (unit_ != TimeUnit::none || dressed_) add(alone_);
    if (unit_ != TimeUnit::none && !alone_.text.empty()) {
      text += std::string(asked_ ? ", in the unit that is asked for, " : ", the name of the column being of ") +
              name(unit_);
    }
    return text;
  }

 private:
  struct Example {
    std::string text;
    double hours = 0.0;
  };
  /// The first one; of times that are not 0, where there are such.
  static void keep(Example& example, std::string_view text, const WrittenTime& time) {
    if (example.text.empty() || (example.hours == 0.0 && time.hours() != 0.0))
      example = {std::string(text), time.hours()};
  }

  TimeUnit unit_;
  bool asked_;
  std::array<std::string, 3> origins_;  // the first time that counts from each
  std::array<Example, 6> written_;      // with a unit, per unit
  Example alone_;                       // without one
  bool dressed_ = false;                // whether some of these are more than a number
};

}  // namespace cardamom
