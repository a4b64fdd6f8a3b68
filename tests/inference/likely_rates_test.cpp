// Degradation rates corrected by what genes have in common.
#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/core/types.hpp>
#include <cardamom/inference/likely_rates.hpp>

using namespace cardamom;

namespace {

// An input, then five genes whose median is 0.1.
DecayRates rates_with(double last) {
  const Vector rates{{7.0, 0.1, 0.08, 0.12, 0.1, last}};
  return {rates, rates};
}

}  // namespace

TEST_CASE("likely rates are a fixed point of the posterior's slope") {
  for (const double last : {0.05, 0.2, 0.4, 3.0}) {
    CAPTURE(last);
    const DecayRates likely = likely_rates(rates_with(last), 1, 0.5);
    const double seen = std::log(last / 0.1);
    const double place = std::log(likely.mrna[5] / 0.1);
    const double away = seen - place;
    // Of a normal with a deviation of .7 and Student's error of scale .5 and four degrees of freedom.
    CHECK(place / 0.49 == doctest::Approx(5.0 * away / (4.0 * 0.25 + away * away)).epsilon(1e-6));
    CHECK(likely.protein[5] == likely.mrna[5]);
  }
}

TEST_CASE("a rate near the median stays, a doubtful one comes nearer, an impossible one is taken for wrong") {
  const auto place = [](double last) { return std::log(likely_rates(rates_with(last), 1, 0.5).mrna[5] / 0.1); };
  CHECK(place(0.1) == doctest::Approx(0.0));
  CHECK(place(0.2) > 0.6 * std::log(2.0));
  CHECK(place(0.2) < 0.75 * std::log(2.0));
  CHECK(place(10.0) < 0.2 * std::log(100.0));
  CHECK(place(0.05) == doctest::Approx(-place(0.2)));
  // The more certain the given rates, the less they move.
  CHECK(likely_rates(rates_with(0.2), 1, 0.01).mrna[5] == doctest::Approx(0.2).epsilon(1e-3));
}

TEST_CASE("inputs keep their entries, units do not matter, and rates that cannot be are refused") {
  const DecayRates likely = likely_rates(rates_with(0.3), 1, 0.5);
  CHECK(likely.mrna[0] == 7.0);
  DecayRates scaled = rates_with(0.3);
  scaled.mrna *= 60.0;
  scaled.protein *= 60.0;
  CHECK(likely_rates(scaled, 1, 0.5).mrna.tail(5).isApprox(60.0 * likely.mrna.tail(5), 1e-12));
  CHECK(likely_rates({}, 0, 0.5).mrna.size() == 0);
  CHECK_THROWS_AS(static_cast<void>(likely_rates(rates_with(0.0), 1, 0.5)), std::domain_error);
  CHECK_THROWS_AS(static_cast<void>(likely_rates(rates_with(0.1), 1, 0.0)), std::domain_error);
}
