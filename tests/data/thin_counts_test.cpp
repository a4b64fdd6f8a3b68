#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include <boost/random/poisson_distribution.hpp>
#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/data/thin_counts.hpp>

using namespace cardamom;

namespace {

constexpr Index cells = 20000;

/// A gene off in three cells of four and Poisson in the others.
Counts bimodal(double on, double factor = 1.0) {
  RandomStream random(7, Purpose::user);
  Matrix values = Matrix::Zero(cells, 2);
  for (Index cell = 0; cell < cells; ++cell) {
    if (cell % 4 != 0) continue;
    values(cell, 1) = factor * static_cast<double>(boost::random::poisson_distribution<long, double>(on)(random));
  }
  return Counts(std::move(values), Vector::LinSpaced(cells, 0.0, 1.0));
}

/// How far the mean of the cells that are on is from `expected`, in standard errors of a Poisson number.
double deviation(const Counts& counts, double expected) {
  double sum = 0.0;
  for (Index cell = 0; cell < cells; cell += 4) sum += counts.values()(cell, 1);
  const double count = cells / 4;
  return (sum / count - expected) / std::sqrt(expected / count);
}

/// Sum of squares over the mean: that of Poisson numbers is the number of cells less one, ± √(2 · cells).
double dispersion(const Counts& counts) {
  double sum = 0.0;
  double squares = 0.0;
  for (Index cell = 0; cell < cells; cell += 4) {
    sum += counts.values()(cell, 1);
    squares += counts.values()(cell, 1) * counts.values()(cell, 1);
  }
  const double count = cells / 4;
  const double mean = sum / count;
  return ((squares - count * mean * mean) / mean - (count - 1)) / std::sqrt(2.0 * count);
}

}  // namespace

TEST_CASE("the level of a gene when it is on does not depend on how often it is on") {
  // Of on/off values it is the value itself, whatever the share.
  CHECK(level_when_on(Eigen::Vector4d(0.0, 0.7, 0.0, 0.0), false) == doctest::Approx(0.7).epsilon(1e-15));
  CHECK(level_when_on(Eigen::Vector4d(0.7, 0.7, 0.7, 0.0), false) == doctest::Approx(0.7).epsilon(1e-15));
  CHECK(level_when_on(Eigen::Vector4d(0, 6, 0, 0), true) == 5.0);
  CHECK(level_when_on(Vector::Zero(3), true) == 0.0);
  CHECK(level_when_on(Vector(0), true) == 0.0);
  CHECK(std::isfinite(level_when_on(Eigen::Vector2d(1e308, 1e300), false)));
  // E x(x − 1)/E x of a Poisson number is its mean; standard error of 5000 cells at 40: .09. A level 5 % off is 2 away.
  CHECK(level_when_on(bimodal(40.0).values().col(1), true) == doctest::Approx(40.0).epsilon(0.4 / 40.0));
}

TEST_CASE("molecules kept are Poisson numbers of the level asked for") {
  // False alarms: .0006 of each line. An expectation 5 % off is 16 standard errors away.
  const Counts deep = bimodal(40.0);
  const double on = level_when_on(deep.values().col(1), true);
  for (const double level : {2.0, 20.0}) {
    const Counts thinned = thin_counts(deep, level, 3);
    CHECK(std::abs(deviation(thinned, level * 40.0 / on)) < 3.43);
    CHECK(std::abs(dispersion(thinned)) < 3.43);
    CHECK(std::abs(deviation(thinned, 1.05 * level * 40.0 / on)) > 3.43);
    CHECK((thinned.values().array() <= deep.values().array()).all());
    CHECK(thinned.values() == thin_counts(deep, level, 3).values());
    CHECK(thinned.values() != thin_counts(deep, level, 3, 1).values());
    CHECK(thinned.values() != thin_counts(deep, level, 4).values());
  }
  // A gene that shows fewer is left alone.
  CHECK(thin_counts(deep, 60.0, 3).values() == deep.values());
}

TEST_CASE("values that are no counts are counted, whatever their unit") {
  const Counts plain = bimodal(40.0, 0.37);
  const Counts counted = thin_counts(plain, 5.0, 1);
  CHECK(holds_whole_numbers(counted));
  CHECK_FALSE(holds_whole_numbers(plain));
  // Powers of two leave every ratio as it is.
  CHECK(thin_counts(bimodal(40.0, 0.37 * 1024.0), 5.0, 1).values() == counted.values());
  CHECK(thin_counts(bimodal(40.0, 0.37 / 1024.0), 5.0, 1).values() == counted.values());
  const double on = level_when_on(plain.values().col(1), false);
  CHECK(std::abs(deviation(counted, 5.0 * 40.0 * 0.37 / on)) < 4.0);
  // Whole numbers that a double does not hold exactly are no counts.
  CHECK_FALSE(holds_whole_numbers(Counts(Eigen::Matrix2d{{0.0, 1e300}, {0.0, 3.0}}, Vector::Zero(2))));
}

