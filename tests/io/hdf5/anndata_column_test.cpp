#include <cmath>
#include <cstdint>
#include <hdf5.h>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/hdf5/anndata.hpp>
#include <cardamom/io/hdf5/anndata_format.hpp>
#include <cardamom/io/read_counts.hpp>
#include <support/files.hpp>

using cardamom::AnnData;
using cardamom::Counts;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;
using cardamom::detail::Hdf5Handle;
using Names = std::vector<std::string>;

namespace {

/// A file whose columns are put into other encodings.
class Edited {
 public:
  explicit Edited(const std::string& path) : file_(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose) {
    REQUIRE(file_.valid());
  }

  void remove(const std::string& object) { REQUIRE(H5Ldelete(file_, object.c_str(), H5P_DEFAULT) >= 0); }
  void group(const std::string& path, const std::string& encoding = {}) {
    const Hdf5Handle made(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    REQUIRE(made.valid());
    if (encoding.empty()) return;
    const Hdf5Handle type = cardamom::detail::hdf5_text_type();
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Handle attribute(H5Acreate2(made, "encoding-type", type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    const char* const text = encoding.c_str();
    REQUIRE(H5Awrite(attribute, type, &text) >= 0);
  }
  void numbers(const std::string& path, const std::vector<double>& values, H5Z_filter_t filter = H5Z_FILTER_NONE) {
    write(path, values.size(), H5T_NATIVE_DOUBLE, values.data(), filter);
  }
  void codes(const std::string& path, const std::vector<std::int8_t>& values) {
    write(path, values.size(), H5T_NATIVE_INT8, values.data());
  }
  void texts(const std::string& path, const Names& values) {
    std::vector<const char*> pointers;
    for (const std::string& value : values) pointers.push_back(value.c_str());
    write(path, pointers.size(), cardamom::detail::hdf5_text_type(), pointers.data());
  }
  /// An enumeration of two names, by default that of truth values.
  void booleans(const std::string& path, const std::vector<std::int8_t>& values, const char* no = "FALSE",
                const char* yes = "TRUE") {
    const Hdf5Handle type(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
    std::int8_t value = 0;
    H5Tenum_insert(type, no, &value);
    value = 1;
    H5Tenum_insert(type, yes, &value);
    write(path, values.size(), type, values.data());
  }
  void categories(const std::string& path, const Names& levels, const std::vector<std::int8_t>& of) {
    group(path, "categorical");
    texts(path + "/categories", levels);
    codes(path + "/codes", of);
  }

 private:
  void write(const std::string& path, hsize_t size, hid_t type, const void* values,
             H5Z_filter_t filter = H5Z_FILTER_NONE) {
    const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const Hdf5Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    if (filter != H5Z_FILTER_NONE) {
      H5Pset_chunk(layout, 1, &size);
      REQUIRE(H5Pset_filter(layout, filter, H5Z_FLAG_OPTIONAL, 0, nullptr) >= 0);
    }
    const Hdf5Handle set(H5Dcreate2(file_, path.c_str(), type, space, H5P_DEFAULT, layout, H5P_DEFAULT), H5Dclose);
    REQUIRE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  }

  Hdf5Handle file_;
};

/// A file of three cells whose columns a test has changed.
struct Example {
  template <class Change>
  explicit Example(const Change& change) {
    Matrix values(3, 3);
    values << 0, 3, 0, 1, 0, 1, 0.5, 12, 5;
    cardamom::write_anndata(path, {Counts(values, Eigen::Vector3d(0, 6, 24), {"Stimulus", "Sox2", "Klf4"}),
                                   {"c1", "c2", "c3"},
                                   {Vector{{1, 0.5, 0.25}}, Vector{{1, 0.1, 0.2}}}});
    Edited file(path);
    change(file);
  }

  AnnData read(const cardamom::AnnDataOptions& options = {}) const { return cardamom::read_anndata(path, options); }
  Vector levels() const { return read().counts.values().col(0); }
  Vector times() const { return read().counts.times(); }
  void refused(const std::string& text, const cardamom::AnnDataOptions& options = {}) const {
    support::check_io_error(path, text, [&] { return read(options); });
  }

  support::TemporaryDirectory directory;
  std::string path = directory / "a.h5ad";
};

Example with_stimulus(const auto& write) {
  return Example([&](Edited& file) {
    file.remove("obs/stimulus");
    write(file, "obs/stimulus");
  });
}
Example with_times(const auto& write) {
  return Example([&](Edited& file) {
    file.remove("obs/time");
    write(file, "obs/time");
  });
}

const Vector on_off_on{{1, 0, 1}};

}  // namespace

TEST_CASE("levels of inputs are read by their values, whatever their encoding") {
  CHECK(with_stimulus([](Edited& file, const std::string& path) {
          file.booleans(path, {1, 0, 1});
        }).levels() == on_off_on);
  CHECK(with_stimulus([](Edited& file, const std::string& path) {
          file.texts(path, {"True", "0", "1.0"});
        }).levels() == on_off_on);
  // The order of categories is that of the alphabet: their codes are not their values.
  CHECK(with_stimulus([](Edited& file, const std::string& path) {
          file.categories(path, {"1", "2.5", "0"}, {0, 2, 1});
        }).levels() == Vector{{1, 0, 2.5}});
  CHECK(with_stimulus([](Edited& file, const std::string& path) {
          file.group(path, "categorical");
          file.numbers(path + "/categories", {1, 0});
          file.codes(path + "/codes", {0, 1, 0});
        }).levels() == on_off_on);
  CHECK(with_stimulus([](Edited& file, const std::string& path) {
          file.group(path, "categorical");
          file.booleans(path + "/categories", {1, 0});
          file.codes(path + "/codes", {0, 1, 0});
        }).levels() == on_off_on);
  CHECK(with_stimulus([](Edited& file, const std::string& path) {
          file.group("obs/__categories");
          file.texts("obs/__categories/stimulus", {"1", "0"});
          file.codes(path, {0, 1, 0});
        }).levels() == on_off_on);
  for (const char* const encoding : {"nullable-boolean", "nullable-integer"}) {
    CHECK(with_stimulus([&](Edited& file, const std::string& path) {
            file.group(path, encoding);
            if (std::string(encoding) == "nullable-boolean") {
              file.booleans(path + "/values", {1, 0, 1});
            } else {
              file.codes(path + "/values", {1, 0, 1});
            }
            file.booleans(path + "/mask", {0, 0, 0});
          }).levels() == on_off_on);
  }
}

TEST_CASE("levels that are not understood are refused, neither ignored nor read by their codes") {
  const std::string expected = ", must be a finite number >= 0, or true or false";
  const auto advice = [&](const std::string& words) {
    return expected + ": write a number for each of the words " + words +
           ", 0 while the input is off and 1 or a dose while it is on, or name another column as the input";
  };
  with_stimulus([](Edited& file, const std::string& path) {
    file.categories(path, {"RA", "none"}, {1, 0, 0});
  }).refused(": obs/stimulus: level of cell 1, \"c1\", is \"none\"" + advice("\"RA\", \"none\""));
  with_stimulus([](Edited& file, const std::string& path) {
    file.group("obs/__categories");
    file.texts("obs/__categories/stimulus", {"RA", "none"});
    file.codes(path, {1, 0, 0});
  }).refused(": obs/stimulus: level of cell 1, \"c1\", is \"none\"" + advice("\"RA\", \"none\""));
  with_stimulus([](Edited& file, const std::string& path) {
    file.texts(path, {"0", "1", "LIF"});
  }).refused(": obs/stimulus: level of cell 3, \"c3\", is \"LIF\"" + advice("\"LIF\""));
  with_stimulus([](Edited& file, const std::string& path) {
    file.numbers(path, {0, -1, 1});
  }).refused(": obs/stimulus: level of cell 2, \"c2\", is -1" + expected);
  with_stimulus([](Edited& file, const std::string& path) {
    file.categories(path, {"0", "1"}, {0, -1, 1});
  }).refused(": obs/stimulus: level of cell 2, \"c2\", is missing" + expected);
  with_stimulus([](Edited& file, const std::string& path) {
    file.numbers(path, {0, 1});
  }).refused(": obs/stimulus: there are 2 levels, must be one per cell: 3");
  with_stimulus([](Edited& file, const std::string& path) {
    file.booleans(path, {0, 1, 1}, "control", "treated");
  }).refused(": obs/stimulus: cannot be read as numbers");
  with_stimulus([](Edited& file, const std::string& path) {
    file.categories(path, {"0", "1"}, {0, 1, 2});
  }).refused(": obs/stimulus: code 2 stands for none of its 2 categories");
  with_stimulus([](Edited& file, const std::string& path) { file.group(path, "awkward-array"); })
      .refused(
          ": obs/stimulus: its encoding, awkward-array, is not known, must be an array, categories, or an array "
          "that may lack values");

  // A column that is none of an input may hold anything.
  const Example other = with_stimulus([](Edited& file, const std::string& path) {
    file.categories(path, {"RA", "none"}, {1, -1, 0});
  });
  CHECK(other.read({.inputs = Names{}}).counts.inputs() == 0);
  other.refused(": obs/stimulus: level of cell 1, \"c1\", is \"none\"" + advice("\"RA\", \"none\""),
                {.inputs = Names{"dose"}});
}

TEST_CASE("times are read in their units, whatever their encoding") {
  const Vector expected{{0, 12, 48}};
  const auto check = [&](const Example& example, const std::string& remark, const char* key = "time") {
    const AnnData data = example.read({.time_key = key});
    CHECK(data.counts.times() == expected);
    CHECK(data.remarks == (remark.empty() ? Names{} : Names{"obs/" + std::string(key) + ": " + remark}));
  };
  check(with_times([](Edited& file, const std::string& path) { file.numbers(path, {0, 12, 48}); }), "");
  check(with_times([](Edited& file, const std::string& path) {
          file.group(path, "nullable-integer");
          file.codes(path + "/values", {0, 12, 48});
          file.booleans(path + "/mask", {0, 0, 0});
        }),
        "");
  check(with_times([](Edited& file, const std::string& path) {
          file.categories(path, {"0.5d", "0d", "2d", "not used"}, {1, 0, 2});
        }),
        "times such as \"0.5d\" are read as 12 h");
  check(with_times([](Edited& file, const std::string& path) {
          file.texts(path, {"0", "720 min", "2880 min"});
        }),
        "times such as \"720 min\" are read as 12 h");
  check(with_times([](Edited& file, const std::string& path) {
          file.group(path, "nullable-string-array");
          file.texts(path + "/values", {"T0", "T12", "T48"});
          file.booleans(path + "/mask", {0, 0, 0});
        }),
        "times such as \"T12\" are read as 12 h");
  check(with_times([](Edited& file, const std::string&) {
          file.numbers("obs/day", {0, 0.5, 2});
        }),
        "times such as \"0.5\" are read as 12 h, the name of the column being of days", "day");
  const Example as_file = with_times([](Edited& file, const std::string& path) {
    file.texts(path, {"D0", "D1", "D2"});
  });
  CHECK(cardamom::read_counts(as_file.path, {}, cardamom::AnnDataFormat{}).remarks ==
        Names{"obs/time: times such as \"D1\" are read as 24 h"});
}

TEST_CASE("times that are none are refused with the cell") {
  with_times([](Edited& file, const std::string& path) {
    file.numbers(path, {0, NAN, 48});
  }).refused(": obs/time: time of cell 2, \"c2\", is missing, must be a finite number [h]");
  with_times([](Edited& file, const std::string& path) {
    file.group(path, "nullable-integer");
    file.codes(path + "/values", {0, 12, 48});
    file.booleans(path + "/mask", {0, 0, 1});
  }).refused(": obs/time: time of cell 3, \"c3\", is missing, must be a finite number [h]");
  with_times([](Edited& file, const std::string& path) {
    file.categories(path, {"0h"}, {0, -1, 0});
  }).refused(": obs/time: time of cell 2, \"c2\", is missing, must be a finite number [h]");
  with_times([](Edited& file, const std::string& path) {
    file.booleans(path, {0, 1, 1});
  }).refused(": obs/time: time of cell 1, \"c1\", is false, must be a finite number [h]");
  with_times([](Edited& file, const std::string& path) {
    file.texts(path, {"0", "2d", "6"});
  }).refused(": obs/time: time \"2d\" is of days, but \"6\" has no unit, must have one");
}

TEST_CASE("a column stored by a filter that is missing is refused by the filter's name") {
  constexpr H5Z_filter_t rare = 300;
  const auto keep = [](unsigned, std::size_t, const unsigned*, std::size_t size, std::size_t*, void**) { return size; };
  const H5Z_class2_t filter{H5Z_CLASS_T_VERS, rare, 1, 1, "rare", nullptr, nullptr, keep};
  const Example example = with_times([&](Edited& file, const std::string& path) {
    REQUIRE(H5Zregister(&filter) >= 0);
    file.numbers(path, {0, 12, 48}, rare);
  });
  CHECK(example.times() == Vector{{0, 12, 48}});
  REQUIRE(H5Zunregister(rare) >= 0);
  example.refused(
      ": obs/time: is stored by the filter \"rare\", which this HDF5 library lacks: write the file with "
      "compression by gzip or lzf, or without, or name the folder of the filter's plugin in the environment variable "
      "HDF5_PLUGIN_PATH");
}

TEST_CASE("rates, names and depths are read by the same reader") {
  const auto with_rates = [](const auto& write) {
    return Example([&](Edited& file) {
      file.remove("var/d0");
      write(file, "var/d0");
    });
  };
  CHECK(with_rates([](Edited& file, const std::string& path) {
          file.categories(path, {"0.25", "0.5"}, {1, 0});
        })
            .read()
            .rates.mrna == Vector{{1, 0.5, 0.25}});
  const Example lacking = with_rates([](Edited& file, const std::string& path) { file.numbers(path, {NAN, 0.25}); });
  lacking.refused(": var/d0: rate of gene 1, \"Sox2\", is missing, must be finite and > 0 [1/h]");
  // Where it is not needed a rate may be missing.
  CHECK(lacking.read({.genes = {"Stimulus", "Klf4"}}).rates.mrna == Vector{{1, 0.25}});
  CHECK(lacking.read({.rates = false}).rates.mrna.size() == 0);
  CHECK(cardamom::read_counts(lacking.path, {.rates = false}, cardamom::AnnDataFormat{}).rates.mrna.size() == 0);

  const Example named([](Edited& file) {
    file.remove("var/_index");
    file.group("var/_index", "nullable-string-array");
    file.texts("var/_index/values", {"Nanog", "Esrrb"});
    file.booleans("var/_index/mask", {0, 0});
    file.remove("obs/_index");
    file.categories("obs/_index", {"b", "a"}, {1, 0, 0});
    file.categories("obs/n", {"2", "4"}, {0, 1, -1});
  });
  CHECK(named.read().counts.names() == Names{"Stimulus", "Nanog", "Esrrb"});
  CHECK(named.read().cells == Names{"a", "b", "b"});
  named.refused(": obs/n: depth of cell 3, \"b\", is missing, must be a finite number > 0",
                {.depth = {cardamom::DepthSource::column, "n"}});
  Example([](Edited& file) {
    file.remove("var/_index");
    file.group("var/_index", "nullable-string-array");
    file.texts("var/_index/values", {"Nanog", ""});
    file.booleans("var/_index/mask", {0, 1});
  }).refused(": var/_index: entry 2 is missing, must be a name");
}

TEST_CASE("the stimulus is found however it is spelled, in one column") {
  const auto opposite = [](Edited& file) {
    file.remove("obs/stimulus");
    file.numbers("obs/Stimulus", {1, 0, 0});
  };
  CHECK(Example(opposite).levels() == Vector{{1, 0, 0}});
  const auto both = [](Edited& file) { file.numbers("obs/STIMULUS", {1, 0, 0}); };
  CHECK(Example(both).levels() == Vector{{0, 1, 0.5}});
  const auto several = [&](Edited& file) {
    opposite(file);
    both(file);
  };
  Example(several).refused(": obs has several columns that may be the stimulus: STIMULUS, Stimulus");
}

TEST_CASE("times have the unit that is asked for") {
  const Example hours([](Edited&) {});
  CHECK(hours.read({.time_unit = cardamom::TimeUnit::days}).counts.times() == Vector{{0, 144, 576}});
  const Example written([](Edited& file) {
    file.remove("obs/time");
    file.texts("obs/time", {"0h", "2d", "3d"});
  });
  written.refused(": obs/time: time \"2d\" is of days, but the unit is said to be hours",
                  {.time_unit = cardamom::TimeUnit::hours});
}

TEST_CASE("one of the two rates alone is refused where rates are read") {
  const Example half([](Edited& file) { file.remove("var/d1"); });
  half.refused(": var has rates d0, but no d1: there must be both or none");
  CHECK(half.read({.rates = false}).counts.cells() == 3);
}
