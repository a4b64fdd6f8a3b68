#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <support/statistics.hpp>
#include <support/throws.hpp>

using namespace cardamom;
using support::false_alarm;

static_assert(std::uniform_random_bit_generator<RandomStream>);

namespace {

template <class Draw>
std::vector<double> sample(int size, Draw draw) {
  std::vector<double> values(static_cast<std::size_t>(size));
  for (double& value : values) value = draw();
  return values;
}

// The check accepts the law and rejects the same law with its scale 5 % off.
template <class Cdf>
void check_law(const std::vector<double>& values, Cdf cdf) {
  CHECK(support::ks_p_value(values, cdf) > false_alarm);
  CHECK(support::ks_p_value(values, [&](double x) { return cdf(x / 1.05); }) < false_alarm);
}

}  // namespace

TEST_CASE("a stream depends on its key alone and every part of the key matters") {
  const auto first = [](std::uint64_t seed, Purpose purpose, std::uint64_t index) {
    return RandomStream(seed, purpose, index)();
  };
  CHECK(first(1, Purpose::cell, 2) == first(1, Purpose::cell, 2));
  std::set<std::uint64_t> values;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const Purpose purpose : {Purpose::cell, Purpose::counts, Purpose::user}) {
      for (std::uint64_t index = 0; index < 50; ++index) values.insert(first(seed, purpose, index));
    }
  }
  CHECK(values.size() == 20 * 3 * 50);
}

TEST_CASE("the engine and the keying never change") {
  // Written down once: a release that changes these numbers changes every simulated data set.
  RandomStream random(42, Purpose::cell, 7);
  CHECK(random() == 15606172359381646447u);
  CHECK(random() == 6302618083498982398u);
}

TEST_CASE("neighbouring streams are uncorrelated") {
  constexpr int size = 100000;
  double product = 0.0;
  for (std::uint64_t i = 0; i < size; ++i) {
    RandomStream a(3, Purpose::cell, i);
    RandomStream b(3, Purpose::cell, i + 1);
    product += (a.uniform() - 0.5) * (b.uniform() - 0.5) * 12.0;
  }
  CHECK(support::z_p_value(product / size, 0.0, 1.0 / std::sqrt(size)) > false_alarm);
}

TEST_CASE("variates follow their laws") {
  RandomStream random(11, Purpose::user);
  constexpr int size = 40000;
  check_law(sample(size, [&] { return random.uniform(); }), [](double x) { return std::clamp(x, 0.0, 1.0); });
  const boost::math::exponential_distribution<double> exponential(1.0);
  check_law(sample(size, [&] { return random.exponential(); }), [&](double x) { return cdf(exponential, x); });
  const boost::math::normal_distribution<double> normal;
  // |X|, so that a wrong scale shows over the whole range.
  check_law(sample(4 * size, [&] { return std::abs(random.normal()); }),
            [&](double x) { return 2.0 * cdf(normal, x) - 1.0; });
  for (const double shape : {0.2, 0.5, 2.0, 40.0}) {
    CAPTURE(shape);
    const boost::math::gamma_distribution<double> gamma(shape, 1.0);
    const int draws = shape < 0.3 ? 16 * size : 2 * size;
    check_law(sample(draws, [&] { return random.gamma(shape); }),
              [&](double x) { return x > 0 ? cdf(gamma, x) : 0.0; });
  }
}

TEST_CASE("Poisson variates have the right frequencies and extreme means are exact or close") {
  RandomStream random(12, Purpose::user);
  constexpr int size = 400000;
  for (const double mean : {0.3, 4.0, 30.0}) {
    CAPTURE(mean);
    const auto cells = static_cast<std::size_t>(mean + 6.0 * std::sqrt(mean) + 4.0);
    std::vector<double> observed(cells, 0.0);
    for (int i = 0; i < size; ++i) {
      const auto k = static_cast<std::size_t>(random.poisson(mean));
      observed[std::min(k, cells - 1)] += 1.0;
    }
    const auto p_value = [&](double assumed) {
      const boost::math::poisson_distribution<double> law(assumed);
      std::vector<double> seen{0.0};
      std::vector<double> expected{0.0};
      for (std::size_t k = 0; k < cells; ++k) {
        const double share =
            k + 1 < cells ? pdf(law, static_cast<double>(k)) : cdf(complement(law, static_cast<double>(k) - 1.0));
        seen.back() += observed[k];
        expected.back() += size * share;
        if (expected.back() >= 10.0 && k + 1 < cells) {
          seen.push_back(0.0);
          expected.push_back(0.0);
        }
      }
      if (expected.back() < 5.0) {
        expected[expected.size() - 2] += expected.back();
        seen[seen.size() - 2] += seen.back();
        expected.pop_back();
        seen.pop_back();
      }
      return support::chi_square_p_value(seen, expected);
    };
    CHECK(p_value(mean) > false_alarm);
    CHECK(p_value(1.05 * mean) < false_alarm);
  }
  CHECK(random.poisson(0.0) == 0);
  CHECK(random.poisson(1e-300) == 0);
  CHECK(std::abs(static_cast<double>(random.poisson(1e12)) / 1e12 - 1.0) < 1e-5);
  CHECK(std::abs(static_cast<double>(random.poisson(0x1p53)) * 0x1p-53 - 1.0) < 1e-6);
  for (const double wrong : {-1.0, 0x1.1p53, 1e300, std::nan("")}) {
    support::check_throws<std::domain_error>([&] { random.poisson(wrong); },
                                             {"RandomStream::poisson: mean is ", "must be in [0, 9007199254740992]"});
  }
}

TEST_CASE("integers below a size are uniform") {
  RandomStream random(13, Purpose::user);
  std::vector<double> observed(6, 0.0);
  for (int i = 0; i < 60000; ++i) observed[static_cast<std::size_t>(random.below(6))] += 1.0;
  CHECK(support::chi_square_p_value(observed, std::vector<double>(6, 10000.0)) > false_alarm);
  CHECK(random.below(1) == 0);
}

TEST_CASE("the logarithm of a uniform is always finite") {
  RandomStream random(14, Purpose::user);
  for (int i = 0; i < 100000; ++i) {
    const double u = random.uniform();
    CHECK_UNARY(u > 0.0 && u <= 1.0);
  }
}

TEST_CASE("one draw splits into a whole number and an independent uniform rest") {
  for (const std::uint32_t size : {1U, 3U, 1000U}) {
    RandomStream stream(9, Purpose::user);
    std::vector<double> wholes;
    std::vector<double> rests;
    std::vector<double> rests_of_first;
    for (int n = 0; n < 60000; ++n) {
      const auto [whole, rest] = stream.split(size);
      REQUIRE(whole < size);
      REQUIRE(rest > 0.0);
      REQUIRE(rest <= 1.0);
      // Whole plus rest is uniform on (0, size]: rest continues the digits of whole.
      wholes.push_back((static_cast<double>(whole) + rest) / size);
      rests.push_back(rest);
      if (whole == 0) rests_of_first.push_back(rest);
    }
    const auto uniform = [](double x) { return std::min(x, 1.0); };
    check_law(wholes, uniform);
    check_law(rests, uniform);
    CHECK(support::ks_p_value(rests_of_first, uniform) > false_alarm);
  }
}
