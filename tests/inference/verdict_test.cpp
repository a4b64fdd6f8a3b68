#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/inference/verdict.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

#include "support/fn4_inference.hpp"

using namespace cardamom;

namespace {

constexpr Index cells_each = 300;

Vector three_times() {
  Vector times(3 * cells_each);
  for (Index c = 0; c < times.size(); ++c) times[c] = 12.0 * static_cast<double>(c / cells_each);
  return times;
}

/// Two genes whose shapes change over time, bursts of 4 and 20 molecules.
Counts negative_binomial_data(std::uint64_t seed) {
  constexpr double shapes[3][2] = {{0.5, 2.0}, {1.0, 1.0}, {2.0, 0.2}};
  constexpr double inverse[2] = {0.25, 0.05};
  RandomStream random(seed, Purpose::user);
  const Vector times = three_times();
  Matrix values = Matrix::Zero(times.size(), 3);
  for (Index c = 0; c < times.size(); ++c) {
    values(c, 0) = c < cells_each ? 0.0 : 1.0;
    for (Index g = 0; g < 2; ++g) {
      values(c, g + 1) = NegativeBinomial{}.draw(shapes[c / cells_each][g], inverse[g], 1.0, random);
    }
  }
  return Counts(values, times, {"Light", "A", "B"});
}

Counts with(const Counts& counts, const Matrix& values) { return Counts(values, counts.times(), counts.names()); }

Counts fn4_counts() {
  Protocol protocol;
  protocol.time_points = {0, 24, 96};
  protocol.cells_per_time_point = 150;
  const Counts even = simulate(fn4(), protocol, {.seed = 11}).counts;
  // Time points of 150, 110 and 70 cells.
  std::vector<Index> rows;
  for (Index k = 0; k < 3; ++k) {
    for (Index c = 0; c < 150 - 40 * k; ++c) rows.push_back(150 * k + c);
  }
  return even.select_cells(rows);
}

void check_same(const Verdict& a, const Verdict& b) {
  CHECK(a.distance == b.distance);
  CHECK(a.chance == b.chance);
  CHECK(a.floor == b.floor);
  CHECK(a.unchanged == b.unchanged);
  CHECK(a.tolerance == b.tolerance);
  CHECK(a.failing == b.failing);
}

}  // namespace

TEST_CASE("the same cells are no distance away, shifted ones as far as they were shifted") {
  const Counts data = negative_binomial_data(1);
  const Verdict same = judge(data, data);
  CHECK(same.distance.isZero(0.0));
  CHECK(same.failing.empty());
  CHECK(same.gene_times() == 6);
  CHECK(same.unchanged.row(0).isZero(0.0));
  CHECK(same.unchanged(2, 1) > 2.0);
  CHECK(same.distance.rows() == 3);
  CHECK(same.chance.col(0).isZero(0.0));

  Matrix shifted = data.values();
  shifted.col(1).segment(cells_each, cells_each).array() += 1.0;
  const Verdict verdict = judge(data, with(data, shifted));
  CHECK(verdict.distance(1, 1) == doctest::Approx(1.0).epsilon(1e-12));
  CHECK(verdict.distance.sum() == doctest::Approx(1.0).epsilon(1e-12));
  CHECK(verdict.mean_distance() == doctest::Approx(1.0 / 6.0));
  CHECK(verdict.in_spreads(1, 1) == doctest::Approx(1.0 / verdict.spread[1]));
  CHECK(verdict.mean_in_spreads() == doctest::Approx(verdict.in_spreads(1, 1) / 6.0));
  const Vector gene = data.values().col(1);
  CHECK(verdict.spread[1] == doctest::Approx(std::sqrt((gene.array() - gene.mean()).square().mean())));
}

TEST_CASE("quantiles of a negative binomial are a sample that is most like it") {
  // Shape 1 is the geometric law: the count is at most x with probability 1 − q^(x + 1), q = 1/(1 + b).
  const double b = 0.25;
  const Index size = 400;
  const Vector quantiles = negative_binomial_quantiles(1.0, b, size);
  for (Index r = 0; r < size; ++r) {
    const double rank = (static_cast<double>(r) + 0.5) / static_cast<double>(size);
    CHECK(quantiles[r] == std::max(0.0, std::ceil(std::log1p(-rank) / -std::log1p(b) - 1.0 - 1e-9)));
  }
  // Large means, at which the probability of nothing is no number of double precision.
  const Vector large = negative_binomial_quantiles(2e5, 2.0, 1001);
  CHECK(large.mean() == doctest::Approx(1e5).epsilon(1e-4));
  CHECK(std::sqrt((large.array() - large.mean()).square().mean()) == doctest::Approx(std::sqrt(1.5e5)).epsilon(0.01));
  // Hardly any bursts: nothing is seen.
  CHECK(negative_binomial_quantiles(1e-6, 0.01, 50).isZero(0.0));
}

