/// @file
/// The two exponentials that all genes of equal d0 and d1 share.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>

namespace cardamom::thinning {

/// e^(−d1 t) and e^(−d0 t); where d0 is a small multiple of d1, as is common, the second is a power of the first.
class SharedDecay {
 public:
  /// One motion for all genes, and d0 not so close to d1 that differences of the exponentials would lose digits.
  static bool fits(const GeneConstants& constants, Jump jump) {
    if (constants.groups.size() != 1) return false;
    const double d0 = constants.groups[0].mrna_decay();
    const double d1 = constants.groups[0].protein_decay();
    return jump == Jump::protein || std::abs(d0 - d1) > 0.01 * std::max(d0, d1);
  }

  template <class Use = CompiledWhereUsed>
  explicit SharedDecay(const WhereUsed<GeneConstants, Use>& constants)
      : rates_(constants.groups[0].protein_decay(), constants.groups[0].mrna_decay()),
        short_(1.0 / (64.0 * fastest())) {
    const double ratio = std::round(rates_[1] / rates_[0]);
    // Equal to the last bits or not at all.
    if (ratio <= 32.0 && std::abs(rates_[1] - ratio * rates_[0]) <= 4e-16 * rates_[1]) {
      power_ = static_cast<int>(ratio);
    }
  }

  /// (e^(−d1 t), e^(−d0 t)).
  using Factors = Eigen::Array2d;

  /// Written in place: returned, it would be copied before its parts have reached memory.
  template <class Use = CompiledWhereUsed>
  void at(double elapsed, WhereUsed<Factors, Use>& out) const {
    const double protein = std::exp(-rates_.coeff(0) * elapsed);
    out.coeffRef(0) = protein;
    out.coeffRef(1) = power_ >= 0 ? power(protein) : std::exp(-rates_.coeff(1) * elapsed);
  }
  /// From one time to another `passed` later; when that is short, by a polynomial for both factors at once.
  template <class Use = CompiledWhereUsed>
  void advance(double passed, WhereUsed<Factors, Use>& factors) const {
    if (!(passed <= short_)) [[unlikely]] {
      WhereUsed<Factors, Use> passing;
      at(passed, passing);
      factors *= passing;
      return;
    }
    const WhereUsed<Factors, Use> x = passed * rates_;
    const WhereUsed<Factors, Use> x2 = x * x;
    const WhereUsed<Factors, Use> x4 = x2 * x2;
    const WhereUsed<Factors, Use> low = (1.0 - x) + x2 * (0.5 - x * (1.0 / 6.0));
    const WhereUsed<Factors, Use> high = (1.0 / 24.0 - x * (1.0 / 120.0)) + x2 * (1.0 / 720.0);
    factors *= low + x4 * high;
  }

  double gap() const noexcept { return rates_[1] - rates_[0]; }
  template <class = CompiledWhereUsed>
  double fastest() const noexcept {
    return rates_.maxCoeff();
  }

 private:
  template <class = CompiledWhereUsed>
  double power(double x) const noexcept {
    double result = (power_ & 1) != 0 ? x : 1.0;
    for (int n = power_ >> 1; n > 0; n >>= 1) {
      x *= x;
      if ((n & 1) != 0) result *= x;
    }
    return result;
  }

  Eigen::Array2d rates_;  // d1, d0
  double short_;          // so short that the terms left out by `advance` are below 1e-16
  int power_ = -1;
};

}  // namespace cardamom::thinning
