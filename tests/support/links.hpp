// Links as users might write them.
#pragma once

#include <cmath>
#include <numbers>

namespace support {

/// 1 − exp(−e^u): with a curvature, and not symmetric.
struct ComplementaryLogLog {
  double value(double u) const { return -std::expm1(-std::exp(u)); }
  double slope(double u) const { return u > 100.0 ? 0.0 : std::exp(u - std::exp(u)); }
  double curvature(double u) const { return u > 100.0 ? 0.0 : slope(u) * (1.0 - std::exp(u)); }
};

/// The normal distribution function, with what `Link` asks for and no more; of a scale, so that its state matters.
struct Probit {
  double scale;
  double value(double u) const { return 0.5 * std::erfc(-u / scale / std::numbers::sqrt2); }
  double slope(double u) const {
    const double z = u / scale;
    return std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2 / scale;
  }
};

}  // namespace support
