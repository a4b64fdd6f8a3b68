#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation/experiment.hpp>

#include "two_genes.hpp"

using namespace cardamom;
using inference_test::two_gene_statistics;
using inference_test::two_genes;

namespace {

Inference propagated(const Counts& counts, const Model& truth) {
  PropagationOptions options;
  options.protein_decay = truth.kinetics.protein_decay;
  return propagate(counts, cluster(counts, NegativeBinomial{}, Binarize({.modes = BinarizeModes::pooled})),
                   infer(counts).scores, options);
}

DecayRates rates_of(const Model& model) { return {model.kinetics.mrna_decay, model.kinetics.protein_decay}; }

// What a refinement of four active genes begins with.
struct Beginning {
  detail::ScoreModel first;
  detail::RefinementData data;
  detail::RefinementPenalty penalty;
};

Beginning four_genes(const Model& truth, const Counts& counts, const RefinementOptions& options) {
  const Inference start = propagated(counts, truth);
  const Vector cells = detail::cells_active(start.clustering, 5);
  const std::vector<Index> active = detail::active_genes(cells, counts.cells(), 10);
  REQUIRE(active.size() == 4);
  detail::ScoreModel first = detail::sigmoid_start(start, detail::mode_kinetics(start.clustering, cells, active),
                                                   active, rates_of(truth), options.limit);
  detail::RefinementData data =
      detail::take_refinement_data(counts, start.clustering, active, first, std::vector<Index>(4, 8), 16);
  detail::RefinementPenalty penalty =
      detail::refinement_penalty(data, first, detail::confidence(start.scores), options);
  return {std::move(first), std::move(data), std::move(penalty)};
}

}  // namespace

TEST_CASE("path scores give the sensitivities that differences of simulations give") {
  const detail::ScoreStatistics statistics = two_gene_statistics();
  detail::ScoreProtocol protocol;
  protocol.times = {0.0, 8.0};
  protocol.stimulus = {0.0, 1.0};
  protocol.step = 0.25;
  protocol.cells = 40000;
  const std::vector<Vector> shares(2, Vector::Constant(2, 0.3));
  const auto moments = detail::simulate_scores(two_genes(), protocol, statistics, shares, Threads(2));
  // Parameters: θ_00 θ_01 θ_02 β_0 log k0_0 log k1_0 of gene 0, then of gene 1.
  for (const Index parameter : {0, 3, 4, 5, 7, 9, 10, 11}) {
    const auto at = [&](double shift) {
      detail::ScoreModel model = two_genes();
      const Index gene = parameter / 6;
      const Index column = parameter % 6;
      if (column < 3) model.interactions(gene, column) += shift;
      if (column == 3) model.basal[gene] += shift;
      if (column == 4) model.k0[gene] *= std::exp(shift);
      if (column == 5) model.k1[gene] *= std::exp(shift);
      detail::ScoreProtocol other = protocol;
      other.pass = 1;  // the same draws on both sides: their noise cancels
      return detail::simulate_scores(model, other, statistics, shares, Threads(2))[1].statistics;
    };
    const Vector difference = (at(0.25) - at(-0.25)) / 0.5;
    for (Index q = 0; q < 3; ++q) {
      CHECK(moments[1].sensitivity[0](q, parameter) ==
            doctest::Approx(difference[q]).epsilon(0.0).scale(1.0).epsilon(0.02));
    }
  }
}

TEST_CASE("leaping agrees with exact simulation") {
  const detail::ScoreModel leap = two_genes();
  const detail::ScoreStatistics statistics = two_gene_statistics();
  detail::ScoreProtocol protocol;
  protocol.times = {0.0, 10.0};
  protocol.stimulus = {0.0, 1.0};
  protocol.step = detail::leap_length(leap);
  protocol.cells = 20000;
  const std::vector<Vector> shares(2, Vector::Zero(2));
  const auto moments = detail::simulate_scores(leap, protocol, statistics, shares, Threads(2));

  Kinetics kinetics = Kinetics::uniform(3, 1.0, 1.0, 1.0, 0.0, 1.0);
  kinetics.mrna_decay.tail(2) = leap.d0;
  kinetics.protein_decay.tail(2) = leap.d1;
  kinetics.inverse_burst_size.tail(2) = leap.burst.cwiseInverse();
  kinetics.frequency_min.tail(2) = leap.k0;
  kinetics.frequency_max.tail(2) = leap.k1;
  kinetics.scale_proteins();
  Matrix theta = Matrix::Zero(3, 3);
  theta.bottomRows(2) = leap.interactions;
  Vector basal = Vector::Zero(3);
  basal.tail(2) = leap.basal;
  Experiment experiment;
  experiment.time_points = {0.0, 10.0};
  experiment.cells_per_time_point = 10000;
  const Counts counts = simulate(Model{kinetics, Network(basal, theta)}, experiment, 3, Threads(2)).counts;
  for (Index k = 0; k < 2; ++k) {
    Vector response = Vector::Zero(3);
    for (const Index cell : counts.cells_at(k)) {
      const double a = statistics.responses[0](counts.values()(cell, 1));
      const double b = statistics.responses[1](counts.values()(cell, 2));
      response += Eigen::Vector3d(a, a * b, b) / 10000.0;
    }
    // Four standard errors of a mean of 10000 cells, and the leap's own error.
    for (Index q = 0; q < 3; ++q)
      CHECK(std::abs(moments[static_cast<std::size_t>(k)].statistics[q] - response[q]) < 0.02);
  }
}

