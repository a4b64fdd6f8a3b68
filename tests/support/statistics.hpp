// Statistical checks for the tests. Each returns a p-value; a test with a fixed seed demands p > false_alarm, and a
// twin with a parameter wrong by 5 % demands p < false_alarm, so that the check is known to have the power it claims.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>

namespace support {

/// Probability that a single statistical check fails although the code is right (before the seed was fixed).
inline constexpr double false_alarm = 1e-6;

/// P(sup |Brownian bridge| > x).
inline double kolmogorov_tail(double x) {
  if (x < 0.2) return 1.0;
  double sum = 0.0;
  for (int k = 1; k <= 100; ++k) {
    const double term = std::exp(-2.0 * k * k * x * x);
    sum += (k % 2 == 1 ? 1.0 : -1.0) * term;
    if (term < 1e-18) break;
  }
  return std::clamp(2.0 * sum, 0.0, 1.0);
}

/// One-sample Kolmogorov–Smirnov test against a continuous cdf (Stephens' finite-size correction).
inline double ks_p_value(std::vector<double> sample, const std::function<double(double)>& cdf) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double distance = 0.0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double f = cdf(sample[i]);
    distance = std::max({distance, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
  }
  return kolmogorov_tail(distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)));
}

/// Two-sample Kolmogorov–Smirnov test; conservative when the samples have ties.
inline double ks_two_sample_p_value(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  double distance = 0.0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double x = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= x) ++i;
    while (j < b.size() && b[j] <= x) ++j;
    distance = std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  const double size = std::sqrt(n * m / (n + m));
  return kolmogorov_tail(distance * (size + 0.12 + 0.11 / size));
}

/// Two-sided p-value of an estimate that is normal around `expected` with the given standard error.
inline double z_p_value(double estimate, double expected, double standard_error) {
  const boost::math::normal_distribution<double> normal;
  return 2.0 * boost::math::cdf(boost::math::complement(normal, std::abs(estimate - expected) / standard_error));
}

/// Pearson's chi-square test of observed counts against expected counts (each at least 5; same total).
inline double chi_square_p_value(std::span<const double> observed, std::span<const double> expected) {
  double statistic = 0.0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    statistic += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
  }
  const boost::math::chi_squared_distribution<double> law(static_cast<double>(observed.size() - 1));
  return boost::math::cdf(boost::math::complement(law, statistic));
}

/// Mean and the standard error of the mean.
struct Mean {
  double value;
  double standard_error;
};
inline Mean mean(std::span<const double> sample) {
  double sum = 0.0;
  for (const double x : sample) sum += x;
  const auto n = static_cast<double>(sample.size());
  const double m = sum / n;
  double squares = 0.0;
  for (const double x : sample) squares += (x - m) * (x - m);
  return {m, std::sqrt(squares / (n - 1.0) / n)};
}

}  // namespace support
