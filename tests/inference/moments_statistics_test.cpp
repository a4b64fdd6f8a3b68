// Summary statistics and thresholds of the method of simulated moments.
#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/inference/moments/statistics.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

namespace {

struct Exact {
  double observe(double molecules, double, RandomStream&) const { return molecules; }
  template <class F>
  double expect(F&& f, double molecules, double = 1.0) const {
    return f(molecules);
  }
};

// Half of the genes of a cell are missed; it says nothing about means.
struct Dropout {
  double observe(double molecules, double, RandomStream& stream) const {
    return stream.uniform() < 0.5 ? 0.0 : molecules;
  }
};

// Poisson counts of a tenth of the molecules, in cells of different depth.
struct Shallow {
  double depth(RandomStream& stream) const { return stream.uniform() < 0.5 ? 0.5 : 1.5; }
  double observe(double molecules, double depth, RandomStream& stream) const {
    return static_cast<double>(stream.poisson(0.1 * depth * molecules));
  }
  template <class F>
  double expect(F&& f, double molecules, double depth) const {
    return PoissonCapture{}.expect(f, 0.1 * depth * molecules);
  }
};

}  // namespace

TEST_CASE("a summary statistic is averaged over Poisson counts") {
  const Observation poisson(PoissonCapture{});
  CHECK(poisson.observed_per_molecule() == 1.0);
  const SummaryStatistic phi(4.0, 120.0, poisson);
  CHECK(phi(0.0) == 0.0);
  CHECK(phi(120.0) == doctest::Approx(1.0));
  CHECK(phi(1e6) == 1.0);
  CHECK(phi.averaged(0.0F) == 0.0F);
  CHECK(phi.averaged(1e6F) == doctest::Approx(1.0));
  for (const double mean : {0.3, 2.0, 17.0, 90.0}) {
    double sum = 0.0;
    for (double x = 0.0; x < 400.0; x += 1.0) {
      sum += phi(x) * std::exp(x * std::log(mean) - mean - std::lgamma(x + 1.0));
    }
    CHECK(phi.averaged(static_cast<float>(mean)) == doctest::Approx(sum).epsilon(0.005));
    CHECK(phi(mean) - phi.averaged(static_cast<float>(mean)) > 1e-3);  // the noise of counting is seen
  }
}

TEST_CASE("a summary statistic follows the observation law") {
  const SummaryStatistic exact(4.0, 120.0, Observation(Exact{}));
  for (const double molecules : {0.3, 2.0, 17.0, 90.0}) {
    CHECK(exact.averaged(static_cast<float>(molecules)) == doctest::Approx(exact(molecules)).epsilon(0.005));
  }
  const Observation dropout(Dropout{});
  CHECK(dropout.observed_per_molecule() == doctest::Approx(0.5).epsilon(0.1));
  const SummaryStatistic halved(4.0, 120.0, dropout);
  // Sampled: a thousand draws of a coin.
  CHECK(halved.averaged(20.0F) == doctest::Approx(0.5 * halved(20.0)).epsilon(0.1));
  const Observation shallow(Shallow{});
  CHECK(shallow.observed_per_molecule() == doctest::Approx(0.1));
  const SummaryStatistic counts(4.0, 120.0, shallow);
  const PoissonCapture poisson;
  const double deep = poisson.expect([&](double x) { return counts(x); }, 30.0);
  const double thin = poisson.expect([&](double x) { return counts(x); }, 10.0);
  CHECK(counts.averaged(200.0F) > static_cast<float>(thin));
  CHECK(counts.averaged(200.0F) < static_cast<float>(deep));
  RandomStream random(1, Purpose::user);
  CHECK(shallow.depth(random) != 1.0);
  CHECK(Observation(PoissonCapture{}).depth(random) == 1.0);
}

TEST_CASE("the threshold between modes is where the family's likelihoods cross") {
  const NegativeBinomial counts;
  const double whole = mode_threshold(0.1, 2.0, 0.05, counts);
  CHECK(counts.log_density(whole, 2.0, 0.05) > counts.log_density(whole, 0.1, 0.05));
  CHECK(counts.log_density(whole - 1.0, 2.0, 0.05) <= counts.log_density(whole - 1.0, 0.1, 0.05));
  CHECK(mode_threshold(2.0, 2.0, 0.05, counts) == 1000.0);
  const Gamma continuous{.detection_limit = 1e-6};
  // Also where all values are far below 1.
  for (const double inverse : {0.05, 5000.0}) {
    const double real = mode_threshold(0.1, 2.0, inverse, continuous);
    CHECK(continuous.log_density(real, 2.0, inverse, 1.0) ==
          doctest::Approx(continuous.log_density(real, 0.1, inverse, 1.0)).epsilon(1e-6));
    CHECK(real > 0.1 / inverse);
    CHECK(real < 2.0 / inverse);
  }
}