TEST_CASE("a response is averaged over Poisson counts") {
  const detail::Response response(4.0, 120.0);
  CHECK(response(0.0) == 0.0);
  CHECK(response(120.0) == doctest::Approx(1.0));
  CHECK(response(1e6) == 1.0);
  CHECK(response.averaged(0.0F) == 0.0F);
  CHECK(response.averaged(1e6F) == doctest::Approx(1.0));
  for (const double mean : {0.3, 2.0, 17.0, 90.0}) {
    double sum = 0.0;
    for (double x = 0.0; x < 400.0; x += 1.0) {
      sum += response(x) * std::exp(x * std::log(mean) - mean - std::lgamma(x + 1.0));
    }
    CHECK(response.averaged(static_cast<float>(mean)) == doctest::Approx(sum).epsilon(0.005));
  }
}

TEST_CASE("simulated moments do not depend on the executor") {
  detail::ScoreProtocol protocol;
  protocol.times = {0.0, 8.0};
  protocol.stimulus = {0.0, 1.0};
  protocol.cells = 130;
  const std::vector<Vector> shares(2, Vector::Constant(2, 0.3));
  const auto one = detail::simulate_scores(two_genes(), protocol, two_gene_statistics(), shares, Sequential{});
  const auto three = detail::simulate_scores(two_genes(), protocol, two_gene_statistics(), shares, Threads(3));
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(one[k].statistics == three[k].statistics);
    CHECK(one[k].sensitivity[0] == three[k].sensitivity[0]);
  }
}

TEST_CASE("refinement from the truth stays near the truth") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Experiment{}, 4).counts;
  Inference start = propagated(counts, truth);
  start.steps.back().interactions = truth.network.interactions();
  start.steps.back().basal = truth.network.basal();
  RefinementOptions options;
  options.cells = 500;
  const Refinement result = refine(counts, start, rates_of(truth), options);
  const Matrix found(result.inference.interactions());
  for (const Edge& edge : truth.network.edges()) {
    CHECK(found(edge.target, edge.source) * edge.weight > 0.2 * edge.weight * edge.weight);
  }
  CHECK(aupr(rank_edges(result.inference.scores, Matrix(truth.network.interactions()).cwiseAbs())) > 0.95);
}

TEST_CASE("genes without activity keep what the start said") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Experiment{.cells_per_time_point = 40}, 6).counts;
  Matrix values = counts.values();
  for (Index c = 0; c < values.rows(); ++c) values(c, 4) = c < 3 ? 1.0 : 0.0;
  const Counts quiet(values, counts.times());
  Inference start = infer(quiet);
  Matrix theta(start.interactions());
  theta(4, 2) = -1.25;
  theta(3, 4) = 0.75;
  start.steps.back().interactions = theta.sparseView();
  RefinementOptions options;
  options.cells = 100;
  options.final_steps = 3;
  options.rival_steps = 2;
  options.averaged = 1;
  const Refinement result = refine(quiet, start, rates_of(truth), options);
  const Matrix found(result.inference.interactions());
  CHECK(found.row(4) == theta.row(4));
  CHECK(found(3, 4) == 0.75);
  CHECK(result.residuals.col(4).isZero());
  CHECK(result.inference.probabilities.row(4).isZero());
  CHECK(result.inference.probabilities.col(4).isZero());
  CHECK(result.inference.scores(4, 2) > 0.0);
}

