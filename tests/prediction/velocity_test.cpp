#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/executor.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/prediction/velocity.hpp>
#include <cardamom/simulation/population.hpp>
#include <support/large_sample.hpp>

#include "support/statistics.hpp"
#include "support/throws.hpp"

using namespace cardamom;

namespace {

/// Velocities of simulated cells at their true state, cells × nodes.
struct TrueVelocities {
  Matrix mrna;
  Matrix protein;
};
TrueVelocities velocities_of(const Model& model, const Population& cells) {
  const Kinetics& kinetics = model.kinetics;
  TrueVelocities result{Matrix::Zero(cells.mrna.rows(), cells.mrna.cols()), {}};
  result.protein = result.mrna;
  for (Index cell = 0; cell < cells.mrna.rows(); ++cell) {
    const Vector protein = cells.protein.row(cell).transpose();
    for (Index i = model.inputs(); i < model.nodes(); ++i) {
      const double mrna = cells.mrna(cell, i);
      result.mrna(cell, i) = model.rate(i, protein) / kinetics.inverse_burst_size[i] - kinetics.mrna_decay[i] * mrna;
      result.protein(cell, i) = kinetics.protein_synthesis[i] * mrna - kinetics.protein_decay[i] * protein[i];
    }
  }
  return result;
}

/// Mean over the cells that move of the cosine between their rows.
double mean_cosine(const Matrix& a, const Matrix& b) {
  double cells = 0.0;
  double sum = 0.0;
  for (Index cell = 0; cell < a.rows(); ++cell) {
    if (b.row(cell).isZero(0.0)) continue;  // nothing has happened in it yet: it goes nowhere
    sum += a.row(cell).dot(b.row(cell)) / (a.row(cell).norm() * b.row(cell).norm());
    cells += 1.0;
  }
  return sum / cells;
}

}  // namespace

TEST_CASE("of a gene that nothing regulates the mean of mRNA given its count is that of a Gamma law") {
  // M is Gamma of shape kon/d0 and rate koff/s0, its count Poisson: given x it is Gamma of shape kon/d0 + x, rate
  // koff/s0 + 1.
  const Model model =
      make_model(Kinetics::uniform(2, 0.2, 0.04, 0.1, 0.4, 0.4), Network(Vector::Zero(2), std::vector<Edge>{}));
  Matrix values = Matrix::Zero(41, 2);
  for (Index x = 0; x <= 40; ++x) values(x, 1) = static_cast<double>(x);
  const Counts counts(values, Vector::Zero(41));
  const FittedExperiment experiment{AtRest{}, 0.0};
  const CellVelocities cells = expected_velocity(model, experiment, counts, {.cells = 20000}, Threads{2});
  for (Index x = 0; x <= 40; ++x) {
    const double mean = (2.0 + static_cast<double>(x)) / 1.1;
    CHECK(cells.mrna(x, 1) == doctest::Approx(mean).epsilon(0.05));
    CHECK(cells.mrna_velocity(x, 1) == doctest::Approx(4.0 - 0.2 * cells.mrna(x, 1)));
    CHECK(cells.mrna(x, 0) == 0.0);
    CHECK(cells.protein_velocity(x, 0) == 0.0);
  }
  // Twice the depth: Gamma of rate koff/s0 + 2.
  const Counts deep(values, Vector::Zero(41), {}, Vector::Constant(41, 2.0));
  const CellVelocities of_deep = expected_velocity(model, experiment, deep, {.cells = 20000}, Threads{2});
  for (Index x = 0; x <= 40; ++x) {
    CHECK(of_deep.mrna(x, 1) == doctest::Approx((2.0 + static_cast<double>(x)) / 2.1).epsilon(0.06));
  }
}

