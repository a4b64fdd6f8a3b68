// Laws that tie the processes to each other and to the theory: Lemma 1 and the three limits.
#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/deterministic_limit.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/two_state_process.hpp>
#include <support/large_sample.hpp>
#include <support/statistics.hpp>

namespace {

using namespace cardamom;

RandomStream cell_stream(std::uint64_t seed, Index cell) {
  return {seed, Purpose::cell, static_cast<std::uint64_t>(cell)};
}

// Three components that overlap, so that cells travel between them.
GammaMixture mixture_of(Index genes) {
  Matrix shapes(3, genes);
  for (Index i = 0; i < genes; ++i) {
    shapes(0, i) = i % 2 == 0 ? 6.0 : 1.5;
    shapes(1, i) = i % 2 == 0 ? 1.2 : 5.0;
    shapes(2, i) = 2.5 + 0.3 * static_cast<double>(i);
  }
  return {Vector{{0.5, 0.3, 0.2}}, shapes, Vector::LinSpaced(genes, 4.0, 9.0)};
}

// Cells drawn from the mixture and left to the process driven by its burst rate: smallest p-value against the mixture,
// over the marginals, the differences of neighbouring genes, and the weights. `error` spoils the process's d1.
double lemma1_p_value(Index genes, double error, std::uint64_t seed) {
  const GammaMixture mixture = mixture_of(genes);
  Kinetics kinetics = Kinetics::uniform(genes, 1.0, 0.2, 1.0, 0.0, 1.0);
  kinetics.protein_decay = Vector::LinSpaced(genes, 0.15, 0.4);
  kinetics.protein_synthesis = mixture.rates().cwiseInverse();  // c = rates
  kinetics.protein_synthesis[0] = 1.0;
  const MixtureRate rate(mixture, kinetics.protein_decay);
  kinetics.protein_decay *= error;
  ProteinProcess process(kinetics, rate);

  const Index cells = 20000;
  std::vector<std::vector<double>> values(static_cast<std::size_t>(genes));
  std::vector<std::vector<double>> fresh(static_cast<std::size_t>(genes));
  std::vector<double> responsibility;
  CellState state = CellState::zero(genes);
  for (Index c = 0; c < cells; ++c) {
    RandomStream start(seed, Purpose::user, static_cast<std::uint64_t>(c));
    state.protein = mixture.sample(start);
    process.reset(cell_stream(seed, c), 0.0, state);
    process.advance_to(8.0);
    const Vector independent = mixture.sample(start);
    for (Index i = 1; i < genes; ++i) {
      values[static_cast<std::size_t>(i)].push_back(process.protein()[i]);
      fresh[static_cast<std::size_t>(i)].push_back(independent[i]);
    }
    responsibility.push_back(mixture.responsibilities(process.protein())[0]);
  }
  const support::Mean weight = support::mean(responsibility);
  double p = support::z_p_value(weight.value, mixture.weights()[0], weight.standard_error);
  for (Index i = 1; i < genes; ++i) {
    const auto place = static_cast<std::size_t>(i);
    p = std::min(
        p, support::ks_p_value(values[place], [&](double x) { return mixture.marginal_cdf(i, std::max(x, 0.0)); }));
    if (i == 1) continue;
    std::vector<double> a = values[place];
    std::vector<double> b = fresh[place];
    for (std::size_t c = 0; c < a.size(); ++c) {
      a[c] -= values[place - 1][c];
      b[c] -= fresh[place - 1][c];
    }
    p = std::min(p, support::ks_two_sample_p_value(a, b));
  }
  return p;
}

// mRNA (when the process has any) and protein of gene 1 and 2 at time 12, from zero.
template <class Process>
std::vector<std::vector<double>> sample(Process process, Index cells, std::uint64_t seed, bool with_mrna) {
  std::vector<std::vector<double>> values(4);
  for (Index c = 0; c < cells; ++c) {
    process.reset(cell_stream(seed, c));
    process.clamp(0, 1.0);
    process.advance_to(12.0);
    const CellState& state = process.state();
    for (Index i = 1; i < 3; ++i) {
      values[static_cast<std::size_t>(2 * i - 2)].push_back(state.protein[i]);
      if (with_mrna) values[static_cast<std::size_t>(2 * i - 1)].push_back(state.mrna[i]);
    }
  }
  return values;
}

double smallest_p(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b) {
  double p = 1.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!a[i].empty()) p = std::min(p, support::ks_two_sample_p_value(a[i], b[i]));
  }
  return p;
}

// The stimulus excites gene 1, which excites gene 2, which represses gene 1.
Model loop() {
  return make_model(paper_kinetics(3),
                    Network(Vector{{0, -2, -3}}, std::vector<Edge>{{0, 1, 4}, {1, 2, 6}, {2, 1, -3}}));
}

}  // namespace

TEST_CASE("Lemma 1: the protein process driven by a mixture's burst rate keeps the mixture in two genes") {
  CHECK(lemma1_p_value(3, 1.0, 1) > support::false_alarm);
  CHECK(lemma1_p_value(3, 1.05, 1) < support::false_alarm);
}

TEST_CASE("Lemma 1: the protein process driven by a mixture's burst rate keeps the mixture in five genes" *
          support::large_sample()) {
  CHECK(lemma1_p_value(6, 1.0, 2) > support::false_alarm);
  CHECK(lemma1_p_value(6, 1.05, 2) < support::false_alarm);
}