TEST_CASE("refinement finds the network of four genes with its signs and reports its fit") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Experiment{}, 2).counts;
  const Inference start = propagated(counts, truth);
  RefinementOptions options;
  options.cells = 500;
  const Refinement alone = refine(counts, start, rates_of(truth), options);
  CHECK(aupr(rank_edges(alone.inference.scores, Matrix(truth.network.interactions()))) > 0.9);
  CHECK(sign_accuracy(Matrix(alone.inference.interactions()), Matrix(truth.network.interactions())).wrong == 0);
  CHECK(alone.objective < 1.0);
  CHECK(alone.residuals.cwiseAbs().maxCoeff() < 6.0);
  CHECK_NOTHROW(validate(alone.model.kinetics));
  CHECK(alone.inference.probabilities.minCoeff() >= 0.0);
  CHECK(alone.inference.probabilities.maxCoeff() <= 1.0);
  CHECK(alone.inference.probabilities.row(0).isZero());
  CHECK(aupr(rank_edges(alone.inference.probabilities, Matrix(truth.network.interactions()))) > 0.9);
  options.steps_per_time_point = 1;
  options.final_steps = 2;
  options.rival_steps = 1;
  options.averaged = 1;
  const Refinement once = refine(counts, start, rates_of(truth), options);
  // Two starts take seven steps while time points are added and one more, three networks with exchanged targets one;
  // the best goes on alone.
  std::vector<Index> seen;
  const auto watch = [&seen](Index done, Index total) {
    CHECK(total == 20);
    seen.push_back(done);
    return true;
  };
  refine(counts, start, rates_of(truth), options, Sequential{}, watch);
  CHECK(seen.back() == 20);
  RefinementOptions more = options;
  more.exchanges = 10;  // of at most six pairs
  Index told = 0;
  Index promised = 1;
  refine(counts, start, rates_of(truth), more, Sequential{}, [&](Index done, Index total) {
    told = done;
    promised = total;
    return true;
  });
  CHECK(promised == 27);
  CHECK(told == promised);
  const Refinement team = refine(counts, start, rates_of(truth), options, Threads(3));
  CHECK(team.inference.scores == once.inference.scores);
  CHECK(team.objective == once.objective);
  options.joint_genes = 1;
  const Refinement rows = refine(counts, start, rates_of(truth), options);
  for (Index i = 1; i < 5; ++i) {
    for (Index j = 0; j < 5; ++j) {
      if (rows.inference.interactions().coeff(i, j) != 0.0) CHECK(rows.inference.scores(i, j) > 0.0);
    }
  }
  CHECK(rows.inference.scores.allFinite());
  CHECK(refine(counts, start, rates_of(truth), options, Threads(3)).inference.scores == rows.inference.scores);
}

TEST_CASE("the average of steps is their mean, but for what a quarter of them leave at its anchor") {
  const Model truth = fn4();
  const Counts counts = simulate(truth, Experiment{.cells_per_time_point = 60}, 2).counts;
  RefinementOptions options;
  options.cells = 200;
  const auto [first, data, penalty] = four_genes(truth, counts, options);
  const auto schedule = detail::refinement_schedule(data, options);
  detail::RefinementRun<detail::ScoreModel> watched(data, penalty, options, first);
  detail::RefinementRun<detail::ScoreModel> averaged(data, penalty, options, first);
  constexpr std::size_t steps = 9;
  Vector sum = Vector::Zero(32);
  Vector away = sum;
  for (std::size_t k = 0; k < steps; ++k) {
    watched.forget_average();
    watched.take(schedule[k], k, Sequential{});
    averaged.take(schedule[k], k, Sequential{});
    const Vector now = watched.average().parameters();
    sum += now;
    for (Index p = 0; p < 32; ++p) away[p] += std::abs(now[p] - penalty.anchor[p]) > 1e-9 ? 1.0 : 0.0;
  }
  const Matrix found = averaged.average().interactions;
  Index mixed = 0;  // edges that came and went
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 5; ++j) {
      const Index p = 8 * i + j;
      if (away[p] > 0.75 * steps) {
        CHECK(found(i, j) == doctest::Approx(sum[p] / steps).epsilon(1e-6));
      } else {
        CHECK(found(i, j) == 0.0);
      }
      mixed += away[p] > 0.0 && away[p] < steps ? 1 : 0;
    }
  }
  CHECK(mixed > 0);
}

