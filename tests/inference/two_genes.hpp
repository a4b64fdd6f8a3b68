// A model of two genes for the refinement's simulations.
#pragma once

#include <cardamom/inference/detail/score_moments.hpp>
#include <cardamom/inference/detail/sigmoid_scores.hpp>

namespace inference_test {

using namespace cardamom;

inline detail::ScoreModel two_genes() {
  detail::ScoreModel model;
  model.basal = Eigen::Vector2d(-1.0, -2.0);
  model.interactions.resize(2, 3);
  model.interactions << 2.0, 0.5, -1.0, 0.0, 4.0, 0.0;
  model.k0 = Eigen::Vector2d(0.05, 0.02);
  model.k1 = Eigen::Vector2d(0.8, 0.5);
  model.burst = Eigen::Vector2d(20.0, 30.0);
  model.d0 = Eigen::Vector2d(0.5, 0.25);
  model.d1 = Eigen::Vector2d(0.1, 0.2);
  model.s1 = model.d1.array() * model.d0.array() / model.burst.array() / model.k1.array();
  return model;
}

inline detail::ScoreStatistics two_gene_statistics() {
  detail::ScoreStatistics statistics;
  statistics.responses = {detail::Response(3.0, 60.0), detail::Response(5.0, 90.0)};
  statistics.all = {{0, 0}, {0, 1}, {1, 1}};
  statistics.groups = {{{0, 1, 2}, 0, 12}};
  return statistics;
}

}  // namespace inference_test
