// Statistical checks of the reversible-jump sampler: without data it returns its prior; with data drawn along the way
// the joint law is the product of prior and likelihood (Geweke 2004); ranks of true parameters among posterior draws
// are uniform (simulation-based calibration, Talts et al. 2018); mixtures of one, two and three modes are recognised.
// Every check has a twin with an error of 5 % that it must catch.
#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <doctest/doctest.h>

#include <cardamom/clustering/rjmcmc.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

/// The negative binomial with both parameters wrong by a factor, as a bug would make them.
struct Wrong : NegativeBinomial {
  double shape_factor = 1.0;
  double b_factor = 1.0;
  void log_densities(const GeneSample& sample, double a, double b, Vector& out) const {
    NegativeBinomial::log_densities(sample, shape_factor * a, b_factor * b, out);
  }
};

RjmcmcState draw_prior(const RjmcmcPrior& prior, RandomStream& random) {
  std::vector<double> number;
  double total = 0.0;
  for (Index k = prior.min_modes; k <= prior.max_modes; ++k) {
    number.push_back(std::pow(prior.mode_ratio, static_cast<double>(k - prior.min_modes)));
    total += number.back();
  }
  double left = random.uniform() * total;
  Index modes = prior.min_modes;
  for (; modes < prior.max_modes && left > number[static_cast<std::size_t>(modes - prior.min_modes)]; ++modes) {
    left -= number[static_cast<std::size_t>(modes - prior.min_modes)];
  }
  RjmcmcState state;
  state.weights.resize(modes);
  state.log_shapes.resize(modes);
  for (double& w : state.weights) w = random.exponential();
  state.weights /= state.weights.sum();
  for (double& eta : state.log_shapes) eta = prior.log_shape_mean + prior.log_shape_sd * random.normal();
  std::sort(state.log_shapes.begin(), state.log_shapes.end());
  state.log_b = prior.log_b_mean + prior.log_b_sd * random.normal();
  return state;
}

GeneSample draw_data(const RjmcmcState& state, Index cells, RandomStream& random) {
  Vector values(cells);
  for (double& value : values) {
    double left = random.uniform();
    Index mode = 0;
    for (; mode + 1 < state.weights.size() && left > state.weights[mode]; ++mode) left -= state.weights[mode];
    value = NegativeBinomial().draw(std::exp(state.log_shapes[mode]), std::exp(state.log_b), 1.0, random);
  }
  return pool_values(values);
}

double normal_cdf(double x, double mean, double sd) {
  return boost::math::cdf(boost::math::normal_distribution<double>(mean, sd), x);
}

struct PriorCheck {
  double modes, shape, burst, weight;
};

/// p-values of draws without data under the prior `claimed`, sampled with the prior `used`.
PriorCheck prior_check(const RjmcmcPrior& used, const RjmcmcPrior& claimed) {
  GeneSample empty;
  empty.values = Vector::Zero(1);
  empty.cells = Vector::Zero(1);
  const NegativeBinomial family;
  RandomStream random(17, Purpose::user);
  RjmcmcChain<NegativeBinomial> chain(family, empty, used, draw_prior(used, random));
  for (int i = 0; i < 1000; ++i) chain.sweep(random, true);
  const int draws = 60000;
  const Index range = used.max_modes - used.min_modes + 1;
  std::vector<double> visits(static_cast<std::size_t>(range), 0.0);
  std::vector<double> shapes, bursts, weights;
  for (int i = 0; i < draws; ++i) {
    for (int thin = 0; thin < 40; ++thin) chain.sweep(random, false);
    const RjmcmcState& state = chain.state();
    visits[static_cast<std::size_t>(chain.modes() - used.min_modes)] += 1;
    const Index any = random.below(chain.modes());
    shapes.push_back(state.log_shapes[any]);
    bursts.push_back(state.log_b);
    if (chain.modes() == 3) weights.push_back(state.weights[any]);
  }
  std::vector<double> expected(visits.size());
  double total = 0.0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    expected[k] = std::pow(claimed.mode_ratio, static_cast<double>(k));
    total += expected[k];
  }
  for (double& e : expected) e *= draws / total;
  return {support::chi_square_p_value(visits, expected),
          support::ks_p_value(shapes,
                              [&](double x) { return normal_cdf(x, claimed.log_shape_mean, claimed.log_shape_sd); }),
          support::ks_p_value(bursts, [&](double x) { return normal_cdf(x, claimed.log_b_mean, claimed.log_b_sd); }),
          // A weight of Dirichlet(1, 1, 1) is Beta(1, 2).
          support::ks_p_value(weights, [](double x) { return 1 - (1 - x) * (1 - x); })};
}