TEST_CASE("scores of few edges keep their order") {
  Matrix scores = Matrix::Zero(6, 6);
  scores(1, 0) = 3.0;
  scores(2, 1) = 0.5;
  scores(3, 2) = -1.0;
  scores(4, 4) = 9.0;  // does not count
  const Matrix confidence = detail::confidence(scores);
  CHECK(confidence(1, 0) == 3.0);
  CHECK(confidence(3, 2) == 1.0);
  CHECK(confidence(2, 1) == 0.5);
  CHECK(detail::confidence(Matrix::Zero(3, 3)).isZero());
}

TEST_CASE("edges above joint_genes are listed when fitted or likelier than before") {
  detail::RefinementData data;
  data.active = {1, 2};
  data.joint = false;
  // Parameters of a row: three edges and three more.
  const Vector prior = Vector::Constant(12, 0.1);
  detail::EdgeOpinion opinion{Matrix::Zero(2, 3), Matrix::Constant(2, 3, 0.1)};
  opinion.strength(0, 0) = 2.0;
  opinion.presence(0, 2) = 0.24;  // odds less than three times those of 0.1
  opinion.presence(1, 0) = 0.26;
  const Matrix ones = Matrix::Ones(3, 3);
  const Matrix scores = detail::refined_scores(Matrix::Zero(3, 3), data, opinion, prior, ones, 0.1);
  CHECK(scores(1, 0) == doctest::Approx(3.0 * 0.1 + 1.0 + 0.1));
  CHECK(scores(1, 2) == 0.0);
  CHECK(scores(2, 0) == doctest::Approx(3.0 * 0.26 + 0.1));
  CHECK(scores(2, 1) == 0.0);
  data.joint = true;
  CHECK(detail::refined_scores(Matrix::Zero(3, 3), data, opinion, prior, ones, 0.1)(1, 2) ==
        doctest::Approx(3.0 * 0.24 + 0.1));
}

TEST_CASE("a rival counts as much as it is plausible") {
  detail::ScoreModel model;
  model.burst = Vector::Ones(1);
  model.interactions = Matrix::Constant(1, 2, 4.0);
  detail::SimulationFit<detail::ScoreModel> fit{model, Vector::Constant(5, 0.9), 0.0, {}, 0, {}};
  model.interactions << 0.0, -1.0;
  fit.rivals.push_back({0.5, model, Vector::Constant(5, 0.3)});
  const detail::EdgeOpinion opinion = detail::mean_opinion(fit);
  CHECK(opinion.strength(0, 0) == doctest::Approx(8.0 / 3.0));
  CHECK(opinion.strength(0, 1) == doctest::Approx(3.0));
  CHECK(opinion.presence(0, 0) == doctest::Approx(0.7));
}

TEST_CASE("genes of similar time courses exchange their targets first") {
  detail::RefinementData data;
  data.active = {1, 2, 3};
  for (const double third : {0.2, 0.9}) {
    detail::Snapshot snapshot;
    snapshot.cells = 50.0;
    snapshot.shares = (Vector(3) << 0.2, 0.8, third).finished();
    data.snapshots.push_back(snapshot);
  }
  CHECK(detail::time_course_distance(data, 0, 1) == doctest::Approx(2.0 * 0.36 * 50.0 / (0.16 + 0.16 + 0.02)));
  detail::ScoreModel model;
  model.interactions = Matrix::Zero(3, 4);
  model.interactions(0, 0) = 4.0;
  model.interactions(2, 1) = 5.0;  // gene 1 acts on gene 3
  model.interactions(0, 2) = 2.0;  // gene 2 on gene 1
  detail::RoleExchange propose(data);
  // Genes 1 and 3 have no other target to exchange; 2 and 3 are closer than 1 and 2.
  const auto first = propose(model);
  REQUIRE(first);
  Matrix expected = model.interactions;
  expected(0, 2) = 0.0;
  expected(0, 3) = 2.0;
  CHECK(first->interactions == expected);
  const auto second = propose(model);
  REQUIRE(second);
  expected = model.interactions;
  expected(2, 1) = 0.0;
  expected(2, 2) = 5.0;
  CHECK(second->interactions == expected);
  CHECK(!propose(model));
}

