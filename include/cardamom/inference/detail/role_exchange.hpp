/// @file
/// Networks that differ from a fitted one in who regulates: two genes of similar time courses with their targets
/// exchanged. Steps of a fit do not get there one edge at a time.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/refinement_data.hpp>
#include <cardamom/inference/detail/sigmoid_scores.hpp>

namespace cardamom::detail {

/// Squared difference of the mean responses of two genes over the variance it would have if they were shares of cells,
/// summed over time points.
inline double time_course_distance(const RefinementData& data, Index a, Index b) {
  double sum = 0.0;
  for (const Snapshot& snapshot : data.snapshots) {
    const auto variance = [&](Index i) {
      return snapshot.shares[i] * (1.0 - snapshot.shares[i]) + 0.5 / snapshot.cells;
    };
    const double gap = snapshot.shares[a] - snapshot.shares[b];
    sum += gap * gap * snapshot.cells / (variance(a) + variance(b));
  }
  return sum;
}

/// Proposes, call after call, the pairs in order of their distance.
class RoleExchange {
 public:
  explicit RoleExchange(const RefinementData& data) {
    for (Index b = 0; b < data.size(); ++b) {
      for (Index a = 0; a < b; ++a) pairs_.push_back({time_course_distance(data, a, b), a, b});
    }
    std::stable_sort(pairs_.begin(), pairs_.end(),
                     [](const Pair& p, const Pair& q) { return p.distance < q.distance; });
  }

  /// The model with the targets of the next pair exchanged that has different ones; nothing when no pair is left.
  std::optional<ScoreModel> operator()(const ScoreModel& fitted) {
    constexpr double different = 1.0;  // θ
    for (auto pair = pairs_.begin(); pair != pairs_.end(); ++pair) {
      ScoreModel model = fitted;
      exchange_targets(model.interactions, pair->a, pair->b);
      if ((model.interactions - fitted.interactions).cwiseAbs().maxCoeff() < different) continue;
      pairs_.erase(pair);
      return model;
    }
    return std::nullopt;
  }

 private:
  struct Pair {
    double distance;
    Index a, b;
  };

  // What they do to each other and to themselves stays.
  static void exchange_targets(Matrix& interactions, Index a, Index b) {
    for (Index target = 0; target < interactions.rows(); ++target) {
      if (target != a && target != b) std::swap(interactions(target, a + 1), interactions(target, b + 1));
    }
  }

  std::vector<Pair> pairs_;
};

}  // namespace cardamom::detail
