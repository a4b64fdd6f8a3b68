// One gene of constant burst rate: everything about it is known in closed form.
#include <cmath>
#include <utility>
#include <vector>

#include <boost/math/distributions/gamma.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/protein_process.hpp>
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

double smallest(const std::vector<double>& p_values) { return *std::min_element(p_values.begin(), p_values.end()); }

}  // namespace

TEST_CASE("stationary mRNA of one gene is Gamma of shape kon over d0 and rate koff over s0") {
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

TEST_CASE("transient moments of one gene follow the closed forms") {
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

TEST_CASE("a five per cent error of any parameter shows in the transient moments") {
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

TEST_CASE("stationary moments of one gene are those of the printed formulas") {
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

TEST_CASE("stationary protein of the protein-only model is Gamma of shape kon over d1 and rate c") {
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