TEST_CASE("a proposed network that fits better takes over") {
  const Model truth = fn4();
  Experiment experiment;
  experiment.time_points = {0.0, 15.0, 40.0};  // all fitted from the first step on
  const Counts counts = simulate(truth, experiment, 2).counts;
  RefinementOptions options;
  options.cells = 300;
  options.final_steps = 2;
  options.rival_steps = 1;
  options.averaged = 1;
  const auto [first, data, penalty] = four_genes(truth, counts, options);
  const detail::ScoreModel wrong = detail::without_edges(first, options.limit);
  detail::ScoreModel right = first;
  right.interactions = Matrix(truth.network.interactions()).bottomRows(4);
  right.basal = truth.network.basal().tail(4);
  const auto fit = [&, &data = data, &penalty = penalty](Index proposals) {
    IgnoreProgress progress;
    const auto propose = [&](const detail::ScoreModel&) { return std::optional<detail::ScoreModel>(right); };
    return detail::fit_by_simulation(data, std::vector<detail::ScoreModel>{wrong}, propose, proposals, penalty, options,
                                     Sequential{}, progress);
  };
  const auto without = fit(0);
  const auto with = fit(1);
  CHECK(with.objective < without.objective);
  CHECK(with.steps == without.steps + 1);
  CHECK((with.model.interactions - right.interactions).norm() <
        (without.model.interactions - right.interactions).norm());
}

TEST_CASE("refinement is defined for poor data") {
  RandomStream random(1, Purpose::user);
  Matrix values(40, 4);
  for (Index c = 0; c < 40; ++c) {
    for (Index g = 0; g < 4; ++g) values(c, g) = static_cast<double>(random.poisson(random.uniform() < 0.5 ? 0 : 9));
  }
  RefinementOptions options;
  options.cells = 100;
  options.final_steps = 2;
  options.rival_steps = 1;
  options.averaged = 1;
  const DecayRates rates{Vector::Constant(4, 1.0), Vector::Constant(4, 0.2)};
  const auto check = [&](const Matrix& table, const Vector& times) {
    const Counts counts(table, times);
    const Refinement result = refine(counts, infer(counts), rates, options);
    CHECK(result.inference.scores.allFinite());
    CHECK(std::isfinite(result.objective));
  };
  check(values, Vector::Zero(40));
  check(values, Vector::LinSpaced(40, 0, 39).array().floor() / 4.0);
  values.col(1).setZero();
  check(values, Vector::LinSpaced(40, 0, 3.9).array().floor());
  check(Matrix::Zero(40, 4), Vector::LinSpaced(40, 0, 3.9).array().floor());
}

TEST_CASE("refine says what is wrong with its input") {
  const Counts counts = simulate(fn4(), Experiment{.cells_per_time_point = 5}, 5).counts;
  const Inference start = infer(counts);
  const DecayRates rates{Vector::Ones(5), Vector::Ones(5)};
  CHECK_THROWS_WITH_AS(
      refine(counts, start, DecayRates{}),
      "refine: rates are missing; degradation rates of mRNA and protein are required, because simulated "
      "dynamics are compared with the data",
      std::invalid_argument);
  CHECK_THROWS_WITH_AS(refine(counts, start, DecayRates{Vector::Zero(5), Vector::Ones(5)}),
                       "refine: rates.mrna[1] is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(refine(counts, start, DecayRates{Vector::Ones(5), Vector::Ones(4)}),
                       "refine: rates.protein has size 4, must be 5", std::invalid_argument);
  CHECK_THROWS_WITH_AS(refine(counts, start, rates, {.cells = 10}),
                       "RefinementOptions: cells is 10, must be at least 100", std::invalid_argument);
  CHECK_THROWS_WITH_AS(refine(counts, start, rates, {.exchanges = -1}),
                       "RefinementOptions: exchanges is -1, must be at least 0", std::invalid_argument);
  CHECK_THROWS_AS(refine(counts, start, rates, {.presence = 0.0}), std::domain_error);
  CHECK_THROWS_AS(refine(counts, start, rates, {.presence = 0.95}), std::domain_error);
  CHECK_THROWS_AS(refine(counts, start, rates, {.self_presence = 0.0}), std::domain_error);
  CHECK_THROWS_AS(refine(counts, start, rates, {.typical = 0.0}), std::domain_error);
  CHECK_THROWS_WITH_AS(refine(counts, start, rates, {.final_steps = 2, .averaged = 3}),
                       "RefinementOptions: final_steps - averaged - rival_steps is -9, must be at least 0",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(refine(counts, start, rates, {.strength = 0.0}),
                       "RefinementOptions: strength is 0, must be finite and > 0", std::domain_error);
  CHECK_THROWS_WITH_AS(refine(counts, start, rates, {.memory = 1.0}),
                       "RefinementOptions: memory is 1, must be in [0, 0.999]", std::domain_error);
}
