// The saddles of random networks, those of the accuracy benchmark, against Newton's method from a grid.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/landscape/attractors.hpp>
#include <cardamom/model/input_levels.hpp>

#include "../../benchmarks/random_networks.hpp"

using namespace cardamom;

namespace {

/// States uniform on the cube [0, 1.5]^genes.
Matrix states_of(const Model& model, Index states, std::uint64_t seed) {
  RandomStream stream(seed, Purpose::user);
  Matrix result = Matrix::Zero(states, model.nodes());
  for (Index k = 0; k < states; ++k) {
    for (Index i = model.inputs(); i < model.nodes(); ++i) result(k, i) = 1.5 * stream.uniform();
  }
  return result;
}

/// The equilibria of index 1 that Newton's method leads to from a grid of `levels` levels per gene.
std::vector<Equilibrium> saddles_by_grid(const Model& model, Index levels) {
  const VectorField<Sigmoid> field(model);
  const Index genes = field.genes();
  Index points = 1;
  for (Index i = 0; i < genes; ++i) points *= levels;
  std::vector<Equilibrium> found;
  Vector slope(field.nodes());
  for (Index k = 0; k < points; ++k) {
    Vector point = Vector::Ones(field.nodes());
    Index digits = k;
    for (Index i = 0; i < genes; ++i, digits /= levels) {
      point[field.inputs() + i] = 1.2 * static_cast<double>(digits % levels) / static_cast<double>(levels - 1);
    }
    for (int step = 0; step < 30; ++step) {
      field(point, slope);
      const Vector change = field.jacobian(point).partialPivLu().solve(slope.tail(genes));
      if (!change.allFinite()) break;
      point.tail(genes) = (point.tail(genes) - change).cwiseMax(0.0).cwiseMin(3.0);
      if (change.cwiseAbs().maxCoeff() < 1e-13) break;
    }
    field(point, slope);
    const double residual = field.residual(point, slope);
    if (!(residual < 1e-10)) continue;
    const auto same = [&](const Equilibrium& e) { return field.distance(e.protein, point) < 1e-3; };
    if (std::any_of(found.begin(), found.end(), same)) continue;
    found.push_back(examine_equilibrium(field, point, residual));
  }
  std::erase_if(found, [](const Equilibrium& e) { return e.unstable != 1; });
  return found;
}

}  // namespace

TEST_CASE("forty random networks have no saddle of index 1 that is not listed") {
  Index saddles = 0;
  for (int seed = 1; seed <= 40; ++seed) {
    const Index genes = benchmarks::genes_of(seed, 3, 6);
    const Model model = benchmarks::random_experiment(genes, static_cast<std::uint64_t>(seed)).model;
    const Attractors found = find_attractors(model, states_of(model, 200, 1));
    const VectorField<Sigmoid> field(model);
    for (const Equilibrium& saddle : saddles_by_grid(model, genes < 5 ? 9 : genes == 5 ? 6 : 5)) {
      ++saddles;
      CAPTURE(seed);
      CHECK(std::any_of(found.saddles.begin(), found.saddles.end(), [&](const Equilibrium& e) {
        return e.unstable == 1 && field.distance(e.protein, saddle.protein) < 1e-3;
      }));
    }
  }
  MESSAGE("saddles of index 1: " << saddles);
  CHECK(saddles >= 3);
}
