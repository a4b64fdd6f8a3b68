#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/data/counts.hpp>
#include <support/throws.hpp>

using namespace cardamom;
using support::check_throws;

namespace {

Counts example() {
  Matrix values(5, 3);
  values << 1, 4, 0,  //
      0, 1, 2,        //
      1, 0, 7,        //
      1, 9, 9,        //
      0, 3, 3;
  Vector times(5);
  times << 6, 0, 12, 6, 0;
  return Counts(values, times);
}

}  // namespace

TEST_CASE("cells are grouped by time in the order of the table") {
  const Counts counts = example();
  CHECK(counts.cells() == 5);
  CHECK(counts.nodes() == 3);
  REQUIRE(counts.time_points().size() == 3);
  CHECK(counts.time_points() == Eigen::Vector3d(0, 6, 12));
  const auto at = [&](Index k) { return std::vector<Index>(counts.cells_at(k).begin(), counts.cells_at(k).end()); };
  CHECK(at(0) == std::vector<Index>{1, 4});
  CHECK(at(1) == std::vector<Index>{0, 3});
  CHECK(at(2) == std::vector<Index>{2});
}

TEST_CASE("columns have default names and given names are unique") {
  CHECK(example().names() == std::vector<std::string>{"Stimulus", "1", "2"});
  check_throws<std::invalid_argument>(
      [] {
        Counts(Matrix::Zero(1, 3), Vector::Zero(1), {"S", "Sox2", "Sox2"});
      },
      {"Sox2", "unique"});
  check_throws<std::invalid_argument>([] { Counts(Matrix::Zero(1, 3), Vector::Zero(1), {"S"}); }, {"names", "1", "3"});
}

TEST_CASE("rows can be selected and repeated") {
  const std::vector<Index> rows{3, 3, 1};
  const Counts sample = example().select_cells(rows);
  CHECK(sample.cells() == 3);
  CHECK(sample.values().row(0) == example().values().row(3));
  CHECK(sample.values().row(1) == example().values().row(3));
  CHECK(sample.time_points() == Eigen::Vector2d(0, 6));
  const std::vector<Index> outside{5};
  check_throws<std::invalid_argument>([&] { example().select_cells(outside); }, {"rows[0]", "5", "[0, 5)"});
}

TEST_CASE("an empty table is a table") {
  const Counts none;
  CHECK(none.cells() == 0);
  CHECK(none.nodes() == 1);
  CHECK(none.time_points().size() == 0);
}

TEST_CASE("bad values name cell and gene") {
  Matrix values = Matrix::Zero(3, 2);
  values(2, 1) = -4;
  check_throws<std::domain_error>([&] { Counts(values, Vector::Zero(3)); }, {"cell 2", "node 1", "-4", ">= 0"});
  values(2, 1) = std::numeric_limits<double>::quiet_NaN();
  check_throws<std::domain_error>([&] { Counts(values, Vector::Zero(3)); }, {"cell 2", "node 1", "nan"});
  check_throws<std::invalid_argument>([] { Counts(Matrix::Zero(3, 2), Vector::Zero(2)); }, {"times", "2", "3"});
  check_throws<std::invalid_argument>([] { Counts(Matrix(0, 0), Vector(0)); }, {"values.cols()"});
  Vector times = Vector::Zero(3);
  times[1] = std::numeric_limits<double>::infinity();
  check_throws<std::domain_error>([&] { Counts(Matrix::Zero(3, 2), times); }, {"times[1]", "inf"});
  check_throws<std::domain_error>([] { Counts(Matrix::Zero(2, 2), Vector::Zero(2), {}, Vector::Zero(2)); },
                                  {"depth[0]", "> 0"});
}

TEST_CASE("the first columns are inputs: one, several or none") {
  const Matrix values = Matrix::Ones(2, 4);
  const Vector times = Vector::Zero(2);
  const auto counts_of = [&](Index inputs) { return Counts(values, times, {}, {}, inputs); };
  CHECK(example().inputs() == 1);
  CHECK(example().genes() == 2);
  const Counts none = counts_of(0);
  CHECK(none.inputs() == 0);
  CHECK(none.genes() == 4);
  CHECK(none.names() == std::vector<std::string>{"1", "2", "3", "4"});
  const Counts one = counts_of(1);
  CHECK(one.names() == std::vector<std::string>{"Stimulus", "1", "2", "3"});
  const Counts two = counts_of(2);
  CHECK(two.nodes() == 4);
  CHECK(two.genes() == 2);
  CHECK(two.names() == std::vector<std::string>{"Input1", "Input2", "1", "2"});
  const Counts inputs_alone = counts_of(4);
  CHECK(inputs_alone.genes() == 0);
  const std::vector<Index> rows{1};
  CHECK(two.select_cells(rows).inputs() == 2);
  CHECK(two.select_cells(rows).names() == two.names());
  check_throws<std::invalid_argument>([&] { counts_of(5); }, {"values.cols()", "4", "5"});
  check_throws<std::invalid_argument>([&] { counts_of(-1); }, {"inputs", "-1", "0"});
}

TEST_CASE("whole numbers of any type are counts") {
  Eigen::MatrixXi values(2, 3);
  values << 0, 3, 1, 1, 0, 7;
  const Counts counts(values, Vector::Zero(2));
  CHECK(counts.values() == values.cast<double>());
  const Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = values.cast<std::int64_t>();
  CHECK(Counts(rows, Vector::Zero(2), {}, {}, 2).values() == counts.values());
  values(1, 2) = -1;
  check_throws<std::domain_error>([&] { Counts(values, Vector::Zero(2)); }, {"values(cell 1, node 2) is -1"});
}
