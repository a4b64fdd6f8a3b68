/// @file
/// Wasserstein-1 distances between samples in several dimensions: exact by optimal assignment for samples of equal size
/// up to a few thousand, sliced for any size and dimension.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/evaluation/detail/assignment.hpp>
#include <cardamom/evaluation/wasserstein.hpp>

namespace cardamom {

namespace detail {

inline void check_tables(std::string_view function, const MatrixIn& a, const MatrixIn& b) {
  check_at_least(function, "a.rows()", a.rows(), 1);
  check_at_least(function, "b.rows()", b.rows(), 1);
  check_at_least(function, "a.cols()", a.cols(), 1);
  check_size(function, "b.cols()", b.cols(), a.cols());
  for (Index i = 1; i < a.cols(); ++i) {
    check_all_finite(function, "a column " + to_text(i), a.col(i));
    check_all_finite(function, "b column " + to_text(i), b.col(i));
  }
}

}  // namespace detail

/// Exact W1, with Euclidean distance over the genes 1…G−1, between two samples of n cells: the least mean distance over
/// all pairings of their cells.
/// @param a, b n × G, finite; column 0, the stimulus, is ignored
/// @throws std::invalid_argument when the sizes differ, std::domain_error on a value that is not finite
/// O(n²) memory (32 MB at n = 2000) and O(n³) time at worst; use `sliced_wasserstein` beyond a few thousand cells.
inline double joint_wasserstein(const MatrixIn& a, const MatrixIn& b) {
  detail::check_tables("joint_wasserstein", a, b);
  check_size("joint_wasserstein", "b.rows()", b.rows(), a.rows());
  const Index genes = a.cols() - 1;
  const Matrix from = a.rightCols(genes).transpose();
  const Matrix to = b.rightCols(genes).transpose();
  Matrix costs(b.rows(), a.rows());
  for (Index i = 0; i < a.rows(); ++i) {
    for (Index j = 0; j < b.rows(); ++j) costs(j, i) = (from.col(i) - to.col(j)).norm();
  }
  return detail::Assignment(costs).total() / static_cast<double>(a.rows());
}

struct SlicedWassersteinOptions {
  Index projections = 200;  ///< random directions, >= 1; the error falls with their square root
  std::uint64_t seed = 1;
};

/// Mean over random directions of the W1 between the projected samples; never larger than W1. Samples may differ in
/// size. O(projections · (n + m) · (G + log(n + m))).
/// @param a, b cells × G, finite; column 0, the stimulus, is ignored
/// @throws std::invalid_argument on sizes and options, std::domain_error on a value that is not finite
template <Executor E = Sequential>
double sliced_wasserstein(const MatrixIn& a, const MatrixIn& b, const SlicedWassersteinOptions& options = {},
                          const E& executor = {}) {
  detail::check_tables("sliced_wasserstein", a, b);
  check_at_least("sliced_wasserstein", "options.projections", options.projections, 1);
  const Index genes = a.cols() - 1;
  if (genes == 0) return 0.0;
  Vector distances(options.projections);
  for_each_index(executor, options.projections, [&](Index k) {
    RandomStream stream(options.seed, Purpose::landscape, static_cast<std::uint64_t>(k));
    Vector direction(genes);
    for (double& entry : direction) entry = stream.normal();
    direction /= direction.norm();
    distances[k] = wasserstein(a.rightCols(genes) * direction, b.rightCols(genes) * direction);
  });
  return distances.mean();
}

}  // namespace cardamom