TEST_CASE("data of the model's own kind pass; means doubled at one time fail there and nowhere else") {
  const Counts data = negative_binomial_data(2);
  const Counts simulated = negative_binomial_data(3);
  const Verdict verdict = judge(data, simulated);
  CHECK(verdict.failing.empty());
  // One sample from its law is nearer than two samples from each other.
  CHECK(verdict.mean_floor() < verdict.mean_chance());
  CHECK(verdict.mean_floor() > 0.4 * verdict.mean_chance());
  CHECK(verdict.mean_distance() < 2.0 * verdict.mean_chance());
  CHECK(verdict.mean_unchanged() > 5.0 * verdict.mean_chance());

  Matrix doubled = data.values();
  doubled.col(2).segment(cells_each, cells_each) *= 2.0;
  const Verdict twin = judge(with(data, doubled), simulated);
  REQUIRE(twin.failing.size() == 1);
  CHECK(twin.failing.front() == GeneTime{1, 2});
  CHECK(twin.fails(1, 2));
}

TEST_CASE("of right models few gene-times fail") {
  Index failing = 0;
  constexpr Index pairs = 100;
  for (std::uint64_t seed = 0; seed < pairs; ++seed) {
    const Counts data = negative_binomial_data(2 * seed + 100);
    const Counts simulated = negative_binomial_data(2 * seed + 101);
    failing += static_cast<Index>(judge(data, simulated, {.seed = seed}).failing.size());
  }
  INFO("failing of " << 6 * pairs << ": " << failing);
  CHECK(failing <= 12);
}

TEST_CASE("cells simulated from the true model pass, those of another fail") {
  const Counts data = fn4_counts();
  Inference<> inference = fn4_inference();
  const Verdict verdict = judge(inference, data, {.seed = 4});
  CHECK(verdict.failing.size() <= 1);
  CHECK(verdict.mean_distance() < 1.5 * verdict.mean_chance());
  CHECK(verdict.mean_distance() < 0.5 * verdict.mean_unchanged());
  CHECK(verdict.weights_at_limit == 0.0);

  inference.model.kinetics.inverse_burst_size *= 0.5;  // bursts of twice the size
  inference.model.kinetics.scale_proteins();
  const Verdict wrong = judge(inference, data, {.seed = 4, .limit = 10.0});
  CHECK(wrong.failing.size() >= 6);
  CHECK(wrong.mean_distance() > 2.0 * verdict.mean_distance());
  CHECK(wrong.weights_at_limit > 0.5);
}

TEST_CASE("simulated cells stand row by row for those of the table") {
  const Counts data = fn4_counts();
  const Inference<> inference = fn4_inference();
  const Counts anew = simulate_anew(inference, data, {.seed = 4});
  CHECK(anew.times() == data.times());
  CHECK(anew.values().col(0) == data.values().col(0));
  CHECK(anew.values() != data.values());
  CHECK(anew.names() == data.names());

  // The depth of a cell is that of the table: twins of depth 1 and 3 in turn.
  Vector depth(data.cells());
  for (Index c = 0; c < depth.size(); ++c) depth[c] = c % 2 == 0 ? 0.5 : 1.5;
  const Counts deep(data.values(), data.times(), data.names(), depth);
  const Counts with_depths = simulate_anew(inference, deep, {.seed = 4});
  CHECK(with_depths.depth() == depth);
  double shallow = 0.0;
  double deeper = 0.0;
  for (Index c = 0; c < depth.size(); ++c) {
    (c % 2 == 0 ? shallow : deeper) += with_depths.values().row(c).tail(4).sum();
  }
  CHECK(deeper > 2.2 * shallow);
  CHECK(deeper < 4.0 * shallow);

  // Depths that were fitted widen the counts, and leave their mean.
  Inference<> uneven = inference;
  uneven.experiment.depth_deviation = 1.0;
  const Counts wide = simulate_anew(uneven, data, {.seed = 4});
  CHECK(wide.values().rightCols(4).mean() == doctest::Approx(anew.values().rightCols(4).mean()).epsilon(0.25));
  CHECK(wide.values().rightCols(4).squaredNorm() > 1.5 * anew.values().rightCols(4).squaredNorm());

  // At rest under an input that is on, what it activates is on from the first time point on.
  Matrix always = data.values();
  always.col(0).setConstant(3.0);
  Inference<> rested = inference;
  rested.experiment.first_state = AtRest{100.0};
  const Counts on = simulate_anew(rested, Counts(always, data.times(), data.names()), {.seed = 4});
  CHECK(on.values().col(1).head(150).mean() > 5.0 * anew.values().col(1).head(150).mean() + 1.0);

  // Continuous data are levels of mRNA themselves.
  const Counts levels = simulate_anew(inference, data, {.seed = 4}, ExactMeasurement{});
  CHECK((levels.values().array() != levels.values().array().floor()).any());
  const Verdict verdict = judge(levels, levels);
  CHECK(verdict.floor.isZero(0.0));
}

