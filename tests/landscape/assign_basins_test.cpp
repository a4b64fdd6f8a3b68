#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/landscape/assign_basins.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace cardamom;

namespace {

/// States uniform on the cube [0, size]^genes.
Matrix random_states(Index states, Index genes, std::uint64_t seed, double size = 1.5) {
  RandomStream stream(seed, Purpose::user);
  Matrix result = Matrix::Zero(states, genes);
  for (Index k = 0; k < states; ++k) {
    for (Index i = 1; i < genes; ++i) result(k, i) = size * stream.uniform();
  }
  return result;
}

}  // namespace

TEST_CASE("states are assigned to known attractors") {
  const Model model = toggle_switch();
  const Attractors found = find_attractors(model, random_states(20, 3, 7));
  const Matrix states = random_states(300, 3, 8);
  const auto basins = assign_basins(model, found, states);
  for (Index k = 0; k < states.rows(); ++k) {
    CHECK(basins[static_cast<std::size_t>(k)] == (states(k, 1) > states(k, 2) ? 0 : 1));
  }
  CHECK(assign_basins(model, found, states, {}, Threads(2)) == basins);
  CHECK(assign_basins(model, found, Matrix::Constant(1, 3, 0.4))[0] == at_saddle);
}

TEST_CASE("the assignment of basins rejects wrong arguments") {
  CHECK_THROWS_WITH_AS(assign_basins(toggle_switch(), {}, Matrix::Zero(1, 2)),
                       "assign_basins: states.cols() has size 2, must be 3", std::invalid_argument);
}