TEST_CASE("the two-state promoter becomes the bursty process as koff grows") {
  const Model model = loop();
  const Index cells = 12000;
  const auto two_state = [&](double off_rate, double error) {
    Kinetics kinetics = model.kinetics;
    kinetics.inverse_burst_size *= error;
    return sample(TwoStateProcess(kinetics, Vector::Constant(3, off_rate), model.rate), cells, 1, true);
  };
  const auto bursty = sample(BurstyProcess(model.kinetics, model.rate), cells, 2, true);
  CHECK(smallest_p(two_state(2000.0, 1.0), bursty) > support::false_alarm);
  CHECK(smallest_p(two_state(2000.0, 1.05), bursty) < support::false_alarm);
  CHECK(smallest_p(two_state(2.0, 1.0), bursty) < support::false_alarm);
}

TEST_CASE("a lone promoter has the moments of the telegraph model") {
  // kon 0.8, koff 1.5, s0 = 30, d0 = 1: on with probability p = kon/(kon + koff), E M = p s0/d0,
  // Var M = (s0/d0)² p (1 − p) d0/(d0 + kon + koff).
  const double kon = 0.8;
  const double koff = 1.5;
  Kinetics kinetics = Kinetics::uniform(2, 1.0, 0.2, koff / 30.0, 0.0, 2.0);
  TwoStateProcess process(kinetics, Vector::Constant(2, koff),
                          BoundedFunctionRate([=](Index, const VectorIn&) { return kon; }, Vector{{0, 1}}));
  std::vector<double> on;
  std::vector<double> mrna;
  std::vector<double> square;
  const double share = kon / (kon + koff);
  for (Index c = 0; c < 60000; ++c) {
    process.reset(cell_stream(3, c));
    process.advance_to(14.0);
    on.push_back(process.is_on(1));
    mrna.push_back(process.mrna()[1]);
    square.push_back(std::pow(process.mrna()[1] - 30.0 * share, 2));
  }
  const auto p = [](const std::vector<double>& values, double expected) {
    const support::Mean mean = support::mean(values);
    return support::z_p_value(mean.value, expected, mean.standard_error);
  };
  CHECK(p(on, share) > support::false_alarm);
  CHECK(p(mrna, 30.0 * share) > support::false_alarm);
  CHECK(p(square, 900.0 * share * (1 - share) / (1.0 + kon + koff)) > support::false_alarm);
  CHECK(p(mrna, 30.0 * share * 1.05) < support::false_alarm);
  CHECK(p(square, 1.05 * 900.0 * share * (1 - share) / (1.0 + kon + koff)) < support::false_alarm);
}

TEST_CASE("the bursty process becomes the protein-only one as mRNA gets fast") {
  const Model model = loop();
  const Index cells = 12000;
  const auto bursty = [&](double ratio, double error) {
    // c = (koff/s0) d0/s1 stays as it is.
    Kinetics kinetics = model.kinetics;
    kinetics.protein_synthesis *= ratio * 0.2 / 1.0 * error;
    kinetics.mrna_decay.setConstant(0.2 * ratio);
    return sample(BurstyProcess(kinetics, model.rate), cells, 1, false);
  };
  const auto protein = sample(ProteinProcess(model.kinetics, model.rate), cells, 2, false);
  CHECK(smallest_p(bursty(1000.0, 1.0), protein) > support::false_alarm);
  CHECK(smallest_p(bursty(1000.0, 1.05), protein) < support::false_alarm);
  CHECK(smallest_p(bursty(2.0, 1.0), protein) < support::false_alarm);
}

TEST_CASE("bursty proteins follow the deterministic limit as the noise scale vanishes" * support::large_sample()) {
  const Model model = toggle_switch();
  const Vector start{{0, 0.6, 0.3}};
  DeterministicLimit limit(model.kinetics, model.rate);
  limit.reset(start);
  limit.advance_to(12.0);

  // Mean squared distance from (4) at t = 12 for bursts `factor` times as frequent and as small: proportional to ε, the
  // mRNA's own lag being taken away by d0 growing alike.
  const auto distance = [&](double factor, auto make) {
    Kinetics kinetics = model.kinetics;
    kinetics.frequency_min *= factor;
    kinetics.frequency_max *= factor;
    kinetics.inverse_burst_size *= factor;
    auto process = make(kinetics, Sigmoid(kinetics.frequency_min, kinetics.frequency_max, model.network().basal(),
                                          model.network().interactions()));
    CellState state = CellState::zero(3);
    state.protein = start;
    double sum = 0.0;
    const Index cells = 200;
    for (Index c = 0; c < cells; ++c) {
      process.reset(cell_stream(4, c), 0.0, state);
      process.advance_to(12.0);
      sum += (process.protein() - limit.protein()).squaredNorm();
    }
    return sum / static_cast<double>(cells);
  };
  const auto protein = [](const Kinetics& k, const Sigmoid& r) { return ProteinProcess(k, r); };
  const auto bursty = [](Kinetics k, const Sigmoid& r) {
    k.mrna_decay *= 2000.0;
    k.protein_synthesis *= 2000.0;
    return BurstyProcess(k, r);
  };
  const double coarse = distance(40.0, protein);
  const double fine = distance(400.0, protein);
  CHECK(fine < 3e-3);
  CHECK(fine / coarse == doctest::Approx(0.1).epsilon(0.3));
  CHECK(distance(400.0, bursty) == doctest::Approx(fine).epsilon(0.3));
}
