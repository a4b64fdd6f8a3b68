/// @file
/// Wasserstein-1 distance between samples in one dimension: how far one marginal is from another, in the unit of the
/// data.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

namespace detail {

/// ∫ |F_a − F_b| dx for sorted samples: exact, of any two sizes.
template <class Use = CompiledWhereUsed>
inline double sorted_wasserstein(const WhereUsed<VectorIn, Use>& a, const WhereUsed<VectorIn, Use>& b) {
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  double sum = 0.0;
  Index i = 0;
  Index j = 0;
  double x = std::min(a[0], b[0]);
  while (i < a.size() || j < b.size()) {
    const double next = j == b.size() || (i < a.size() && a[i] <= b[j]) ? a[i] : b[j];
    sum += (next - x) * std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m);
    x = next;
    while (i < a.size() && a[i] == x) ++i;
    while (j < b.size() && b[j] == x) ++j;
  }
  return sum;
}

template <class Use = CompiledWhereUsed>
inline void check_sample(std::string_view function, std::string_view argument, const WhereUsed<VectorIn, Use>& sample) {
  check_at_least(function, std::string(argument) + ".size()", sample.size(), 1);
  check_all_finite(function, argument, sample);
}

}  // namespace detail

/// W1 between two samples in one dimension, of equal or different sizes: the area between their distribution functions.
/// @throws std::invalid_argument on an empty sample, std::domain_error on a value that is not finite
/// O((n + m) log(n + m)).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double wasserstein(const WhereUsed<VectorIn, Use>& a, const WhereUsed<VectorIn, Use>& b) {
  detail::check_sample("wasserstein", "a", a);
  detail::check_sample("wasserstein", "b", b);
  WhereUsed<Vector, Use> sorted_a = a;
  WhereUsed<Vector, Use> sorted_b = b;
  std::sort(sorted_a.begin(), sorted_a.end());
  std::sort(sorted_b.begin(), sorted_b.end());
  return detail::sorted_wasserstein(sorted_a, sorted_b);
}

/// Which columns of two tables are compared.
struct WassersteinOptions {
  Index inputs = 1;  ///< how many of the columns, the first ones, are inputs: they take no part
};

/// `wasserstein` for every gene of two tables cells × nodes, one entry per node, 0 for inputs.
/// @throws std::invalid_argument when the numbers of columns differ or a table has no row
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector marginal_wasserstein(const WhereUsed<MatrixIn, Use>& a, const WhereUsed<MatrixIn, Use>& b,
                                                 const WhereUsed<WassersteinOptions, Use>& options = {}) {
  check_at_least("marginal_wasserstein", "options.inputs", options.inputs, 0);
  check_at_least("marginal_wasserstein", "a.cols()", a.cols(), std::max<Index>(1, options.inputs));
  check_size("marginal_wasserstein", "b.cols()", b.cols(), a.cols());
  WhereUsed<Vector, Use> distances = Vector::Zero(a.cols());
  for (Index gene = options.inputs; gene < a.cols(); ++gene) distances[gene] = wasserstein(a.col(gene), b.col(gene));
  return distances;
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Vector marginal_wasserstein(const MatrixIn&, const MatrixIn&, const WassersteinOptions&);
}  // namespace cardamom
#endif
