/// @file
/// A few exponentials by which all decays of a cell are approximated, each to a known error. Shifting them in time only
/// scales them, so sums of many responses can be kept as sums of these few.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Cholesky>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/flow.hpp>

namespace cardamom::thinning {

/// e^(−λ_k t), k = 0…6, from the slowest rate to the fastest or beyond. The λ_k grow as the Fibonacci numbers
/// 2, 3, 5, 8, …, or, over a wider range, as powers of a whole number: one exponential, the others are its powers.
class DecayBasis {
 public:
  static constexpr int size = 7;
  /// The coefficients of a sum of the basis, then a bound of its error. Of the basis itself: its values, then 1.
  using Terms = Eigen::Array<double, size + 1, 1>;

  /// Rates at most this far apart: over 1e6, powers of 10, less than the closed form would cost is still spared.
  static constexpr double widest = 1e6;

  /// @param slowest, fastest range of the rates to come, 0 < slowest <= fastest <= widest * slowest [1/h]
  template <class = CompiledWhereUsed>
  DecayBasis(double slowest, double fastest) {
    double range = 17.0;  // 34/2
    if (range * slowest < fastest) {
      for (power_ = 2; (range = std::pow(power_, size - 1)) * slowest < fastest;) ++power_;
    }
    // What the basis covers too much goes to both sides: it is best in the middle.
    slowest /= std::sqrt(range * slowest / fastest);
    first_ = power_ == 0 ? 0.5 * slowest : slowest;
    double before = first_;
    double rate = slowest;
    for (int k = 0; k < size; ++k) {
      rates_.coeffRef(k) = rate;
      before = std::exchange(rate, power_ == 0 ? rate + before : rate * power_);
    }
    rates_.coeffRef(size) = 0.0;
    sample();
  }

  /// The values of the basis after a time.
  template <class Use = CompiledWhereUsed>
  void at(double elapsed, WhereUsed<Terms, Use>& terms) const {
    const double first = std::exp(-first_ * elapsed);
    if (power_ == 0) {
      double before = first * first;
      double value = before * first;
      terms.coeffRef(0) = before;
      terms.coeffRef(1) = value;
      for (int k = 2; k < size; ++k) {
        before = std::exchange(value, value * before);
        terms.coeffRef(k) = value;
      }
    } else {
      double value = first;
      for (int k = 0; k < size; ++k, value = raised(value)) terms.coeffRef(k) = value;
    }
    terms.coeffRef(size) = 1.0;
  }
  double fastest() const { return rates_[size - 1]; }

  /// e^(−d t) in terms of the basis.
  template <class Use = CompiledWhereUsed>
  Terms decay(double d) const {
    WhereUsed<Vector, Use> values(times_.size());
    for (Index n = 0; n < times_.size(); ++n) values[n] = std::exp(-d * times_[n]);
    return fit(values, decay_bend);
  }

  /// (e^(−d1 t) − e^(−d0 t))/(d0 − d1), the protein after a burst, likewise.
  template <class Use = CompiledWhereUsed>
  Terms response(double d0, double d1) const {
    WhereUsed<Vector, Use> values(times_.size());
    for (Index n = 0; n < times_.size(); ++n) values[n] = flow_factors(d0, d1, times_[n]).transfer;
    return fit(values, 0.45 / std::min(d0, d1));
  }

 private:
  /// Most that e^(−d t) bends as a function of ln t: (y² − y) e^(−y), y = d t. For t e^(−d t), of which the response is
  /// a mean over d, it is (y − 3 y² + y³) e^(−y)/d, at most 0.45/d.
  static constexpr double decay_bend = 0.31;
  static constexpr double step = 0.03;  // between sampled times, of ln t

  double raised(double x) const {
    double result = x;
    for (int n = 1; n < power_; ++n) result *= x;
    return result;
  }

  /// Times 0 and from where nothing has moved yet to where nothing is left.
  template <class = CompiledWhereUsed>
  void sample() {
    const double first = std::log(1e-3 / fastest());
    const auto count = static_cast<Index>(std::ceil((std::log(40.0 / rates_[0]) - first) / step)) + 1;
    times_.resize(count + 1);
    times_[0] = 0.0;
    for (Index n = 0; n < count; ++n) times_[n + 1] = std::exp(first + step * static_cast<double>(n));
    values_.resize(times_.size(), size);
    Terms values;
    for (Index n = 0; n < times_.size(); ++n) {
      at(times_[n], values);
      values_.row(n) = values.template head<size>().transpose();
    }
    gram_.compute(values_.transpose() * values_);
  }

  /// Least squares over the sampled times. Between two of them a function leaves its chord by at most step²/8 times its
  /// bend; before the second and after the last nothing happens that counts.
  template <class Use = CompiledWhereUsed>
  Terms fit(const WhereUsed<Vector, Use>& values, double bend) const {
    const WhereUsed<Vector, Use> terms = gram_.solve(values_.transpose() * values);
    const double sampled = (values_ * terms - values).cwiseAbs().maxCoeff();
    const double between = step * step / 8.0 * (bend + decay_bend * terms.cwiseAbs().sum());
    Terms result;
    result << terms.array(), sampled + between + 1e-9;
    return result;
  }

  int power_ = 0;  // λ_k/λ_(k−1), 0: Fibonacci
  double first_;   // of which all λ are whole multiples
  Terms rates_;    // λ, then 0
  Vector times_;   // sampled
  Matrix values_;  // of the basis there
  Eigen::LLT<Matrix> gram_;
};

}  // namespace cardamom::thinning
