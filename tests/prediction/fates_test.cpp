#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/executor.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/prediction/fate_shares.hpp>
#include <cardamom/prediction/rank_perturbations.hpp>

#include "support/statistics.hpp"
#include "support/throws.hpp"

using namespace cardamom;

namespace {

/// Whether a node has at least so many counts.
struct Above {
  Index node;
  double least;
  Index types() const { return 2; }
  Index classify(const VectorIn& counts) const { return counts[node] >= least ? 1 : 0; }
  std::vector<std::string> names() const { return {"off", "on"}; }
};

/// One gene that bursts at 0.5 per hour whatever happens: counts are negative binomial of shape 2.5.
Model constant_gene(double frequency = 0.5) {
  return make_model(Kinetics::uniform(2, 0.2, 0.04, 0.5, frequency, frequency),
                    Network(Vector::Zero(2), std::vector<Edge>{}));
}
Protocol at_rest(Index cells) {
  return {.time_points = {0.0}, .cells_per_time_point = cells, .burn_in = 100.0, .schedule = {}};
}
/// The probability of no counts of that gene.
const double silent = std::pow(1.0 + 1.0 / 0.5, -2.5);

}  // namespace

TEST_CASE("shares are those of the law of the counts, and intervals hold them") {
  const FateShares fates = fate_shares(constant_gene(), at_rest(4000), Above{1, 1.0});
  CHECK(fates.types == std::vector<std::string>{"off", "on"});
  CHECK(fates.shares.row(0).sum() == doctest::Approx(1.0));
  const double error = std::sqrt(silent * (1.0 - silent) / 4000.0);
  CHECK(support::z_p_value(fates.shares(0, 0), silent, error) > support::false_alarm);
  // A gene that bursts 5 % more often: of so many cells that the check sees it.
  const FateShares many = fate_shares(constant_gene(), at_rest(100000), Above{1, 1.0}, {}, Threads{2});
  const FateShares more = fate_shares(constant_gene(0.525), at_rest(100000), Above{1, 1.0}, {}, Threads{2});
  const double small = std::sqrt(silent * (1.0 - silent) / 100000.0);
  CHECK(support::z_p_value(many.shares(0, 0), silent, small) > support::false_alarm);
  CHECK(support::z_p_value(more.shares(0, 0), silent, small) < support::false_alarm);

  Index held = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const FateShares few = fate_shares(constant_gene(), at_rest(50), Above{1, 1.0}, {.seed = seed, .confidence = 0.8});
    CHECK(few.lower(0, 0) <= few.shares(0, 0));
    CHECK(few.upper(0, 0) > few.shares(0, 0));
    held += few.lower(0, 0) <= silent && silent <= few.upper(0, 0) ? 1 : 0;
  }
  CHECK(held >= 160);  // of 200, at a confidence of .8
  CHECK(held < 195);
}

TEST_CASE("of several models shares are the mean, intervals their envelope, and the spread is told") {
  const std::vector<Model> models{constant_gene(0.3), constant_gene(0.5), constant_gene(0.7)};
  const FateShares all = fate_shares(models, at_rest(500), Above{1, 1.0});
  std::vector<FateShares> each;
  for (const Model& model : models) each.push_back(fate_shares(model, at_rest(500), Above{1, 1.0}));
  CHECK(all.models == 3);
  const double mean = (each[0].shares(0, 1) + each[1].shares(0, 1) + each[2].shares(0, 1)) / 3.0;
  CHECK(all.shares(0, 1) == doctest::Approx(mean));
  CHECK(each[0].spread(0, 1) == 0.0);
  CHECK(all.spread(0, 1) > 0.05);
  CHECK(all.lower(0, 1) >= each[0].lower(0, 1));
  CHECK(all.lower(0, 1) < each[1].lower(0, 1));
  CHECK(all.upper(0, 1) <= each[2].upper(0, 1));
  CHECK(all.upper(0, 1) > each[1].upper(0, 1));
}

TEST_CASE("fates are the same bits on any number of threads") {
  const Model model = fn4();
  const Protocol protocol{.time_points = {0, 24, 96}, .cells_per_time_point = 60};
  const Above classifier{4, 20.0};
  const FateShares one = fate_shares(model, protocol, classifier);
  const PerturbationRanking ranking = rank_perturbations(model, single_knock_outs(model), protocol, classifier, 1);
  for (const Index threads : {Index{2}, Index{8}}) {
    CHECK(fate_shares(model, protocol, classifier, {}, Threads{threads}).shares == one.shares);
    const PerturbationRanking again =
        rank_perturbations(model, single_knock_outs(model), protocol, classifier, 1, {}, Threads{threads});
    for (std::size_t k = 0; k < ranking.ranked.size(); ++k) {
      CHECK(again.ranked[k].perturbation.gene == ranking.ranked[k].perturbation.gene);
      CHECK(again.ranked[k].change == ranking.ranked[k].change);
      CHECK(again.ranked[k].standard_error == ranking.ranked[k].standard_error);
    }
  }
}

TEST_CASE("perturbations act: a knock-out of what activates a gene empties its fate") {
  const Model model = fn4();  // 0 -> 1 -> 2, 1 -> 3 -> 4
  const Protocol protocol{.time_points = {0, 96}, .cells_per_time_point = 300};
  const Above classifier{4, 20.0};
  const FateShares wild = fate_shares(model, protocol, classifier);
  const FateShares without = fate_shares(model, protocol, classifier, {.perturbations = {knock_out(3)}});
  CHECK(wild.shares(1, 1) > 0.3);
  CHECK(without.shares(1, 1) < 0.05);
  CHECK(wild.lower(1, 1) > without.upper(1, 1));
}

