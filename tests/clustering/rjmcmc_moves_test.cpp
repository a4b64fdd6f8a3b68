#include <algorithm>
#include <cmath>

#include <Eigen/LU>
#include <doctest/doctest.h>

#include <cardamom/clustering/rjmcmc/moves.hpp>
#include <cardamom/core/random.hpp>

using namespace cardamom;

namespace {

RjmcmcState three_modes() { return {Eigen::Vector3d(0.2, 0.5, 0.3), Eigen::Vector3d(-1.0, 0.5, 2.0), -0.7}; }

/// What every state must be.
void check_state(const RjmcmcState& state) {
  CHECK(state.weights.size() == state.log_shapes.size());
  CHECK(state.weights.minCoeff() > 0.0);
  CHECK(state.weights.sum() == doctest::Approx(1.0).epsilon(1e-12));
  CHECK(std::is_sorted(state.log_shapes.begin(), state.log_shapes.end()));
}

double mean_shape(const RjmcmcState& state) { return state.weights.dot(Vector(state.log_shapes.array().exp())); }

}  // namespace

TEST_CASE("merging undoes splitting and the Jacobian of a split is the weight") {
  for (const double w : {0.1, 0.7}) {
    for (const double u : {0.05, 0.5, 0.9}) {
      for (const double delta : {0.01, 1.0, 6.0}) {
        const double eta = -0.4;
        const ModePair pair = split_mode({w, eta, u, delta});
        const ModeCut merged = merge_modes(pair);
        CHECK(merged.weight == doctest::Approx(w).epsilon(1e-13));
        CHECK(merged.log_shape == doctest::Approx(eta).epsilon(1e-12));
        CHECK(merged.u == doctest::Approx(u).epsilon(1e-13));
        CHECK(merged.delta == doctest::Approx(delta).epsilon(1e-10));
        CHECK(u * std::exp(pair.lower) + (1 - u) * std::exp(pair.upper) == doctest::Approx(std::exp(eta)));

        const double step = 1e-5;
        Eigen::Matrix4d jacobian;
        for (int column = 0; column < 4; ++column) {
          Eigen::Vector4d values[2];
          for (int side = 0; side < 2; ++side) {
            double x[4] = {w, u, eta, delta};
            x[column] += side == 0 ? -step : step;
            const ModePair s = split_mode({x[0], x[2], x[1], x[3]});
            values[side] << s.lower_weight, s.upper_weight, s.lower, s.upper;
          }
          jacobian.col(column) = (values[1] - values[0]) / (2 * step);
        }
        CHECK(std::abs(jacobian.determinant()) == doctest::Approx(w).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("splits and merges keep the mean of the data, births and deaths leave the other modes in proportion") {
  const RjmcmcPrior prior;
  const RjmcmcState now = three_modes();
  const RjmcmcProposals proposals(prior, now);
  RandomStream random(3, Purpose::user);
  int reversible = 0;
  for (int i = 0; i < 300; ++i) {
    const RjmcmcProposal split = proposals.split(random);
    if (split.drawn && split.reversible) {
      ++reversible;
      check_state(split.state);
      CHECK(split.state.modes() == 4);
      CHECK(mean_shape(split.state) / std::exp(split.state.log_b) ==
            doctest::Approx(mean_shape(now) / std::exp(now.log_b)));
      CHECK(split.all_moved == (split.state.log_b != now.log_b));
    }
    const RjmcmcProposal merge = proposals.merge(random);
    REQUIRE(merge.drawn);
    check_state(merge.state);
    CHECK(merge.state.modes() == 2);
    CHECK(mean_shape(merge.state) / std::exp(merge.state.log_b) ==
          doctest::Approx(mean_shape(now) / std::exp(now.log_b)));
    const RjmcmcProposal birth = proposals.birth(random);
    REQUIRE(birth.drawn);
    check_state(birth.state);
    CHECK(birth.state.modes() == 4);
    CHECK(birth.state.log_b == now.log_b);
    const RjmcmcProposal death = proposals.death(random);
    REQUIRE(death.drawn);
    check_state(death.state);
    CHECK(death.state.modes() == 2);
    CHECK(death.state.log_b == now.log_b);
    for (Index k = 0; k < 3; ++k) {  // where it is kept, a mode keeps its share among the kept ones
      for (Index j = 0; j < 2; ++j) {
        if (death.state.log_shapes[j] != now.log_shapes[k]) continue;
        double kept = 0.0;
        for (Index l = 0; l < 3; ++l) {
          if ((death.state.log_shapes.array() == now.log_shapes[l]).any()) kept += now.weights[l];
        }
        CHECK(death.state.weights[j] == doctest::Approx(now.weights[k] / kept));
      }
    }
  }
  CHECK(reversible > 50);
}

TEST_CASE("the factor of a merge is the factor of the split that it undoes, taken back") {
  const RjmcmcPrior prior{.min_modes = 1, .max_modes = 6, .mode_ratio = 0.3};
  const RjmcmcState now = three_modes();
  RandomStream random(4, Purpose::user);
  int seen = 0;
  for (int i = 0; i < 400; ++i) {
    const RjmcmcProposal split = RjmcmcProposals(prior, now).split(random);
    if (!split.drawn || !split.reversible || split.all_moved) continue;
    for (int j = 0; j < 40; ++j) {
      const RjmcmcProposal merge = RjmcmcProposals(prior, split.state).merge(random);
      if (merge.all_moved || !merge.state.log_shapes.isApprox(now.log_shapes, 1e-9)) continue;
      ++seen;
      CHECK(merge.state.weights.isApprox(now.weights, 1e-9));
      CHECK(merge.log_factor == doctest::Approx(-split.log_factor).epsilon(1e-9));
    }
  }
  CHECK(seen > 100);
}

TEST_CASE("numbers of modes end at their bounds") {
  const RjmcmcPrior prior{.min_modes = 3, .max_modes = 4};
  const RjmcmcState three = three_modes();
  const RjmcmcState four{Vector::Constant(4, 0.25), Eigen::Vector4d(0, 1, 2, 3), 0.0};
  RandomStream random(5, Purpose::user);
  for (int i = 0; i < 100; ++i) {
    CHECK(RjmcmcProposals(prior, three).draw_upward(random));
    CHECK_FALSE(RjmcmcProposals(prior, four).draw_upward(random));
  }
}
