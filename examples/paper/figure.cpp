#include "figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <cardamom/evaluation/edge_ranking.hpp>
#include <cardamom/simulation/population.hpp>

namespace paper {

using namespace cardamom;

std::string text(double value, int decimals) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  return buffer;
}

std::string text(const Mean& mean, int decimals) {
  return text(mean.value, decimals) + " ± " + text(mean.standard_error, decimals);
}

Mean mean(const std::vector<double>& sample) {
  const auto size = static_cast<double>(sample.size());
  double sum = 0.0;
  for (const double x : sample) sum += x;
  const double average = sum / size;
  double squares = 0.0;
  for (const double x : sample) squares += (x - average) * (x - average);
  return {average, sample.size() > 1 ? std::sqrt(squares / (size - 1.0) / size) : 0.0};
}

Counts simulate_as(const NamedExperiment& published, const Model& model, std::uint64_t seed, const Threads& executor,
                   Index cells_per_time_point) {
  Protocol protocol;
  protocol.time_points.assign(published.time_points.begin(), published.time_points.end());
  protocol.cells_per_time_point = cells_per_time_point > 0 ? cells_per_time_point : published.cells_per_time_point;
  protocol.burn_in = published.burn_in;
  return simulate(model, protocol, {.seed = seed}, executor).counts;
}

Counts simulate_published(const NamedExperiment& published, std::uint64_t seed, const Threads& executor,
                          Index cells_per_time_point) {
  return simulate_as(published, published.model, seed, executor, cells_per_time_point);
}

double random_aupr(const Network& truth) {
  const EdgeRanking ranking = rank_edges(Matrix::Zero(truth.nodes(), truth.nodes()), truth.edges());
  return static_cast<double>(ranking.positives) / static_cast<double>(ranking.candidates);
}

Curve average(const std::vector<Curve>& curves, int points) {
  Curve result;
  for (int k = 0; k < points; ++k) {
    const double x = static_cast<double>(k) / (points - 1);
    double sum = 0.0;
    for (const Curve& curve : curves) {
      // The last point at or left of x; x never decreases along a curve.
      const auto right = std::upper_bound(curve.x.begin(), curve.x.end(), x);
      const auto i = static_cast<std::size_t>(right - curve.x.begin()) - 1;
      if (right == curve.x.end()) {
        sum += curve.y.back();
      } else {
        const double share = (x - curve.x[i]) / (curve.x[i + 1] - curve.x[i]);
        sum += curve.y[i] + share * (curve.y[i + 1] - curve.y[i]);
      }
    }
    result.x.push_back(x);
    result.y.push_back(sum / static_cast<double>(curves.size()));
  }
  return result;
}

Matrix snapshot(const Counts& counts, Index time_point) {
  const auto cells = counts.cells_at(time_point);
  Matrix result(static_cast<Index>(cells.size()), counts.nodes());
  for (std::size_t row = 0; row < cells.size(); ++row) {
    result.row(static_cast<Index>(row)) = counts.values().row(cells[row]);
  }
  return result;
}

}  // namespace paper
