#include <cmath>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/landscape/attractors.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace cardamom;

namespace {

/// States uniform on the cube [0, size]^(G−1).
Matrix random_states(Index states, Index genes, std::uint64_t seed, double size = 1.5) {
  RandomStream stream(seed, Purpose::user);
  Matrix result = Matrix::Zero(states, genes);
  for (Index k = 0; k < states; ++k) {
    for (Index i = 1; i < genes; ++i) result(k, i) = size * stream.uniform();
  }
  return result;
}

/// The same rate without its gradient.
auto without_gradient(const Sigmoid& rate) {
  return FunctionRate(rate.genes(), [rate](Index gene, const VectorIn& protein) { return rate(gene, protein); });
}

}  // namespace

TEST_CASE("the toggle switch has two attractors and one saddle on the diagonal") {
  const Model model = toggle_switch();
  const Attractors found = find_attractors(model.kinetics, sigmoid(model), random_states(200, 3, 1));
  REQUIRE(found.count() == 2);
  CHECK(found.unsettled_starts == 0);
  CHECK(found.saddle_starts == 0);
  CHECK(found[0].protein[1] == doctest::Approx(0.9905).epsilon(5e-5));
  CHECK(std::abs(found[0].protein[2] - 0.0512) < 5e-5);
  CHECK(std::abs(found[1].protein[1] - found[0].protein[2]) < 1e-13);
  CHECK(std::abs(found[1].protein[2] - found[0].protein[1]) < 1e-13);
  for (Index z = 0; z < 2; ++z) {
    CHECK(found[z].stable());
    CHECK(found[z].residual < 1e-14);
    CHECK(found[z].protein[0] == 1.0);
    CHECK(found[z].eigenvalues.size() == 2);
    CHECK(found[z].eigenvalues.real().maxCoeff() < 0.0);
    // (5) and (11): P_z = k_z/k1.
    CHECK(found[z].frequency[1] == doctest::Approx(2.0 * found[z].protein[1]).epsilon(1e-13));
  }
  CHECK(found[0].starts + found[1].starts == 200);
  REQUIRE(found.saddles.size() == 1);
  CHECK(found.saddles[0].protein[1] == doctest::Approx(found.saddles[0].protein[2]).epsilon(1e-12));
  CHECK(found.saddles[0].unstable == 1);
  CHECK(found.saddles[0].starts == 0);
  for (Index k = 0; k < 200; ++k) {
    // By symmetry the border is the diagonal.
    const Matrix starts = random_states(200, 3, 1);
    CHECK(found.of_start[static_cast<std::size_t>(k)] == (starts(k, 1) > starts(k, 2) ? 0 : 1));
    if (k > 20) break;
  }
  CHECK(found.proteins().row(0).transpose() == found[0].protein);
  CHECK(found.frequencies()(1, 2) == found[1].frequency[2]);
}

TEST_CASE("a start on the border comes to rest at the saddle and is not counted for a basin") {
  const Model model = toggle_switch();
  Matrix starts = random_states(3, 3, 2);
  starts.row(1).tail(2).setConstant(0.3);
  const Attractors found = find_attractors(model.kinetics, sigmoid(model), starts, {.saddles = false});
  CHECK(found.of_start[1] == at_saddle);
  CHECK(found.saddle_starts == 1);
  REQUIRE(found.saddles.size() == 1);
  CHECK(found.saddles[0].starts == 1);
  CHECK_FALSE(found.saddles[0].stable());
}

