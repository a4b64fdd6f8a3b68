#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/inference/proteins.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/deterministic_limit.hpp>
#include <cardamom/simulation/protein_process.hpp>

using namespace cardamom;

namespace {

/// A toggle-like network: self-activation and mutual repression of random strengths.
Model random_toggle(Index genes, std::uint64_t seed) {
  RandomStream stream(seed, Purpose::user);
  Matrix theta = Matrix::Zero(genes, genes);
  for (Index i = 1; i < genes; ++i) {
    for (Index j = 1; j < genes; ++j) theta(i, j) = i == j ? 4.5 + stream.uniform() : -6.0 - 2.0 * stream.uniform();
  }
  return make_model(paper_kinetics(genes), {Vector::Zero(genes), theta});
}

/// Attractors by plain integration from each gene's corner.
Matrix attractors_of(const Model& model) {
  const Index genes = model.nodes();
  Matrix result(genes - 1, genes);
  for (Index z = 1; z < genes; ++z) {
    DeterministicLimit limit(model.kinetics, model.rate, {.absolute_tolerance = 1e-13, .relative_tolerance = 1e-13});
    limit.reset(Vector::Unit(genes, z));
    limit.advance_to(400.0);
    result.row(z - 1) = limit.protein().transpose();
  }
  return result;
}

MixtureRate mixture_of(const Model& model, const Matrix& attractors) {
  // (5) and (11): k_z/d1 = c P_z.
  const Vector c = model.kinetics.inverse_protein_burst_size();
  return {GammaMixture(Vector::Ones(attractors.rows()), attractors * c.asDiagonal(), c), model.kinetics.protein_decay};
}

RegressionOptions without_penalty(Index genes) {
  RegressionOptions options;
  options.penalty.weights = Matrix::Zero(genes, genes);
  options.penalty.basal_weight = 0.0;
  options.penalty.competition = 0.0;
  return options;
}

Matrix simulated_toggle(Index cells, std::uint64_t seed) {
  const Model model = toggle_switch();
  ProteinProcess process(model.kinetics, model.rate);
  Matrix proteins(cells, 3);
  for (Index cell = 0; cell < cells; ++cell) {
    process.reset(RandomStream(seed, Purpose::cell, static_cast<std::uint64_t>(cell)));
    process.advance_to(60.0);
    proteins.row(cell) = process.protein().transpose();
  }
  return proteins;
}

}  // namespace

TEST_CASE("problem 9 on exact attractors recovers the argument of the sigmoid") {
  for (const Index genes : {3, 6}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      CAPTURE(genes);
      CAPTURE(seed);
      const Model model = random_toggle(genes, seed);
      const Matrix attractors = attractors_of(model);
      const Samples samples = mixture_samples(mixture_of(model, attractors), model.kinetics.frequency_min,
                                              model.kinetics.frequency_max, Vector::Zero(1));
      CHECK((samples.proteins - attractors).cwiseAbs().maxCoeff() < 1e-12);
      const Regression fit =
          regress(samples, without_penalty(genes), LeastSquares{}, ProximalNewton({.tolerance = 1e-14}));
      const Sigmoid truth = model.rate;
      for (Index z = 0; z < attractors.rows(); ++z) {
        for (Index i = 1; i < genes; ++i) {
          const Vector protein = attractors.row(z);
          const double argument = fit.coefficients.basal[i] + fit.coefficients.interactions.row(i).dot(protein);
          CHECK(std::abs(argument - truth.argument(i, protein)) < 1e-6);
        }
      }
    }
  }
}

TEST_CASE("problem 20 equals problem 9 when all cells sit on the attractors") {
  const Model model = toggle_switch();
  const Matrix attractors = attractors_of(model);
  const MixtureRate rate = mixture_of(model, attractors);
  const Samples nine =
      mixture_samples(rate, model.kinetics.frequency_min, model.kinetics.frequency_max, Vector::Zero(1));
  const Samples twenty = protein_samples(attractors, rate, model.kinetics.frequency_min, model.kinetics.frequency_max);
  CHECK((nine.proteins - twenty.proteins).cwiseAbs().maxCoeff() < 1e-12);
  // Equal up to the responsibility of the other component at an attractor, some e^-18.
  CHECK((nine.targets - twenty.targets).cwiseAbs().maxCoeff() < 1e-6);
  CHECK(nine.floors == twenty.floors);
}

