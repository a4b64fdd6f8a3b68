// One gene of constant burst rate: everything about it is known in closed form.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <boost/math/distributions/gamma.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <support/large_sample.hpp>
#include <support/statistics.hpp>

namespace {

using namespace cardamom;

struct OneGene {
  double d0 = 1.0;
  double d1 = 0.2;
  double s1 = 0.02;
  double inverse_burst = 0.02;
  double kon = 2.0;

  Kinetics kinetics() const {
    Kinetics k = Kinetics::uniform(2, d0, d1, inverse_burst, 0.0, kon);
    k.protein_synthesis.setConstant(s1);
    return k;
  }
  // Bound above the rate, so that some candidates are rejected.
  auto rate() const {
    const double constant = kon;
    return BoundedFunctionRate([constant](Index, const VectorIn&) { return constant; }, Vector{{0.0, 1.3 * kon}});
  }
};

struct Sample {
  std::vector<double> mrna;
  std::vector<double> protein;
};

Sample draw(const OneGene& gene, double time, Index cells, std::uint64_t seed) {
  BurstyProcess process(gene.kinetics(), gene.rate());
  Sample sample;
  for (Index c = 0; c < cells; ++c) {
    process.reset(RandomStream(seed, Purpose::cell, static_cast<std::uint64_t>(c)));
    process.advance_to(time);
    sample.mrna.push_back(process.mrna()[1]);
    sample.protein.push_back(process.protein()[1]);
  }
  return sample;
}

std::vector<double> map(const std::vector<double>& x, const std::vector<double>& y, double (*f)(double, double)) {
  std::vector<double> out;
  for (std::size_t i = 0; i < x.size(); ++i) out.push_back(f(x[i], y[i]));
  return out;
}

// p-values of the five moments of (M, P) against Campbell's formulas for shot noise from zero:
// E = kon/b ∫ f, Cov = 2 kon/b² ∫ f g with the responses f, g to one molecule.
std::vector<double> moment_p_values(const Sample& sample, const OneGene& gene, double time) {
  const auto m = [&](double u) { return std::exp(-gene.d0 * u); };
  const auto p = [&](double u) {
    return gene.d0 == gene.d1 ? gene.s1 * u * std::exp(-gene.d0 * u)
                              : gene.s1 * (std::exp(-gene.d1 * u) - std::exp(-gene.d0 * u)) / (gene.d0 - gene.d1);
  };
  const auto integral = [&](auto f) {
    return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(f, 0.0, time, 10, 1e-12);
  };
  const double b = gene.inverse_burst;
  const double mean_m = gene.kon / b * integral(m);
  const double mean_p = gene.kon / b * integral(p);
  const double scale = 2 * gene.kon / (b * b);
  std::vector<double> values;
  const auto check = [&](std::vector<double> statistic, double expected) {
    const support::Mean mean = support::mean(statistic);
    values.push_back(support::z_p_value(mean.value, expected, mean.standard_error));
  };
  std::vector<double> dm = sample.mrna;
  std::vector<double> dp = sample.protein;
  check(dm, mean_m);
  check(dp, mean_p);
  for (double& x : dm) x -= mean_m;
  for (double& x : dp) x -= mean_p;
  const auto product = [](double x, double y) { return x * y; };
  check(map(dm, dm, product), scale * integral([&](double u) { return m(u) * m(u); }));
  check(map(dp, dp, product), scale * integral([&](double u) { return p(u) * p(u); }));
  check(map(dm, dp, product), scale * integral([&](double u) { return m(u) * p(u); }));
  return values;
}

// The law of shot noise from `start` after a time: E e^(−sX) = ((b + s q)/(b + s))^(kon/d) e^(−s q start), q = e^(−d
// time). What has come since is the sum of N exponentials of rate b/q, N negative binomial: P(N = n) has the generating
// function (q/(1 − (1 − q) z))^(kon/d).
struct ShotNoise {
  double kon, decay, inverse_burst, start, time;