TEST_CASE("rates without a gradient find the same landscape") {
  const Model model = two_toggles();
  const Matrix starts = random_states(60, 5, 3);
  const Attractors analytic = find_attractors(model.kinetics, sigmoid(model), starts);
  const Attractors numeric = find_attractors(model.kinetics, without_gradient(sigmoid(model)), starts);
  REQUIRE(analytic.count() == 4);
  REQUIRE(numeric.count() == 4);
  CHECK(analytic.of_start == numeric.of_start);
  for (Index z = 0; z < 4; ++z) {
    CHECK((analytic[z].protein - numeric[z].protein).cwiseAbs().maxCoeff() < 1e-12);
    CHECK((analytic[z].eigenvalues - numeric[z].eigenvalues).cwiseAbs().maxCoeff() < 1e-7);
  }
  // One toggle at its saddle, the other at either attractor (4), or both at their saddle (1).
  CHECK(analytic.saddles.size() >= 4);
  CHECK(analytic.saddles.size() <= 5);
  CHECK(numeric.saddles.size() == analytic.saddles.size());
}

TEST_CASE("numerical Jacobians agree with analytic ones also at the edge") {
  const Model model = cn5();
  const Sigmoid rate = sigmoid(model);
  const auto plain = without_gradient(rate);
  const detail::Drift<Sigmoid> exact(model.kinetics, rate);
  const detail::Drift<decltype(plain)> numeric(model.kinetics, plain);
  for (const double level : {0.0, 1e-4, 0.3, 1.0}) {
    const Vector protein = Vector::Constant(6, level);
    CHECK((exact.jacobian(protein) - numeric.jacobian(protein)).cwiseAbs().maxCoeff() < 1e-7);
  }
}

TEST_CASE("the stimulus is held at the given level") {
  const Model model = benchmark_cascade(4);
  const Matrix starts = random_states(5, 4, 4);
  AttractorOptions off;
  off.relaxation.stimulus = 0.0;
  const Attractors without = find_attractors(model.kinetics, sigmoid(model), starts, off);
  const Attractors with = find_attractors(model.kinetics, sigmoid(model), starts);
  REQUIRE(without.count() == 1);
  REQUIRE(with.count() == 1);
  CHECK(without[0].protein[0] == 0.0);
  CHECK(without[0].protein[3] < 0.01);
  CHECK(with[0].protein[3] > 0.9);
}

TEST_CASE("a limit cycle is a status") {
  // A ring of three steep repressions oscillates.
  const Model model{paper_kinetics(4),
                    {Vector{{0.0, 15.0, 15.0, 15.0}}, {{3, 1, -50.0}, {1, 2, -50.0}, {2, 3, -50.0}}}};
  Matrix starts = random_states(4, 4, 5);
  starts.row(3).setConstant(0.2);
  const Attractors found = find_attractors(model.kinetics, sigmoid(model), starts);
  CHECK(found.count() == 0);
  CHECK(found.unsettled_starts == 3);
  CHECK(found.of_start[0] == unsettled);
  // The symmetric start rests at the unstable centre of the cycle.
  CHECK(found.of_start[3] == at_saddle);
  REQUIRE(found.saddles.size() == 1);
  CHECK(found.saddles[0].unstable == 2);
  CHECK_FALSE(relax(model.kinetics, sigmoid(model), starts.row(0).transpose()).convergence.converged());
}

