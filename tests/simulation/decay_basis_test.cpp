// The few exponentials that stand for all decays: their errors are what they say, at all times.
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/simulation/thinning/decay_basis.hpp>

namespace {

using namespace cardamom;
using thinning::DecayBasis;

// Furthest that the fit is from the function over many times, none of them among those it was made from.
template <class Function>
double furthest(const DecayBasis& basis, const DecayBasis::Terms& fit, double slowest, double fastest,
                Function function) {
  double furthest = 0.0;
  DecayBasis::Terms values;
  for (double t = 0.0; t < 60.0 / slowest; t = t * 1.00371 + 1e-4 / fastest) {
    basis.at(t, values);
    const double sum = (fit * values).head<DecayBasis::size>().sum();
    furthest = std::max(furthest, std::abs(sum - function(t)));
  }
  return furthest;
}

}  // namespace

TEST_CASE("decays and responses are approximated to the error stated") {
  for (const double ratio : {1.0, 3.0, 15.0, 200.0}) {
    const double slowest = 0.1;
    const double fastest = slowest * ratio;
    const DecayBasis basis(slowest, fastest);
    CHECK(basis.fastest() >= fastest * (1 - 1e-12));
    for (const double share : {0.0, 0.3, 0.7, 1.0}) {
      const double d1 = slowest * std::pow(ratio, share);
      const DecayBasis::Terms decay = basis.decay(d1);
      const double error = decay[DecayBasis::size];
      CAPTURE(ratio);
      CAPTURE(d1);
      CHECK(furthest(basis, decay, slowest, fastest, [&](double t) { return std::exp(-d1 * t); }) <= error);
      if (ratio <= 17.0) CHECK(error < 3e-3);
      for (const double other : {0.0, 0.5, 1.0}) {
        const double d0 = slowest * std::pow(ratio, other);
        const DecayBasis::Terms response = basis.response(d0, d1);
        CAPTURE(d0);
        CHECK(furthest(basis, response, slowest, fastest, [&](double t) { return flow_factors(d0, d1, t).transfer; }) <=
              response[DecayBasis::size]);
        if (ratio <= 17.0) CHECK(response[DecayBasis::size] < 2e-2 * peak_transfer(d0, d1));
      }
    }
  }
}

TEST_CASE("a basis of exponentials is what it says at any time") {
  for (const double ratio : {4.0, 100.0}) {
    const DecayBasis basis(0.2, 0.2 * ratio);
    DecayBasis::Terms one;
    DecayBasis::Terms two;
    DecayBasis::Terms sum;
    basis.at(0.7, one);
    basis.at(1.9, two);
    basis.at(2.6, sum);
    CHECK((one * two - sum).abs().maxCoeff() < 1e-15);
    CHECK(one[DecayBasis::size - 1] == doctest::Approx(std::exp(-basis.fastest() * 0.7)));
  }
}