TEST_CASE("on FN4 expected velocities are right in the mean, and those of proteins that live 5 % longer are not" *
          support::large_sample()) {
  const Model model = fn4();
  // Time 0 of a table is its first time point, so there must be one at which the experiment begins.
  const Protocol protocol{.time_points = {0, 12, 24, 48}, .cells_per_time_point = 1000};
  const Population cells = simulate(model, protocol, {.seed = 2, .keep_latent = true}, Threads{2});
  const TrueVelocities truth = velocities_of(model, cells);
  const auto smallest_p = [&](const Model& fitted) {
    const CellVelocities found =
        expected_velocity(fitted, {}, cells.counts, {.cells = 20000, .neighbours = 200}, Threads{2});
    double smallest = 1.0;
    for (Index i = 1; i < model.nodes(); ++i) {
      std::vector<double> excess;
      for (Index cell = 1000; cell < 4000; ++cell) {
        excess.push_back(found.protein_velocity(cell, i) - truth.protein(cell, i));
      }
      const support::Mean mean = support::mean(excess);
      smallest = std::min(smallest, support::z_p_value(mean.value, 0.0, mean.standard_error));
    }
    return smallest;
  };
  CHECK(smallest_p(model) > support::false_alarm);
  Model twin = model;
  twin.kinetics.protein_decay *= 0.95;
  CHECK(smallest_p(twin) < support::false_alarm);
}

TEST_CASE("on FN4 velocities point where cells go, nearly as far as counts can tell, and threads do not matter") {
  const NamedExperiment experiment = named_experiment("fn4");
  Protocol protocol{.cells_per_time_point = 40};
  const Population cells = simulate(experiment.model, protocol, {.seed = 1, .keep_latent = true}, Threads{2});
  const TrueVelocities truth = velocities_of(experiment.model, cells);
  const CellVelocities found =
      expected_velocity(experiment.model, {}, cells.counts, {.cells = 2000, .neighbours = 200});
  const Index late = cells.counts.cells() - 40;  // those after t = 0
  CHECK(mean_cosine(found.protein_velocity.bottomRows(late), truth.protein.bottomRows(late)) > 0.85);
  CHECK(mean_cosine(found.mrna_velocity.bottomRows(late), truth.mrna.bottomRows(late)) > 0.9);
  // The same network with its last edge, 4 -| 1, an activation.
  Matrix interactions = experiment.model.rate.interactions();
  interactions(1, 4) = 10.0;
  const Model wrong = make_model(experiment.model.kinetics, Network(experiment.model.rate.basal(),
                                                                    SparseMatrix(interactions.sparseView()), {}, 1));
  const CellVelocities lost = expected_velocity(wrong, {}, cells.counts, {.cells = 2000, .neighbours = 200});
  CHECK(mean_cosine(lost.mrna_velocity.bottomRows(late), truth.mrna.bottomRows(late)) < 0.9);

  const CellVelocities again =
      expected_velocity(experiment.model, {}, cells.counts, {.cells = 2000, .neighbours = 200}, Threads{2});
  CHECK(again.protein_velocity == found.protein_velocity);
  CHECK(again.mrna_velocity == found.mrna_velocity);
}

TEST_CASE("bad arguments of expected_velocity are named") {
  const Model model = fn4();
  const Counts counts(Matrix::Zero(2, 5), Vector::Zero(2));
  support::check_throws<std::invalid_argument>(
      [&] { (void)expected_velocity(model, {}, counts, {.cells = 10, .neighbours = 11}); },
      {"VelocityOptions", "cells", "10", "11"});
  support::check_throws<std::domain_error>(
      [&] { (void)expected_velocity(model, {}, counts, {.cells = 10, .neighbours = 5, .ridge = 0.0}); },
      {"ridge", "0"});
  support::check_throws<std::invalid_argument>(
      [&] { (void)expected_velocity(model, {}, Counts(Matrix::Zero(2, 4), Vector::Zero(2))); },
      {"counts.nodes()", "4", "5"});
  support::check_throws<std::invalid_argument>(
      [&] { (void)expected_velocity(model, {}, Counts(Matrix::Zero(0, 5), Vector::Zero(0))); },
      {"counts.cells()", "0"});
}
