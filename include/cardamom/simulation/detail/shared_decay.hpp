/// @file
/// The two exponentials that all genes of equal d0 and d1 share.
#pragma once

#include <algorithm>
#include <cmath>

#include <cardamom/simulation/detail/gene_constants.hpp>

namespace cardamom::detail {

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

  explicit SharedDecay(const GeneConstants& constants)
      : mrna_decay_(constants.groups[0].mrna_decay()), protein_decay_(constants.groups[0].protein_decay()) {
    inverse_gap_ = 1.0 / gap();
    const double ratio = std::round(mrna_decay_ / protein_decay_);
    // Equal to the last bits or not at all.
    if (ratio <= 32.0 && std::abs(mrna_decay_ - ratio * protein_decay_) <= 4e-16 * mrna_decay_) {
      power_ = static_cast<int>(ratio);
    }
  }

  /// Written in place: returned, it would be copied before its parts have reached memory.
  void at(double elapsed, double& protein, double& mrna) const {
    const double factor = std::exp(-protein_decay_ * elapsed);
    protein = factor;
    mrna = power_ >= 0 ? power(factor) : std::exp(-mrna_decay_ * elapsed);
  }

  double inverse_gap() const noexcept { return inverse_gap_; }
  double gap() const noexcept { return mrna_decay_ - protein_decay_; }
  double fastest() const noexcept { return std::max(mrna_decay_, protein_decay_); }

 private:
  double power(double x) const noexcept {
    double result = (power_ & 1) != 0 ? x : 1.0;
    for (int n = power_ >> 1; n > 0; n >>= 1) {
      x *= x;
      if ((n & 1) != 0) result *= x;
    }
    return result;
  }

  double mrna_decay_;
  double protein_decay_;
  double inverse_gap_;
  int power_ = -1;
};

}  // namespace cardamom::detail
