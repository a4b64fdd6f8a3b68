#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/value_scale.hpp>
#include <support/files.hpp>

using cardamom::CountsFile;
using cardamom::ReadCountsOptions;
using cardamom::ValueScale;
using Names = std::vector<std::string>;

TEST_CASE("logarithms are undone") {
  CHECK(cardamom::linear_value(3.0, ValueScale::log2) == 8.0);
  CHECK(cardamom::linear_value(-1.0, ValueScale::log2) == 0.5);
  CHECK(cardamom::linear_value(0.0, ValueScale::log1p) == 0.0);
  CHECK(cardamom::linear_value(std::log1p(7.0), ValueScale::log1p) == doctest::Approx(7.0).epsilon(1e-14));
  CHECK(std::isnan(cardamom::linear_value(-1.0, ValueScale::log1p)));
  CHECK(cardamom::linear_value(2.5, ValueScale::continuous) == 2.5);
}

TEST_CASE("values of panels and tables are what they are said to be") {
  const support::TemporaryDirectory directory;
  const std::string panel = directory / "panel";
  const auto head = [](const std::string& a, const std::string& b) {
    return "0\t0\t6\n0\t0\t0.5\n1\t" + a + "\t" + b + "\n2\t0\t0\n";
  };
  const auto read = [&](const std::string& content, const ReadCountsOptions& options) {
    return cardamom::read_counts(directory.write("panel", content), options);
  };
  const auto refused = [&](const std::string& content, const std::string& text, const ReadCountsOptions& options) {
    support::check_io_error(panel, text, [&] { return read(content, options); });
  };
  const std::string whole = ", must be a whole number in [0, 2^53]: counts are molecules";

  // Counts are whole, also where a family of continuous levels would take others.
  CHECK(read(head("3", "7"), {}).remarks.empty());
  CHECK(read(head("3", "7"), {.fractions = true, .values = ValueScale::counts}).remarks.empty());
  refused(head("3", "7.5"), ", line 3, column 3: value is \"7.5\"" + whole,
          {.fractions = true, .values = ValueScale::counts});

  const Names continuous{panel + ": values are read as continuous levels from 0 to 7.5"};
  CHECK(read(head("3", "7.5"), {.fractions = true}).remarks == continuous);
  const CountsFile levels = read(head("3", "7.5"), {.values = ValueScale::continuous});
  CHECK(levels.remarks == continuous);
  CHECK(levels.counts.values()(1, 1) == 7.5);
  refused(head("3", "-7.5"), ", line 3, column 3: value is \"-7.5\", must be a finite number >= 0",
          {.values = ValueScale::continuous});

  // The levels of the input stay what they are; counts come back whole from few digits.
  const CountsFile counts = read(head("1.38629", "4.61512"), {.values = ValueScale::log1p});
  CHECK(counts.counts.values().col(0) == Eigen::Vector2d(0, 0.5));
  CHECK(counts.counts.values().col(1) == Eigen::Vector2d(3, 100));
  CHECK(counts.counts.values().col(2) == Eigen::Vector2d(0, 0));
  CHECK(counts.remarks ==
        Names{panel + ": values are read as log1p, ln(1 + x), and undone: x are counts from 0 to 100"});
  refused(
      head("1.38629", "1.5"),
      ", line 3, column 3: value is \"1.5\", the logarithm of 3.481689070338065, which must be a whole number: counts "
      "are molecules, other values are continuous",
      {.values = ValueScale::log1p});
  refused(head("1", "-0.5"), ", line 3, column 3: value is \"-0.5\", must be a logarithm ln(1 + x) of x >= 0",
          {.fractions = true, .values = ValueScale::log1p});
  refused(head("1", "800"), ", line 3, column 3: value is \"800\", must be a logarithm ln(1 + x) of x >= 0",
          {.fractions = true, .values = ValueScale::log1p});

  const CountsFile expression = read(head("-1", "3"), {.fractions = true, .values = ValueScale::log2});
  CHECK(expression.counts.values().col(1) == Eigen::Vector2d(0.5, 8));
  CHECK(expression.counts.values().col(2) == Eigen::Vector2d(1, 1));
  CHECK(expression.remarks ==
        Names{panel + ": values are read as log2(x), and undone: x are continuous levels from 0.5 to 8"});

  // Tables do as panels do, totals of cells being those of what is meant.
  const std::string times = directory.write("times", "cell,time\nc1,0\nc2,6\n");
  const std::string table = directory.write("table", "cell,Sox2,Klf4\nc1,0,2\nc2,1,3\n");
  const CountsFile file = cardamom::read_counts(table, {.times = times, .fractions = true, .values = ValueScale::log2});
  CHECK(file.counts.values().col(1) == Eigen::Vector2d(1, 2));
  CHECK(file.totals == Eigen::Vector2d(5, 10));
  CHECK(file.remarks.size() == 2);
  support::check_io_error(table,
                          ", line 3, column 2: value is \"1.5\", the logarithm of 2.8284271247461903, which must be a "
                          "whole number: counts are molecules, other values are continuous",
                          [&] {
                            directory.write("table", "cell,Sox2,Klf4\nc1,0,2\nc2,1.5,3\n");
                            return cardamom::read_counts(table, {.times = times, .values = ValueScale::log2});
                          });
}