TEST_CASE("results do not depend on the executor nor on the unit of protein") {
  const Model model = two_toggles();
  const Matrix starts = random_states(50, 5, 6);
  const Attractors one = find_attractors(model.kinetics, sigmoid(model), starts);
  const Attractors three = find_attractors(model.kinetics, sigmoid(model), starts, {}, Threads(3));
  CHECK(one.of_start == three.of_start);
  CHECK(one.proteins() == three.proteins());

  // Protein in a unit a thousand times smaller: s1 and P grow, θ shrinks.
  Model scaled{model.kinetics, {model.network.basal(), SparseMatrix(model.network.interactions() / 1000.0)}};
  scaled.kinetics.protein_synthesis *= 1000.0;
  const Attractors other = find_attractors(scaled.kinetics, sigmoid(scaled), starts * 1000.0);
  CHECK(other.of_start == one.of_start);
  CHECK((other.proteins().rightCols(4) / 1000.0 - one.proteins().rightCols(4)).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("relaxation follows the exact solution of one gene") {
  const Kinetics kinetics = paper_kinetics(2);
  const FunctionRate rate(2, [](Index, const VectorIn&) { return 1.0; });
  const RelaxationPath path = relax(kinetics, rate, Vector{{0.0, 3.0}});
  CHECK(path.convergence.converged());
  for (Index k = 0; k < path.times.size(); ++k) {
    const double exact = 0.5 + 2.5 * std::exp(-0.2 * path.times[k]);
    CHECK(path.proteins(k, 1) == doctest::Approx(exact).epsilon(1e-6));
    CHECK(path.proteins(k, 0) == 1.0);
  }
}

TEST_CASE("states are assigned to known attractors") {
  const Model model = toggle_switch();
  const Attractors found = find_attractors(model.kinetics, sigmoid(model), random_states(20, 3, 7));
  const Matrix states = random_states(300, 3, 8);
  const auto basins = assign_basins(model.kinetics, sigmoid(model), found, states);
  for (Index k = 0; k < states.rows(); ++k) {
    CHECK(basins[static_cast<std::size_t>(k)] == (states(k, 1) > states(k, 2) ? 0 : 1));
  }
  CHECK(assign_basins(model.kinetics, sigmoid(model), found, states, {}, Threads(2)) == basins);
  CHECK(assign_basins(model.kinetics, sigmoid(model), found, Matrix::Constant(1, 3, 0.4))[0] == at_saddle);
}

TEST_CASE("a landscape without genes or without starts is empty") {
  const Model model = toggle_switch();
  const Attractors none = find_attractors(model.kinetics, sigmoid(model), Matrix(0, 3));
  CHECK(none.count() == 0);
  CHECK(none.saddles.empty());
}

TEST_CASE("attractor searches reject wrong arguments") {
  const Model model = toggle_switch();
  const Sigmoid rate = sigmoid(model);
  CHECK_THROWS_WITH_AS(find_attractors(model.kinetics, rate, Matrix::Zero(1, 2)),
                       "find_attractors: starts.cols() has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(find_attractors(model.kinetics, rate, Matrix::Constant(1, 3, -1.0)),
                       "find_attractors: starts column 1[0] is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(find_attractors(paper_kinetics(4), rate, Matrix::Zero(1, 4)),
                       "DeterministicLimit: kinetics has size 4, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(assign_basins(model.kinetics, rate, {}, Matrix::Zero(1, 2)),
                       "assign_basins: states.cols() has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(relax(model.kinetics, rate, Vector::Zero(2)), "relax: start has size 2, must be 3",
                       std::invalid_argument);
  AttractorOptions options;
  options.merge = 1e-6;
  CHECK_THROWS_WITH_AS(find_attractors(model.kinetics, rate, Matrix::Zero(1, 3), options),
                       "AttractorOptions: merge is 1e-06, must be at least 10 relaxation.rest and at most 0.5",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.stimulus = -1.0}),
                       "RelaxationOptions: stimulus is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.accuracy = 0.1}),
                       "RelaxationOptions: accuracy is 0.1, must be in [0, 0.01]", std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.accuracy = 1e-3, .rest = 1e-3}),
                       "RelaxationOptions: rest is 0.001, must be at least 100 accuracy and below 1",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.time_limit = 0}),
                       "RelaxationOptions: time_limit is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(validate(RelaxationOptions{.step_limit = 0}),
                       "RelaxationOptions: step_limit is 0, must be at least 1", std::invalid_argument);
  const FunctionRate broken(3, [](Index, const VectorIn&) { return std::nan(""); });
  CHECK_THROWS_WITH_AS(find_attractors(model.kinetics, broken, Matrix::Zero(1, 3)),
                       "rate(1, protein) is nan, must be finite and >= 0", NumericalError);
  CHECK_THROWS_AS(find_attractors(model.kinetics, rate, Matrix::Zero(5, 3), {}, Sequential{},
                                  [](Index done, Index) { return done < 2; }),
                  Cancelled);
}