TEST_CASE("perturbations are ranked by their effect; what is not upstream has none, exactly") {
  const Model model = cn5();
  const Protocol protocol{.time_points = {0, 12, 48}, .cells_per_time_point = 400};
  const Above classifier{2, 20.0};  // 4 -> 5 -> 1 -| 2
  std::vector<Perturbation> candidates = single_knock_outs(model);
  const std::vector<Perturbation> more = single_over_expressions(model);
  candidates.insert(candidates.end(), more.begin(), more.end());
  const PerturbationRanking ranking = rank_perturbations(model, candidates, protocol, classifier, 1);
  REQUIRE(ranking.ranked.size() == 10);
  CHECK(ranking.ranked.front().change > 0.1);
  CHECK(ranking.ranked.back().change < -0.02);
  for (std::size_t k = 1; k < 10; ++k) CHECK(ranking.ranked[k - 1].change >= ranking.ranked[k].change);
  for (const RankedPerturbation& ranked : ranking.ranked) {
    CHECK(ranked.share - ranking.share == doctest::Approx(ranked.change));
    if (ranked.perturbation.gene == 1 && ranked.perturbation.factor == 0.0) CHECK(ranked.change > 0.1);
    if (ranked.perturbation.gene == 2 && ranked.perturbation.factor == 0.0) CHECK(ranked.share == 0.0);
  }
  // Before its effect can reach: gene 2 of a chain without feedback does nothing to gene 1.
  const Model chain = benchmark_cascade(4);
  const PerturbationRanking none =
      rank_perturbations(chain, {knock_out(2), over_express(3, 1.0)}, protocol, Above{1, 20.0}, 1);
  for (const RankedPerturbation& ranked : none.ranked) {
    CHECK(ranked.change == 0.0);
    CHECK(ranked.standard_error == 0.0);
  }
}

TEST_CASE("the standard error of a change is how far seeds differ, and is smaller than that of unpaired cells") {
  const Model model = fn4();
  const Protocol protocol{.time_points = {48}, .cells_per_time_point = 200};
  const Above classifier{4, 20.0};
  std::vector<double> changes;
  double claimed = 0.0;
  double unpaired = 0.0;
  constexpr int seeds = 60;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const PerturbationRanking ranking =
        rank_perturbations(model, {knock_down(3, 0.7)}, protocol, classifier, 1, {.seed = seed});
    const RankedPerturbation& ranked = ranking.ranked.front();
    changes.push_back(ranked.change);
    claimed += ranked.standard_error * ranked.standard_error / seeds;
    unpaired += (ranked.share * (1.0 - ranked.share) + ranking.share * (1.0 - ranking.share)) / 200.0 / seeds;
  }
  const double observed = std::pow(support::mean(changes).standard_error, 2) * seeds;
  CHECK(observed / claimed > 0.4);  // χ² of 59 degrees of freedom, divided by them: .4 and 1.9 are beyond 1e-6
  CHECK(observed / claimed < 1.9);
  CHECK(claimed < 0.8 * unpaired);
}

TEST_CASE("fates of an inference are those of its model in the experiment of the table, in its time") {
  Protocol protocol{.time_points = {0, 12, 48}, .cells_per_time_point = 5};
  Matrix values = simulate(fn4(), protocol).counts.values();
  const Counts counts(values, Vector{{2, 2, 2, 2, 2, 14, 14, 14, 14, 14, 50, 50, 50, 50, 50}});
  Inference<> inference{{}, fn4()};
  inference.experiment.depth_deviation = 0.7;
  const Above classifier{4, 20.0};
  const FateShares fates = fate_shares(inference, counts, 100, classifier);
  CHECK(fates.time_points == counts.time_points());
  protocol.cells_per_time_point = 100;  // on from time 0, as the table says
  CHECK(fates.shares ==
        fate_shares(fn4(), protocol, classifier, {}, PoissonCapture{.log_depth_deviation = 0.7}).shares);
  CHECK(fates.shares != fate_shares(inference, counts, 100, classifier, {}, PoissonCapture{}).shares);
}

TEST_CASE("bad arguments of fates are named") {
  const Model model = fn4();
  const Protocol protocol{.time_points = {0}, .cells_per_time_point = 2};
  const Above classifier{4, 1.0};
  support::check_throws<std::invalid_argument>(
      [&] { (void)rank_perturbations(model, single_knock_outs(model), protocol, classifier, 2); },
      {"rank_perturbations", "fate", "2"});
  support::check_throws<std::invalid_argument>(
      [&] { (void)fate_shares(model, protocol, classifier, {.perturbations = {knock_out(0)}}); }, {"perturb", "gene"});
  support::check_throws<std::domain_error>([&] { (void)fate_shares(model, protocol, classifier, {.confidence = 1.5}); },
                                           {"confidence", "1.5"});
  support::check_throws<std::invalid_argument>([&] { (void)fate_shares(std::vector<Model>{}, protocol, classifier); },
                                               {"models.size()", "0"});
  support::check_throws<std::invalid_argument>(
      [&] {
        (void)fate_shares(std::vector<Model>{model, cn5()}, protocol, classifier);
      },
      {"models[1].nodes()", "6"});
  struct Wrong {
    Index types() const { return 2; }
    Index classify(const VectorIn&) const { return 2; }
  };
  support::check_throws<std::invalid_argument>([&] { (void)fate_shares(model, protocol, Wrong{}); },
                                               {"fate_shares", "classify", "2"});
}
