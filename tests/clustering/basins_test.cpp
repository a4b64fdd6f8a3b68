#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/core/random.hpp>

using namespace cardamom;

namespace {

Counts table(Index cells, Index genes, const Vector& times) { return Counts(Matrix::Zero(cells, genes), times); }

}  // namespace

TEST_CASE("basins are numbered by time of first appearance and shared by time points") {
  ModeTable modes(5, 3);
  modes << 1, 1, 0,  //
      0, 0, 0,       //
      1, 1, 0,       //
      0, 0, 1,       //
      1, 0, 0;
  Vector times(5);
  times << 6, 0, 6, 0, 6;
  const Basins basins = group_into_basins(modes, table(5, 3, times));
  REQUIRE(basins.count() == 4);
  CHECK(basins.of_cell == std::vector<Index>{2, 0, 2, 1, 3});
  CHECK(basins.cells[2] == std::vector<Index>{0, 2});
  CHECK(basins.modes.row(2) == modes.row(0));
  CHECK(basins.weights(0, 0) == 0.5);
  CHECK(basins.weights(0, 2) == 0.0);
  CHECK(basins.weights(1, 2) == doctest::Approx(2.0 / 3.0));
}

TEST_CASE("basins equal a brute force grouping and their weights sum to one") {
  RandomStream random(1, Purpose::user);
  const Index cells = 500;
  ModeTable modes(cells, 5);
  Vector times(cells);
  for (Index cell = 0; cell < cells; ++cell) {
    times[cell] = static_cast<double>(random.below(4));
    for (Index gene = 0; gene < 5; ++gene) modes(cell, gene) = static_cast<ModeIndex>(random.below(3));
  }
  const Basins basins = group_into_basins(modes, table(cells, 5, times));
  std::map<std::vector<ModeIndex>, Index> seen;
  for (Index cell = 0; cell < cells; ++cell) {
    std::vector<ModeIndex> row;
    for (Index gene = 0; gene < 5; ++gene) row.push_back(modes(cell, gene));
    const Index basin = basins.of_cell[static_cast<std::size_t>(cell)];
    CHECK(seen.emplace(row, basin).first->second == basin);
  }
  CHECK(static_cast<Index>(seen.size()) == basins.count());
  for (Index t = 0; t < 4; ++t) CHECK(basins.weights.row(t).sum() == doctest::Approx(1.0));
}

TEST_CASE("basins of no cells and of one cell are defined") {
  CHECK(group_into_basins(ModeTable(0, 2), table(0, 2, Vector(0))).count() == 0);
  const Basins one = group_into_basins(ModeTable::Zero(1, 2), table(1, 2, Vector::Zero(1)));
  CHECK(one.count() == 1);
  CHECK(one.weights(0, 0) == 1.0);
}

TEST_CASE("basins refuse a table of another size") {
  CHECK_THROWS_WITH_AS(static_cast<void>(group_into_basins(ModeTable::Zero(2, 2), table(3, 2, Vector::Zero(3)))),
                       "group_into_basins: modes is 2 x 2, must be 3 x 2", std::invalid_argument);
}

TEST_CASE("basins know the inputs of the table and tell levels of several inputs apart") {
  Matrix values(4, 3);
  values << 0, 0, 5,  //
      0.5, 0, 5,      //
      1, 2, 5,        //
      1, 0, 5;
  const Counts counts(values, Vector::Zero(4), {}, {}, 2);
  const Clustering clustering = cluster(counts);
  const Basins basins = group_into_basins(clustering, counts);
  CHECK(basins.inputs() == 2);
  CHECK(basins.nodes() == 3);
  CHECK(basins.count() == 4);
  Clustering other = clustering;
  other.number_of_inputs = 1;
  CHECK_THROWS_WITH_AS(static_cast<void>(group_into_basins(other, counts)),
                       "group_into_basins: clustering.inputs() has size 1, must be 2", std::invalid_argument);
}