/// Successive-conditional simulation: p-values of number of modes, b, mean shape and largest count against direct
/// draws.
template <class Family>
std::vector<double> geweke(const Family& family) {
  RjmcmcPrior prior;
  prior.max_modes = 3;
  prior.log_shape_mean = 0.5;
  prior.log_shape_sd = 0.8;
  prior.log_b_mean = -0.5;
  prior.log_b_sd = 0.5;
  const Index cells = 25;
  const int draws = 12000;
  const auto functions = [](const RjmcmcState& state, const GeneSample& data) {
    const Vector shapes = state.log_shapes.array().exp();
    return std::vector<double>{static_cast<double>(state.weights.size()) + 1e-3 * state.log_b,
                               state.log_b,
                               state.weights.dot(shapes),
                               data.values.dot(data.cells) + 1e-3 * state.log_b,
                               state.log_shapes[0],
                               state.weights.maxCoeff() + 1e-6 * state.log_b};
  };
  RandomStream random(23, Purpose::user);
  std::vector<std::vector<double>> direct(6), chained(6);
  for (int i = 0; i < draws; ++i) {
    const RjmcmcState state = draw_prior(prior, random);
    const GeneSample data = draw_data(state, cells, random);
    const std::vector<double> values = functions(state, data);
    for (std::size_t j = 0; j < values.size(); ++j) direct[j].push_back(values[j]);
  }
  RjmcmcState start = draw_prior(prior, random);
  GeneSample data = draw_data(start, cells, random);
  RjmcmcChain<Family> chain(family, data, prior, start);
  for (int i = -200; i < draws; ++i) {
    for (int thin = 0; thin < 25; ++thin) {
      chain.sweep(random, i < 0);
      data = draw_data(chain.state(), cells, random);
      chain.observe(data);
    }
    if (i < 0) continue;
    const std::vector<double> values = functions(chain.state(), data);
    for (std::size_t j = 0; j < values.size(); ++j) chained[j].push_back(values[j]);
  }
  std::vector<double> p_values;
  for (std::size_t j = 0; j < direct.size(); ++j) {
    p_values.push_back(support::ks_two_sample_p_value(direct[j], chained[j]));
  }
  return p_values;
}

/// Ranks of the true b, smaller shape and its weight among posterior draws of two modes: p-values of uniformity.
template <class Family>
std::vector<double> calibrate(const Family& family, int replicates) {
  RjmcmcPrior prior;
  prior.min_modes = prior.max_modes = 2;
  prior.log_shape_mean = 1.0;
  prior.log_shape_sd = 1.0;
  prior.log_b_mean = -2.0;
  prior.log_b_sd = 0.5;
  const int draws = 31;
  std::vector<std::vector<double>> ranks(3, std::vector<double>(8, 0.0));
  for (int r = 0; r < replicates; ++r) {
    RandomStream random(31, Purpose::user, static_cast<std::uint64_t>(r));
    const RjmcmcState truth = draw_prior(prior, random);
    const GeneSample data = draw_data(truth, 150, random);
    // Started at the truth, which is a draw from the posterior: no burn-in is needed but for the step sizes.
    RjmcmcChain<Family> chain(family, data, prior, truth);
    for (int i = 0; i < 150; ++i) chain.sweep(random, true);
    std::vector<int> rank(3, 0);
    for (int i = 0; i < draws; ++i) {
      for (int thin = 0; thin < 12; ++thin) chain.sweep(random, false);
      rank[0] += chain.state().log_b < truth.log_b;
      rank[1] += chain.state().log_shapes[0] < truth.log_shapes[0];
      rank[2] += chain.state().weights[0] < truth.weights[0];
    }
    for (std::size_t j = 0; j < 3; ++j) ranks[j][static_cast<std::size_t>(rank[j] / 4)] += 1;
  }
  std::vector<double> p_values;
  const std::vector<double> expected(8, replicates / 8.0);
  for (const std::vector<double>& counts : ranks) p_values.push_back(support::chi_square_p_value(counts, expected));
  return p_values;
}

}  // namespace