TEST_CASE("problem 20 on five thousand proteins of the toggle switch finds its signs and order") {
  const Counts snapshots(simulated_toggle(5000, 1), Vector::Constant(5000, 60.0));
  ProteinFitOptions options;
  options.mixture.restarts = 2;
  options.mixture.tolerance = 1e-8;
  const ProteinFit result = fit_proteins(snapshots, toggle_switch().kinetics.protein_decay, options);
  REQUIRE(result.steps.size() == 1);
  const Network network = result.network();
  // Every self-interaction is positive, every interaction between the genes negative. Their sizes, 5 against -7, are
  // not determined: kon^α depends on the proteins through ln P_1 - ln P_2 alone, which treats both alike.
  for (Index i = 1; i <= 2; ++i) {
    CHECK(network.weight(i, i) > 1.0);
    CHECK(network.weight(i, 3 - i) < -1.0);
  }
  CHECK(network.weight(1, 0) == 0.0);
  CHECK(result.frequency_max[1] == doctest::Approx(1.98).epsilon(0.15));
  CHECK(result.scale[1] == doctest::Approx(0.99).epsilon(0.1));
  CHECK((result.weights.rowwise().sum().array() - 1.0).abs().maxCoeff() < 1e-12);
  CHECK(std::abs(result.weights(0, 0) - 0.5) < 0.05);

  // The unit of the measurement does not matter.
  const Counts scaled(100.0 * simulated_toggle(5000, 1), Vector::Constant(5000, 60.0));
  const ProteinFit other = fit_proteins(scaled, toggle_switch().kinetics.protein_decay, options);
  CHECK((other.steps[0].coefficients.interactions - result.steps[0].coefficients.interactions).cwiseAbs().maxCoeff() <
        1e-4);
}

TEST_CASE("proteins at several times are fitted one after the other") {
  Matrix proteins = simulated_toggle(600, 2);
  Vector times(600);
  for (Index cell = 0; cell < 600; ++cell) times[cell] = cell < 300 ? 0.0 : 10.0;
  ProteinFitOptions options;
  options.mixture.restarts = 1;
  const ProteinFit result = fit_proteins(Counts(proteins, times), toggle_switch().kinetics.protein_decay, options);
  CHECK(result.steps.size() == 2);
  CHECK(result.weights.rows() == 2);
  CHECK(result.network().names().size() == 3);
  const ProteinFit threads =
      fit_proteins(Counts(proteins, times), toggle_switch().kinetics.protein_decay, options, Threads(2));
  CHECK(threads.steps[1].coefficients.interactions == result.steps[1].coefficients.interactions);
}

TEST_CASE("inference from proteins rejects wrong arguments") {
  const Model model = toggle_switch();
  const MixtureRate rate = mixture_of(model, attractors_of(model));
  const Counts snapshots(Matrix::Ones(4, 3), Vector::Zero(4));
  CHECK_THROWS_WITH_AS(fit_proteins(snapshots, Vector::Ones(2), rate.mixture()),
                       "fit_proteins: protein_decay has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(fit_proteins(Counts(Matrix(0, 3), Vector(0)), Vector::Ones(3), rate.mixture()),
                       "fit_proteins: snapshots.cells() is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(fit_proteins(Counts(Matrix::Ones(4, 2), Vector::Zero(4)), Vector::Ones(2), rate.mixture()),
                       "fit_proteins: mixture.nodes() has size 3, must be 2", std::invalid_argument);
  CHECK_THROWS_WITH_AS(mixture_samples(rate, Vector::Zero(3), Vector::Ones(2)),
                       "mixture_samples: frequency_max has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(mixture_samples(rate, Vector::Constant(3, 2.0), Vector::Ones(3)),
                       "mixture_samples: frequency_min[1] is 2, must be in [0, 1]", std::domain_error);
  CHECK_THROWS_WITH_AS(protein_samples(Matrix::Ones(2, 2), rate, Vector::Zero(3), Vector::Ones(3)),
                       "protein_samples: proteins.cols() has size 2, must be 3", std::invalid_argument);
}

TEST_CASE("proteins of a network with two inputs, or with none, are fitted as with one") {
  const Matrix one = simulated_toggle(300, 3);
  const Vector times = Vector::Constant(300, 60.0);
  ProteinFitOptions options;
  options.mixture.restarts = 1;
  options.regression.penalty.self_weight = 1.5;  // its default depends on the number of nodes
  const ProteinFit reference = fit_proteins(Counts(one, times), Vector::Constant(3, 0.2), options);
  Matrix two(300, 4);
  two << one.col(0), one;
  const ProteinFit with_two = fit_proteins(Counts(two, times, {}, Vector(), 2), Vector::Constant(4, 0.2), options);
  CHECK(with_two.network().inputs() == 2);
  CHECK((with_two.steps[0].coefficients.interactions.bottomRightCorner(2, 2) -
         reference.steps[0].coefficients.interactions.bottomRightCorner(2, 2))
            .cwiseAbs()
            .maxCoeff() < 1e-6);
  const ProteinFit with_none =
      fit_proteins(Counts(one.rightCols(2), times, {}, Vector(), 0), Vector::Constant(2, 0.2), options);
  CHECK(with_none.network().inputs() == 0);
  CHECK(with_none.network().weight(0, 0) > 1.0);
  CHECK(with_none.network().weight(0, 1) < -1.0);
  CHECK((with_none.steps[0].coefficients.interactions -
         reference.steps[0].coefficients.interactions.bottomRightCorner(2, 2))
            .cwiseAbs()
            .maxCoeff() < 1e-6);
}