  double silent() const { return std::exp(-kon * time); }  // P(N = 0), at the value `least()`
  double least() const { return start * std::exp(-decay * time); }
  double cdf(double x) const {
    const double y = (x - least()) * inverse_burst * std::exp(decay * time);
    if (y < 0.0) return 0.0;
    const double shape = kon / decay;
    double weight = silent();
    double reached = 1.0;  // P(the sum of n exponentials <= y)
    double term = std::exp(-y);
    double sum = weight;
    for (int n = 1; weight > 1e-14 || n < shape * std::exp(decay * time); ++n) {
      weight *= (shape + n - 1) / n * -std::expm1(-decay * time);
      reached -= term;
      term *= y / n;
      sum += weight * std::max(reached, 0.0);
    }
    return sum;
  }
  // The atom is spread evenly over the probabilities it stands for.
  double p_value(const std::vector<double>& sample) const {
    RandomStream spread(1, Purpose::user);
    std::vector<double> uniform;
    for (const double x : sample) {
      const bool none = x <= least() * (1.0 + 1e-9) + 1e-12;
      uniform.push_back(none ? spread.uniform() * silent() : cdf(x));
    }
    return support::ks_p_value(uniform, [](double u) { return u; });
  }
};

// p-value of mRNA of model (1), or of protein of model (3), from given levels after a time.
double transient_p_value(const OneGene& gene, const OneGene& simulated, bool protein, double start, double time) {
  CellState state = CellState::zero(2);
  (protein ? state.protein : state.mrna)[1] = start;
  std::vector<double> sample;
  const auto draw_from = [&](auto process) {
    for (std::uint64_t c = 0; c < 40000; ++c) {
      process.reset(RandomStream(6, Purpose::cell, c), 0.0, state);
      process.advance_to(time);
      sample.push_back((protein ? process.state().protein : process.state().mrna)[1]);
    }
  };
  if (protein) {
    draw_from(ProteinProcess(simulated.kinetics(), simulated.rate()));
    return ShotNoise{gene.kon, gene.d1, gene.inverse_burst * gene.d0 / gene.s1, start, time}.p_value(sample);
  }
  draw_from(BurstyProcess(simulated.kinetics(), simulated.rate()));
  return ShotNoise{gene.kon, gene.d0, gene.inverse_burst, start, time}.p_value(sample);
}

double smallest(const std::vector<double>& p_values) { return *std::min_element(p_values.begin(), p_values.end()); }

}  // namespace

TEST_CASE("stationary mRNA of one gene is Gamma of shape kon over d0 and rate koff over s0" * support::large_sample()) {
  const OneGene gene;
  const auto ks = [&](const OneGene& simulated) {
    const boost::math::gamma_distribution<double> law(gene.kon / gene.d0, 1.0 / gene.inverse_burst);
    return support::ks_p_value(draw(simulated, 15.0, 40000, 1).mrna,
                               [&](double x) { return boost::math::cdf(law, std::max(x, 0.0)); });
  };
  CHECK(ks(gene) > support::false_alarm);
  CHECK(ks({.kon = 2.1}) < support::false_alarm);
  CHECK(ks({.d0 = 1.05}) < support::false_alarm);
  CHECK(ks({.inverse_burst = 0.021}) < support::false_alarm);
}

TEST_CASE("transient moments of one gene follow the closed forms" * support::large_sample()) {
  for (const double d1 : {0.2, 1.0, 1.0 + 1e-9}) {
    for (const double time : {0.6, 3.0}) {
      CAPTURE(d1);
      CAPTURE(time);
      OneGene gene;
      gene.d1 = d1;
      for (const double p : moment_p_values(draw(gene, time, 200000, 2), gene, time)) CHECK(p > support::false_alarm);
    }
  }
}