TEST_CASE("without data the sampler returns its prior and a prior wrong by five percent is noticed") {
  RjmcmcPrior prior;
  prior.max_modes = 6;
  prior.log_shape_mean = 0.3;
  prior.log_b_mean = -1.0;
  const PriorCheck right = prior_check(prior, prior);
  CHECK(right.modes > support::false_alarm);
  CHECK(right.shape > support::false_alarm);
  CHECK(right.burst > support::false_alarm);
  CHECK(right.weight > support::false_alarm);
  RjmcmcPrior other = prior;
  other.mode_ratio *= 1.05;
  other.log_shape_sd *= 1.05;
  other.log_b_sd *= 1.05;
  const PriorCheck wrong = prior_check(prior, other);
  CHECK(wrong.modes < support::false_alarm);
  CHECK(wrong.shape < support::false_alarm);
  CHECK(wrong.burst < support::false_alarm);
}

TEST_CASE("without data the sampler returns a geometric prior on the number of modes") {
  RjmcmcPrior prior;
  prior.min_modes = 2;
  prior.max_modes = 6;
  prior.mode_ratio = 0.4;
  CHECK(prior_check(prior, prior).modes > support::false_alarm);
}

TEST_CASE("the joint law of parameters and data is right and a likelihood wrong by five percent is noticed") {
  for (const double p : geweke(NegativeBinomial{})) CHECK(p > support::false_alarm);
  Wrong wrong;
  wrong.shape_factor = 1.05;
  const std::vector<double> p_values = geweke(wrong);
  CHECK(*std::min_element(p_values.begin(), p_values.end()) < support::false_alarm);
}

TEST_CASE("ranks of the truth among posterior draws are uniform and a burst size wrong by five percent is noticed") {
  for (const double p : calibrate(NegativeBinomial{}, 2000)) CHECK(p > support::false_alarm);
  Wrong wrong;
  wrong.b_factor = 1.05;
  const std::vector<double> p_values = calibrate(wrong, 2000);
  CHECK(*std::min_element(p_values.begin(), p_values.end()) < support::false_alarm);
}

TEST_CASE("the number of well separated modes is found and parameters lie in their intervals") {
  const std::vector<std::vector<double>> truths{{1.0}, {1.0, 20.0}, {0.3, 6.0, 60.0}};
  const double b = 0.2;
  const int sets = 100;
  for (const std::vector<double>& shapes : truths) {
    const auto modes = static_cast<Index>(shapes.size());
    int right = 0, burst_inside = 0, top_inside = 0;
    for (int set = 0; set < sets; ++set) {
      RandomStream random(41, Purpose::user, static_cast<std::uint64_t>(100 * modes + set));
      Vector values(1000);
      for (double& value : values) {
        value = NegativeBinomial().draw(shapes[static_cast<std::size_t>(random.below(modes))], b, 1.0, random);
      }
      const Rjmcmc sampler{{.sweeps = 700, .burn_in = 300, .chains = 2, .max_modes = 6}};
      const RjmcmcResult result = sampler.run(pool_values(values), NegativeBinomial{}, random);
      if (result.modes.count() != modes) continue;
      ++right;
      burst_inside += result.inverse_burst_size.low <= b && b <= result.inverse_burst_size.high;
      top_inside += result.shapes.back().low <= shapes.back() && shapes.back() <= result.shapes.back().high;
    }
    CAPTURE(modes);
    CHECK(right >= 95);
    // 95 % intervals: fewer inside than this happens once in a million.
    const boost::math::binomial_distribution<double> law(right, 0.95);
    CHECK(boost::math::cdf(law, burst_inside) > support::false_alarm);
    CHECK(boost::math::cdf(law, top_inside) > support::false_alarm);
    // The twin: an interval missing the truth half the time would be noticed.
    CHECK(boost::math::cdf(law, right / 2) < support::false_alarm);
  }
}
