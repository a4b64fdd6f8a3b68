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
    const auto [d0, d1] = constants.groups[0];
    return jump == Jump::protein || std::abs(d0 - d1) > 0.01 * std::max(d0, d1);
  }

  SharedDecay(const GeneConstants& constants, Jump jump)
      : mrna_decay_(jump == Jump::mrna ? constants.groups[0].first : 0.0), protein_decay_(constants.groups[0].second) {
    const double ratio = std::round(mrna_decay_ / protein_decay_);
    // Equal to the last bits or not at all.
    if (ratio <= 32.0 && std::abs(mrna_decay_ - ratio * protein_decay_) <= 4e-16 * mrna_decay_) {
      power_ = static_cast<int>(ratio);
    }
  }

  void set(double elapsed) {
    protein = std::exp(-protein_decay_ * elapsed);
    mrna = power_ >= 0 ? power(protein) : std::exp(-mrna_decay_ * elapsed);
  }

  double gap() const noexcept { return mrna_decay_ - protein_decay_; }
  double fastest() const noexcept { return std::max(mrna_decay_, protein_decay_); }

  double protein = 1.0;
  double mrna = 1.0;

 private:
  double power(double x) const noexcept {
    double result = 1.0;
    for (int n = power_; n > 0; n >>= 1) {
      if (n & 1) result *= x;
      x *= x;
    }
    return result;
  }

  double mrna_decay_;
  double protein_decay_;
  int power_ = -1;
};

}  // namespace cardamom::detail