TEST_CASE("a five per cent error of any parameter shows in the transient moments" * support::large_sample()) {
  const OneGene gene;
  const auto caught = [&](const OneGene& wrong) {
    return smallest(moment_p_values(draw(wrong, 3.0, 200000, 3), gene, 3.0)) < support::false_alarm;
  };
  CHECK(caught({.d0 = 1.05}));
  CHECK(caught({.d1 = 0.22}));  // three hours see little of a protein decay of 0.2: 10 %
  CHECK(caught({.s1 = 0.021}));
  CHECK(caught({.inverse_burst = 0.021}));
  CHECK(caught({.kon = 2.1}));
}

TEST_CASE("the transient law of one gene is the closed form at any time, from nothing and from a given level" *
          support::large_sample()) {
  for (const bool protein : {false, true}) {
    for (const double lives : {0.1, 0.5, 2.0}) {
      for (const double start : {0.0, protein ? 3.0 : 30.0}) {
        const double time = lives / (protein ? OneGene{}.d1 : OneGene{}.d0);
        CAPTURE(protein);
        CAPTURE(time);
        CAPTURE(start);
        CHECK(transient_p_value({}, {}, protein, start, time) > support::false_alarm);
      }
    }
  }
}

TEST_CASE("five per cent show in the transient law of one gene" * support::large_sample()) {
  CHECK(transient_p_value({}, {.kon = 2.1}, false, 0.0, 2.0) < support::false_alarm);
  CHECK(transient_p_value({}, {.inverse_burst = 0.021}, false, 0.0, 2.0) < support::false_alarm);
  CHECK(transient_p_value({}, {.d0 = 1.05}, false, 100.0, 0.5) < support::false_alarm);
  CHECK(transient_p_value({}, {.kon = 2.1}, true, 0.0, 8.0) < support::false_alarm);
  CHECK(transient_p_value({}, {.s1 = 0.021}, true, 0.0, 8.0) < support::false_alarm);
  CHECK(transient_p_value({}, {.d1 = 0.21}, true, 30.0, 2.0) < support::false_alarm);
}

TEST_CASE("stationary moments of one gene are those of the printed formulas" * support::large_sample()) {
  const OneGene gene;
  const Sample sample = draw(gene, 60.0, 100000, 4);
  const double mean_m = gene.kon / (gene.d0 * gene.inverse_burst);
  const double var_m = gene.kon / gene.d0 / (gene.inverse_burst * gene.inverse_burst);
  const double ratio = gene.s1 / gene.d1;
  const support::Mean m = support::mean(sample.mrna);
  const support::Mean p = support::mean(sample.protein);
  CHECK(support::z_p_value(m.value, mean_m, m.standard_error) > support::false_alarm);
  CHECK(support::z_p_value(p.value, ratio * mean_m, p.standard_error) > support::false_alarm);
  const double n = static_cast<double>(sample.protein.size());
  CHECK(m.standard_error * m.standard_error * n == doctest::Approx(var_m).epsilon(0.05));
  CHECK(p.standard_error * p.standard_error * n ==
        doctest::Approx(ratio * ratio * var_m * gene.d1 / (gene.d0 + gene.d1)).epsilon(0.05));
}

TEST_CASE("stationary protein of the protein-only model is Gamma of shape kon over d1 and rate c" *
          support::large_sample()) {
  const OneGene gene;
  const auto ks = [&](const OneGene& simulated) {
    ProteinProcess process(simulated.kinetics(), simulated.rate());
    std::vector<double> sample;
    for (std::uint64_t c = 0; c < 40000; ++c) {
      process.reset(RandomStream(5, Purpose::cell, c));
      process.advance_to(60.0);
      sample.push_back(process.protein()[1]);
    }
    const double c = gene.inverse_burst * gene.d0 / gene.s1;
    const boost::math::gamma_distribution<double> law(gene.kon / gene.d1, 1.0 / c);
    return support::ks_p_value(sample, [&](double x) { return boost::math::cdf(law, std::max(x, 0.0)); });
  };
  CHECK(ks(gene) > support::false_alarm);
  CHECK(ks({.d1 = 0.21}) < support::false_alarm);
  CHECK(ks({.s1 = 0.021}) < support::false_alarm);
  CHECK(ks({.kon = 2.1}) < support::false_alarm);
}