TEST_CASE("neither order, names nor unit of genes have a say in what is drawn") {
  RandomStream random(5, Purpose::user);
  Matrix values = Matrix::Zero(200, 4);
  for (Index i = 0; i < values.rows(); ++i) {
    for (Index j = 1; j < values.cols(); ++j) values(i, j) = 30.0 * static_cast<double>(j) * random.uniform() + 0.25;
  }
  const Counts counts(values, Vector::Zero(200), {"Stimulus", "A", "B", "C"});
  const Matrix thinned = thin_counts(counts, 5.0, 1).values();

  Matrix turned(200, 4);
  turned << values.col(0), values.col(3), values.col(1), values.col(2);
  Matrix expected(200, 4);
  expected << thinned.col(0), thinned.col(3), thinned.col(1), thinned.col(2);
  CHECK(thin_counts(Counts(turned, Vector::Zero(200), {"Stimulus", "X", "Y", "Z"}), 5.0, 1).values() == expected);
  CHECK(thin_counts(Counts(turned, Vector::Zero(200)), 5.0, 1).values() == expected);
  CHECK(thin_counts(Counts(turned / 1024.0, Vector::Zero(200)), 5.0, 1).values() == expected);

  CHECK(thin_counts(counts, 5.0, 1, 1).values() != thinned);
  CHECK(thin_counts(counts, 5.0, 2).values() != thinned);
}

TEST_CASE("times, names, depths, inputs and lineages stay") {
  Matrix lineages(3, 2);
  lineages << 0, 0, 1, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(), 2;
  const Counts counts = Counts(Matrix{{0.0, 9.0}, {1.0, 30.0}, {1.0, 0.0}}, Eigen::Vector3d(0, 1, 2), {"dose", "Sox2"},
                               Eigen::Vector3d(1, 2, 1))
                            .with_lineages(lineages);
  const Counts thinned = thin_counts(counts, 2.0, 0);
  CHECK(thinned.names() == counts.names());
  CHECK(thinned.times() == counts.times());
  CHECK(thinned.depth() == counts.depth());
  CHECK(thinned.values().col(0) == counts.values().col(0));
  CHECK(thinned.lineages() == 2);
  CHECK(thinned.lineage_times()(2, 1) == 2.0);
  CHECK_THROWS_AS((void)thin_counts(counts, 0.0, 0), std::domain_error);
  CHECK_THROWS_AS((void)thin_counts(counts, std::nan(""), 0), std::domain_error);
}

TEST_CASE("a lineage has its cells at its own times") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const Counts plain(Matrix{{0.0, 9.0}, {1.0, 30.0}, {1.0, 0.0}}, Eigen::Vector3d(0, 1, 2), {},
                     Eigen::Vector3d(1, 2, 3));
  CHECK(plain.lineages() == 0);
  const Counts counts = plain.with_lineages(Matrix{{0.0, 5.0}, {none, 4.0}, {2.0, none}});
  const Counts second = counts.lineage(1);
  CHECK(second.times() == Eigen::Vector2d(5, 4));
  CHECK(second.time_points() == Eigen::Vector2d(4, 5));
  CHECK(second.values() == plain.values().topRows(2));
  CHECK(second.depth() == Eigen::Vector2d(1, 2));
  CHECK(second.lineages() == 0);
  const Index rows[] = {2, 0};
  CHECK(counts.select_cells(rows).lineage(0).times() == Eigen::Vector2d(2, 0));
  CHECK_THROWS_AS((void)counts.lineage(2), std::invalid_argument);
  CHECK_THROWS_AS((void)plain.with_lineages(Matrix::Zero(2, 1)), std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)plain.with_lineages(Matrix{{0.0, none}, {1.0, none}, {2.0, none}}),
                       "Counts::with_lineages: times.col(1) is NaN throughout, a lineage must have cells",
                       std::domain_error);
  const double infinite = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS((void)plain.with_lineages(Matrix{{0.0}, {infinite}, {1.0}}), std::domain_error);
}