TEST_CASE("a verdict depends on the seed, not on threads") {
  const Counts data = fn4_counts();
  const Inference<> inference = fn4_inference();
  const Verdict alone = judge(inference, data, {.seed = 4});
  Index heard = 0;
  const auto observer = [&heard](Index done, Index) {
    heard = done;
    return true;
  };
  check_same(judge(inference, data, {.seed = 4}, Threads(3), observer), alone);
  CHECK(heard == 450);
  CHECK(judge(inference, data, {.seed = 5}).distance != alone.distance);
  const Counts simulated = simulate_anew(inference, data, {.seed = 4}, Threads(2));
  CHECK(simulated.values() == simulate_anew(inference, data, {.seed = 4}).values());
  check_same(judge(data, simulated, {.seed = 4}, Threads(2)), alone);
}

TEST_CASE("a verdict in words") {
  const Counts data = negative_binomial_data(1);
  Matrix doubled = data.values();
  doubled.col(2).segment(cells_each, cells_each) *= 2.0;
  Verdict verdict = judge(with(data, doubled), data);
  const std::string line = verdict_line(verdict);
  CHECK(line.starts_with("fit: simulated cells are "));
  CHECK(line.find("1 of 6 gene-times fail, worst B at 12 h") != std::string::npos);
  CHECK(line.find("limit") == std::string::npos);
  verdict.weights_at_limit = 0.5;
  CHECK(verdict_line(verdict).ends_with("; 50 % of the weights are at their limit"));
  verdict.distance.setConstant(0.1749);
  verdict.distance.col(0).setZero();
  verdict.chance.rightCols(2).setConstant(0.1);
  verdict.floor.rightCols(2).setConstant(12.0);
  verdict.unchanged.rightCols(2).setConstant(1234.0);
  verdict.weights_at_limit = 0.0;
  verdict.failing.clear();
  CHECK(verdict_line(verdict) ==
        "fit: simulated cells are 0.17 molecules from the data (chance 0.10, floor 12, no change 1234); none of 6 "
        "gene-times fails");

  const std::string table = verdict_table(judge(with(data, doubled), data));
  CHECK(table.starts_with("gene\ttime\tdistance\tspreads\tchance\tfloor\tunchanged\tverdict\nA\t0\t0.000\t0.000\t"));
  CHECK(table.find("\nB\t12\t") != std::string::npos);
  CHECK(std::count(table.begin(), table.end(), '\n') == 7);
  CHECK(table.find("\tfails\n") == table.rfind("\tfails\n"));
}

TEST_CASE("tables that do not belong together are refused by name") {
  const Counts data = negative_binomial_data(1);
  const auto refused = [&](const Counts& simulated, const std::string& message) {
    CHECK_THROWS_WITH_AS(judge(data, simulated), message.c_str(), std::invalid_argument);
  };
  refused(Counts(data.values().leftCols(2), data.times()), "judge: simulated.nodes() has size 2, must be 3");
  refused(Counts(data.values(), data.times(), data.names(), {}, 0), "judge: simulated.inputs() has size 0, must be 1");
  refused(Counts(data.values(), data.times(), {"Light", "A", "C"}),
          "judge: simulated.names()[2] is \"C\", must be \"B\"");
  Vector times = data.times();
  times.tail(cells_each).setConstant(25.0);
  refused(Counts(data.values(), times, data.names()), "judge: simulated.time_points()[2] is 25, must be 24");
  times.tail(cells_each).setConstant(12.0);
  refused(Counts(data.values(), times, data.names()), "judge: simulated.time_points() has size 2, must be 3");
  CHECK_THROWS_WITH_AS(judge(Counts(), data), "judge: data.cells() is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS(judge(data, data, {.resamples = 0}), "JudgeOptions: resamples is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(judge(fn4_inference(), data), "judge: counts.nodes() has size 3, must be 5",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(judge(fn4_inference(), data, {.limit = 0.0}), "JudgeOptions: limit is 0, must be finite and > 0",
                       std::domain_error);
}
