/// @file
/// Columns of obs and var of AnnData files, in whatever encoding: arrays of numbers, text or truth values, categories
/// of either layout, and the arrays that may lack values. One reader for all of them.
#pragma once

#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/hdf5/hdf5_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/time_units.hpp>

namespace cardamom::detail {

/// A column as it is stored: the values that occur, and of each entry which.
struct AnnDataColumn {
  std::string path;
  bool text = false;
  bool boolean = false;
  std::vector<std::string> texts;  // where it is text
  std::vector<double> numbers;     // where it is not; true is 1
  std::vector<Index> value_of;     // per entry: its place among the values, -1: it has none

  Index size() const noexcept { return static_cast<Index>(value_of.size()); }
  Index values() const noexcept { return static_cast<Index>(text ? texts.size() : numbers.size()); }
  /// A value as text.
  std::string written(Index value) const {
    const auto place = static_cast<std::size_t>(value);
    return text ? texts[place] : boolean ? numbers[place] != 0.0 ? "true" : "false" : to_text(numbers[place]);
  }
};

/// An array, which may lack values, whose every entry is a value of its own.
inline AnnDataColumn anndata_array(const Hdf5File& file, const std::string& path) {
  AnnDataColumn column;
  column.path = path;
  const bool nullable = file.is_group(path);
  const std::string values = nullable ? path + "/values" : path;
  if (nullable && !(file.exists(values) && file.exists(path + "/mask"))) {
    const std::string encoding = file.text_attribute(path, "encoding-type");
    throw IoError(file.path(), path + ": its encoding" + (encoding.empty() ? "" : ", " + encoding + ",") +
                                   " is not known, must be an array, categories, or an array that may lack values");
  }
  column.text = file.is_text(values);
  column.boolean = !column.text && file.is_boolean(values);
  if (column.text) {
    column.texts = file.texts(values);
  } else {
    column.numbers = file.numbers(values);
  }
  column.value_of.resize(static_cast<std::size_t>(column.values()));
  std::iota(column.value_of.begin(), column.value_of.end(), Index{0});
  for (std::size_t k = 0; k < column.numbers.size(); ++k) {
    if (std::isnan(column.numbers[k])) column.value_of[k] = -1;
  }
  if (!nullable) return column;
  const std::vector<double> mask = file.numbers(path + "/mask");
  if (mask.size() != column.value_of.size()) throw IoError(file.path(), path + ": values and mask differ in size");
  for (std::size_t k = 0; k < mask.size(); ++k) {
    if (mask[k] != 0.0) column.value_of[k] = -1;
  }
  return column;
}

/// A column of `obs` or `var`.
/// @param frame "obs" or "var", which has the column
/// @throws IoError on an encoding that is not known: no column is read by what stands for its values
inline AnnDataColumn read_anndata_column(const Hdf5File& file, const std::string& frame, const std::string& key) {
  const std::string path = frame + "/" + key;
  std::string codes = path + "/codes";
  std::string categories = path + "/categories";
  if (!file.exists(categories)) {  // else as files before 0.8 have it
    codes = path;
    categories = frame + "/__categories/" + key;
  }
  if (!file.exists(categories)) {
    if (file.has_attribute(path, "categories")) throw IoError(file.path(), path + ": its categories are missing");
    return anndata_array(file, path);
  }
  AnnDataColumn column = anndata_array(file, categories);
  column.path = path;
  std::vector<Index> value_of;
  for (const Index code : file.indices(codes)) {
    if (code >= static_cast<Index>(column.value_of.size())) {
      throw IoError(file.path(), path + ": code " + to_text(code) + " stands for none of its " +
                                     to_text(static_cast<Index>(column.value_of.size())) + " categories");
    }
    value_of.push_back(code < 0 ? -1 : column.value_of[static_cast<std::size_t>(code)]);
  }
  column.value_of = std::move(value_of);
  return column;
}

/// The names in the index of `obs` or `var`.
inline std::vector<std::string> anndata_index(const Hdf5File& file, const std::string& frame) {
  if (!file.is_group(frame)) {
    throw IoError(file.path(), file.exists(frame)
                                   ? frame +
                                         " is stored as before version 0.7 of anndata: read the file by anndata and "
                                         "write it anew"
                                   : "there is no table " + frame + ": this is no AnnData file");
  }
  const std::string named = file.text_attribute(frame, "_index");
  const AnnDataColumn column = read_anndata_column(file, frame, named.empty() ? "_index" : named);
  std::vector<std::string> names;
  for (const Index value : column.value_of) {
    if (value < 0) {
      throw IoError(file.path(), column.path + ": entry " + to_text(static_cast<Index>(names.size()) + 1) +
                                     " is missing, must be a name");
    }
    names.push_back(column.written(value));
  }
  return names;
}

/// What a column is to hold, for reading and for messages.
struct AnnDataQuantity {
  const char* each;      ///< of one entry
  const char* all;       ///< of all of them
  const char* entry;     ///< what has one: "cell" or "gene"
  const char* expected;  ///< of a value
  bool booleans;         ///< whether truth values serve, as 0 and 1
  bool words;            ///< whether people may write words for it
  bool (*fits)(double value);
};

inline constexpr AnnDataQuantity anndata_time{
    "time", "times", "cell", "a finite number [h]", false, false, [](double value) { return std::isfinite(value); }};
inline constexpr AnnDataQuantity anndata_depth{
    "depth", "depths", "cell", "a finite number > 0", false, false, [](double value) {
      return std::isfinite(value) && value > 0.0;
    }};
inline constexpr AnnDataQuantity anndata_level{
    "level", "levels", "cell", "a finite number >= 0, or true or false", true, true, [](double value) {
      return std::isfinite(value) && value >= 0.0;
    }};
inline constexpr AnnDataQuantity anndata_rate{
    "rate", "rates", "gene", "finite and > 0 [1/h]", false, false, [](double value) {
      return std::isfinite(value) && value > 0.0;
    }};

/// What to do about levels that are words: a few of those that occur.
template <class Parse>
std::string advice_on_words(const AnnDataColumn& column, const Parse& parse) {
  constexpr int most = 6;
  std::string words;
  int found = 0;
  for (const std::string& text : column.texts) {
    if (is_missing(text) || parse(std::string_view(text)) || ++found > most) continue;
    words += (found == 1 ? "" : ", ") + in_quotes(text);
  }
  return ": write a number for each of the words " + words + (found > most ? ", …" : "") +
         ", 0 while the input is off and 1 or a dose while it is on, or name another column as the input";
}

/// The numbers of a column.
/// @param names of all entries
/// @param needed per entry, whether its value is; empty: all of them. Others are 0, whatever stands there
/// @param parse the number that a text is, if it is one
/// @throws IoError that names the first needed entry without a value of this kind
template <class Parse>
Vector anndata_numbers(const Hdf5File& file, const AnnDataColumn& column, const AnnDataQuantity& quantity,
                       const std::vector<std::string>& names, const std::vector<bool>& needed, const Parse& parse) {
  if (column.size() != static_cast<Index>(names.size())) {
    throw IoError(file.path(), column.path + ": there are " + to_text(column.size()) + " " + quantity.all +
                                   ", must be one per " + quantity.entry + ": " +
                                   to_text(static_cast<Index>(names.size())));
  }
  // Each value once, and only those that some entry has.
  enum class State : char { unknown, good, bad };
  std::vector<State> states(static_cast<std::size_t>(column.values()), State::unknown);
  std::vector<double> numbers(states.size(), 0.0);
  const auto understand = [&](std::size_t value) {
    if (column.text) {
      const auto number = parse(std::string_view(column.texts[value]));
      if (!number) return false;
      numbers[value] = *number;
    } else {
      if (column.boolean && !quantity.booleans) return false;
      numbers[value] = column.numbers[value];
    }
    return quantity.fits(numbers[value]);
  };
  WhereUsed<Vector, Parse> result = Vector::Zero(column.size());
  for (Index i = 0; i < column.size(); ++i) {
    const auto entry = static_cast<std::size_t>(i);
    if (!needed.empty() && !needed[entry]) continue;
    const Index value = column.value_of[entry];
    const bool missing = value < 0 || (column.text && is_missing(column.texts[static_cast<std::size_t>(value)]));
    if (!missing) {
      State& state = states[static_cast<std::size_t>(value)];
      if (state == State::unknown) state = understand(static_cast<std::size_t>(value)) ? State::good : State::bad;
      if (state == State::good) {
        result[i] = numbers[static_cast<std::size_t>(value)];
        continue;
      }
    }
    throw IoError(file.path(), column.path + ": " + quantity.each + " of " + quantity.entry + " " + to_text(i + 1) +
                                   ", " + in_quotes(names[entry]) + ", is " +
                                   (missing       ? "missing"
                                    : column.text ? in_quotes(column.written(value))
                                                  : column.written(value)) +
                                   ", must be " + quantity.expected +
                                   (quantity.words && column.text && !missing ? advice_on_words(column, parse) : ""));
  }
  return result;
}

/// A number, as text.
inline std::optional<double> anndata_number(std::string_view text) {
  double value = 0.0;
  return parse_number(trim(text), value) ? std::optional(value) : std::nullopt;
}

/// A number or a truth value, as text.
inline std::optional<double> anndata_level_text(std::string_view text) {
  const std::string word = lower_case(trim(text));
  if (word == "true" || word == "false") return word == "true" ? 1.0 : 0.0;
  return anndata_number(text);
}

/// The columns of obs, for a message.
inline std::string obs_columns(const Hdf5File& file) {
  std::string known;
  for (const std::string& name : file.members("obs")) {
    if (name != "__categories") known += (known.empty() ? "" : ", ") + name;
  }
  return known;
}

/// A column of obs of which somebody gave the name.
inline AnnDataColumn require_obs_column(const Hdf5File& file, const std::string& key, const AnnDataQuantity& quantity) {
  if (file.exists("obs/" + key)) return read_anndata_column(file, "obs", key);
  throw IoError(file.path(),
                "obs has no column " + in_quotes(key) + " of " + quantity.all + ", but " + obs_columns(file));
}

/// The times of the cells [h]; `remark` says of what unit they are read, where they are not plain numbers of hours.
inline Vector anndata_times(const Hdf5File& file, const std::string& key, TimeUnit asked,
                            const std::vector<std::string>& cells, std::string& remark) {
  AnnDataColumn column = require_obs_column(file, key, anndata_time);
  if (!column.text && !column.boolean) {
    // Numbers, too, may have a unit: that of the column's name.
    for (const double number : column.numbers) column.texts.push_back(to_text(number));
    column.text = true;
  }
  TimesInHours units = TimesInHours::of_column(key, asked);
  Vector times =
      anndata_numbers(file, column, anndata_time, cells, {}, [&](std::string_view text) { return units.read(text); });
  if (const std::string wrong = units.contradiction(); !wrong.empty()) {
    throw IoError(file.path(), column.path + ": " + wrong);
  }
  remark = units.remark();
  if (!remark.empty()) remark = column.path + ": " + remark;
  return times;
}

}  // namespace cardamom::detail
