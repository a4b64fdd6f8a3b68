#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/prediction/velocity_embedding.hpp>

using namespace cardamom;

namespace {

struct Cells {
  Counts counts;
  CellVelocities velocities;
};
/// Twenty cells of three genes, whose expected mRNA is their count.
Cells random_cells(const Vector& depth = {}) {
  RandomStream random(3, Purpose::user);
  Matrix values(20, 4);
  Matrix speed(20, 4);
  for (Index cell = 0; cell < 20; ++cell) {
    for (Index node = 0; node < 4; ++node) {
      values(cell, node) = node == 0 ? 1.0 : static_cast<double>(random.poisson(3.0 * static_cast<double>(node)));
      speed(cell, node) = node == 0 ? 0.0 : random.normal();
    }
  }
  Matrix mrna = values;
  if (depth.size() > 0) mrna = depth.cwiseInverse().asDiagonal() * values;
  return {Counts(values, Vector::Zero(20), {}, depth), {mrna, mrna, speed, speed}};
}

}  // namespace

TEST_CASE("velocities in principal components are derivatives of the places of cells") {
  const Vector depth = Vector::LinSpaced(20, 0.5, 1.5);
  for (const bool known : {false, true}) {
    const Cells cells = random_cells(known ? depth : Vector{});
    const VelocityEmbedding embedded = embed_velocities(cells.counts, cells.velocities, 2);
    CHECK(embedded.cells.rows() == 20);
    CHECK(embedded.cells.cols() == 2);
    // A step later counts are those of M + step · dM/dt, at the depth of the cell.
    constexpr double step = 1e-6;
    const Vector scale = known ? cells.counts.depth() : Vector(Vector::Ones(20));
    Matrix later = scale.asDiagonal() * (cells.velocities.mrna + step * cells.velocities.mrna_velocity);
    later.col(0) = cells.counts.values().col(0);
    Matrix now = scale.asDiagonal() * cells.velocities.mrna;
    now.col(0) = later.col(0);
    const Matrix moved =
        (embedded.components.scores(log_counts(later, 1)) - embedded.components.scores(log_counts(now, 1))) / step;
    CHECK((moved - embedded.velocities).norm() < 1e-4 * embedded.velocities.norm());
  }
}

TEST_CASE("all principal components keep the speed of a cell") {
  const Cells cells = random_cells();
  const VelocityEmbedding embedded = embed_velocities(cells.counts, cells.velocities, 3);
  for (Index cell = 0; cell < 20; ++cell) {
    double square = 0.0;
    for (Index gene = 1; gene < 4; ++gene) {
      const double v = cells.velocities.mrna_velocity(cell, gene) / (1.0 + cells.velocities.mrna(cell, gene));
      square += v * v;
    }
    CHECK(embedded.velocities.row(cell).squaredNorm() == doctest::Approx(square));
  }
}

TEST_CASE("an embedding refuses velocities of other cells") {
  Cells cells = random_cells();
  CHECK_THROWS_AS(embed_velocities(cells.counts, cells.velocities, 4), std::invalid_argument);
  cells.velocities.mrna_velocity = Matrix::Zero(19, 4);
  CHECK_THROWS_WITH_AS(embed_velocities(cells.counts, cells.velocities, 2),
                       "embed_velocities: velocities.mrna_velocity is 19 x 4, must be 20 x 4", std::invalid_argument);
}
