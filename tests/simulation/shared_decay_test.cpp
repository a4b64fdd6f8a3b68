// The two exponentials that all genes share, stepped from time to time, against the exponential itself.
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/simulation/thinning/shared_decay.hpp>

namespace {

using namespace cardamom;

// Largest relative error of e^(−d1 t) and e^(−d0 t) over a thousand steps about as long as given [h].
double furthest(double mrna_decay, double protein_decay, double step) {
  const thinning::GeneConstants constants(Kinetics::uniform(2, mrna_decay, protein_decay, 0.02, 0.1, 2.0),
                                          thinning::Jump::mrna);
  const thinning::SharedDecay decay(constants);
  thinning::SharedDecay::Factors factors;
  double furthest = 0.0;
  for (int k = 0; k < 1000; ++k) {
    const double from = 0.37 * step * (k % 7);
    const double to = from + step * (1 + k % 3);
    decay.at(from, factors);
    decay.advance(to - from, factors);
    furthest = std::max({furthest, std::abs(factors[0] / std::exp(-protein_decay * to) - 1.0),
                         std::abs(factors[1] / std::exp(-mrna_decay * to) - 1.0)});
  }
  return furthest;
}

}  // namespace

TEST_CASE("shared decays step to any later time without loss") {
  for (const double mrna_decay : {1.0, 0.73, 0.1}) {
    for (const double step : {1e-9, 1e-4, 3e-3, 0.02, 0.0624, 0.3, 5.0}) {
      CAPTURE(mrna_decay);
      CAPTURE(step);
      CHECK(furthest(mrna_decay, 0.2, step) < 3e-15 * (1.0 + step));
    }
  }
}
