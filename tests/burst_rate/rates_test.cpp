// Laws every shipped burst rate keeps, and what each refuses.
#include <cmath>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/hill.hpp>
#include <cardamom/burst_rate/parametric_rate.hpp>
#include <cardamom/burst_rate/perceptron.hpp>
#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/core/random.hpp>
#include <support/burst_rates.hpp>
#include <support/throws.hpp>

namespace {

using namespace cardamom;

using support::hill;
using support::k0;
using support::k1;
using support::perceptron;
using support::sigmoid_rate;

// Random boxes: 0 <= rate <= bound(box) <= about bound; the gradient is that of central differences; only regulators
// matter.
template <class Rate>
void check_laws(const Rate& rate) {
  RandomStream stream(2, Purpose::user);
  const Index genes = rate.nodes();
  for (int trial = 0; trial < 200; ++trial) {
    Vector lower(genes);
    Vector upper(genes);
    Vector inside(genes);
    for (Index j = 0; j < genes; ++j) {
      lower[j] = trial % 5 == 0 ? 0.0 : 2.0 * stream.uniform();
      upper[j] = lower[j] + stream.uniform();
      inside[j] = lower[j] + stream.uniform() * (upper[j] - lower[j]);
    }
    for (Index i = 1; i < genes; ++i) {
      const double value = rate(i, inside);
      CHECK(value >= 0.0);
      CHECK(value <= rate.bound(i, lower, upper) * (1 + 1e-12));
      CHECK(rate.bound(i, lower, upper) <= rate.bound(i) * (1 + 1e-12));
      CHECK(rate.bound(i, inside, inside) == doctest::Approx(value).epsilon(1e-12));

      Vector gradient(genes);
      rate.gradient(i, inside, gradient);
      Vector other = inside;
      for (Index j = 0; j < genes; ++j) {
        const double h = 1e-6;
        Vector up = inside;
        Vector down = inside;
        up[j] += h;
        down[j] -= h;
        CHECK(gradient[j] == doctest::Approx((rate(i, up) - rate(i, down)) / (2 * h)).epsilon(1e-5).scale(1e-2));
        bool regulates = true;
        if constexpr (SparseBurstRate<Rate>) {
          regulates = false;
          for (const auto r : rate.regulators(i)) regulates = regulates || r == j;
        }
        if (!regulates) other[j] = std::nan("");
      }
      CHECK(rate(i, other) == value);
    }
  }
}

}  // namespace

TEST_CASE("Hill keeps the laws of a burst rate") { check_laws(hill()); }
TEST_CASE("Perceptron keeps the laws of a burst rate") { check_laws(perceptron()); }
TEST_CASE("Sigmoid keeps the laws of a burst rate") { check_laws(sigmoid_rate()); }
TEST_CASE("a perturbed rate keeps the laws of a burst rate") {
  check_laws(perturb(hill(), {knock_down(1, 0.3), over_express(2, 0.7), knock_out(3)}));
  check_laws(perturb(sigmoid_rate(), {knock_down(1, 0.3), over_express(2, 0.7), knock_out(3)}));
}

TEST_CASE("Hill responses multiply") {
  const Vector protein{{1.0, 0.3, 0.5, 9.0}};
  const double activation = 1.0 / (1.0 + 0.4);  // (1/0.4)/(1 + 1/0.4)
  const double repression = 0.5;                // at half effect
  CHECK(hill()(1, protein) == doctest::Approx(0.1 + 1.9 * activation * repression).epsilon(1e-14));
  CHECK(hill()(3, protein) == doctest::Approx(0.3).epsilon(1e-14));
  CHECK(hill()(2, Vector::Zero(4)) == 0.0);
  CHECK(hill()(1, Vector{{1e300, 0, 0, 0}}) == doctest::Approx(2.0).epsilon(1e-14));
  CHECK(hill()(1, Vector{{1, 0, 1e300, 0}}) == doctest::Approx(0.1).epsilon(1e-14));
  Vector gradient(4);
  hill().gradient(1, Vector::Zero(4), gradient);
  CHECK(gradient[0] == doctest::Approx(1.9 / 0.4).epsilon(1e-12));
  hill().gradient(2, Vector::Zero(4), gradient);
  CHECK(gradient == Vector::Zero(4));
}

TEST_CASE("a perceptron without hidden units is constant and one unit is a plain formula") {
  std::vector<PerceptronGene> nets(2);
  nets[1].offset = 0.7;
  CHECK(Perceptron(Vector{{0, 1}}, Vector{{0, 3}}, nets)(1, Vector{{1, 5}}) ==
        doctest::Approx(1 + 2 * logistic(0.7)).epsilon(1e-14));
  nets[1] = {Matrix{{0.5, -1.0}}, Vector{{0.2}}, Vector{{3.0}}, -1.0};
  CHECK(Perceptron(Vector{{0, 1}}, Vector{{0, 3}}, nets)(1, Vector{{1, 0.4}}) ==
        doctest::Approx(1 + 2 * logistic(-1.0 + 3.0 * std::tanh(0.2 + 0.5 - 0.4))).epsilon(1e-14));
}

TEST_CASE("a perceptron's parameters go in and out and have the gradient of finite differences") {
  Perceptron rate = perceptron();
  const Vector protein{{1.0, 0.3, 0.5, 0.1}};
  const Vector x = rate.parameters(1);
  Vector gradient(x.size());
  rate.parameter_gradient(1, protein, gradient);
  for (Index p = 0; p < x.size(); ++p) {
    const double h = 1e-6;
    const auto moved = [&](double step) {
      Vector y = x;
      y[p] += step;
      rate.set_parameters(1, y);
      return rate(1, protein);
    };
    CHECK(gradient[p] == doctest::Approx((moved(h) - moved(-h)) / (2 * h)).epsilon(1e-5).scale(1e-2));
  }
  rate.set_parameters(1, x);
  CHECK(rate.parameters(1) == x);
  CHECK(rate(1, protein) == perceptron()(1, protein));
  CHECK(rate.parameters(3).size() == 1);  // no hidden unit: the offset alone
  Vector constant(1);
  rate.parameter_gradient(3, protein, constant);
  CHECK(constant[0] == 0.0);  // k0 = k1
}

TEST_CASE("a sigmoid link reaches a rate exactly when its value does") {
  const Sigmoid rate = sigmoid_rate();
  RandomStream stream(3, Purpose::user);
  for (int trial = 0; trial < 20000; ++trial) {
    const Index gene = 1 + stream.below(3);
    const double argument = 12.0 * stream.normal();
    const double value = rate.link(gene, argument);
    const double level = trial % 2 == 0 ? value * (1.0 + 0.01 * stream.normal()) : 1.1 * k1[gene] * stream.uniform();
    if (std::abs(level - value) > 1e-12) CHECK(rate.link_reaches(gene, argument, level) == (value >= level));
  }
  CHECK(rate.link_reaches(1, -800.0, 0.1));
  CHECK(!rate.link_reaches(1, -800.0, 0.2));
  CHECK(rate.link_reaches(1, 800.0, 1.999));
}

TEST_CASE("perturbations change the rate of their gene alone and keep a Sigmoid a Sigmoid") {
  const Vector protein{{1.0, 0.3, 0.5, 0.1}};
  const Sigmoid wild = sigmoid_rate();
  const Sigmoid mutant = perturb(wild, {knock_out(1), over_express(2, 0.25), knock_down(2, 0.5)});
  CHECK(mutant(1, protein) == 0.0);
  CHECK(mutant(2, protein) == doctest::Approx(0.5 * (wild(2, protein) + 0.25)).epsilon(1e-14));
  CHECK(mutant(3, protein) == wild(3, protein));
  static_assert(LinkedBurstRate<Sigmoid>);
  const auto other = perturb(hill(), {knock_out(1)});
  CHECK(other(1, protein) == 0.0);
  CHECK(other(2, protein) == hill()(2, protein));
  CHECK_THROWS_WITH_AS(std::ignore = perturb(wild, {knock_out(4)}), "perturb: gene is 4, must be in [0, 4)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(std::ignore = perturb(wild, {knock_out(0)}), "perturb: gene is 0, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(std::ignore = perturb(wild, {{1, -1.0, 0.0}}), "perturb: factor is -1, must be in [0, 1e+06]",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = knock_down(1, 1.5), "knock_down: remaining is 1.5, must be in [0, 1]",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = over_express(1, -1), "over_express: extra is -1, must be in [0, 1e+06]",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = over_express(1, 1e300), "over_express: extra is 1e+300, must be in [0, 1e+06]",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(std::ignore = perturb(wild, {{1, 1.0, 1e300}}),
                       "perturb: extra is 1e+300, must be in [0, 1e+06]", std::domain_error);
}

TEST_CASE("Hill and Perceptron refuse what makes no sense") {
  CHECK_THROWS_WITH_AS(Hill(k0, k1, {{4, 1, 1, 1}}), "Hill: edges[0].source is 4, must be in [0, 4)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Hill(k0, k1, {{1, 0, 1, 1}}), "Hill: edges[0].target is 0, an input, which has no regulators",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Hill(k0, k1, {{1, 1, 0, 1}}), "Hill: edges[0].half is 0, must be finite and > 0",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(Hill(k0, k1, {{1, 1, 1, 0.5}}), "Hill: edges[0].exponent is 0.5, must be >= 1 or <= -1",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(Hill(k1, k0, {}), "Hill: frequency_min[1] is 2, must be in [0, 0.1]", std::domain_error);
  CHECK_THROWS_WITH_AS(Hill(Vector::Zero(2), k1, {}), "Hill: frequency_min has size 2, must be 4",
                       std::invalid_argument);
  std::vector<PerceptronGene> nets(4);
  CHECK_THROWS_WITH_AS(Perceptron(k0, k1, std::vector<PerceptronGene>(3)), "Perceptron: networks has size 3, must be 4",
                       std::invalid_argument);
  nets[2] = {Matrix::Zero(1, 3), Vector::Zero(1), Vector::Zero(1)};
  CHECK_THROWS_WITH_AS(Perceptron(k0, k1, nets), "Perceptron: networks[2].hidden is 1 x 3, must be 1 x 4",
                       std::invalid_argument);
  nets[2] = {Matrix::Constant(1, 4, std::nan("")), Vector::Zero(1), Vector::Zero(1)};
  CHECK_THROWS_AS(Perceptron(k0, k1, nets), std::domain_error);
}

namespace {

// Three proteins that count how often they are computed.
struct CountingProteins {
  mutable int computed = 0;
  double protein(Index gene) const {
    ++computed;
    return 10.0 * static_cast<double>(gene);
  }
};

// As users write theirs.
struct Lazy {
  Index nodes() const { return 3; }
  double operator()(Index gene, const auto& protein) const { return protein[gene] / (1.0 + protein[gene]); }
  double bound(Index) const { return 1.0; }
};

}  // namespace

TEST_CASE("a gradient is written where there is room for it") {
  Vector out;
  const Vector protein = Vector::Ones(4);
  const auto refused = [&](const auto& rate) {
    support::check_throws<std::invalid_argument>([&] { rate.gradient(2, protein, out); },
                                                 {"::gradient: out has size 0, must be 4"});
  };
  refused(hill());
  refused(sigmoid_rate());
  refused(perceptron());
  refused(perturb(sigmoid_rate(), {knock_down(1, 0.3)}));
  CHECK_THROWS_AS(perceptron().parameter_gradient(2, protein, out), std::invalid_argument);
  CHECK_THROWS_AS(sigmoid_rate().parameter_gradient(2, protein, out), std::invalid_argument);
}

TEST_CASE("a view computes what is read and is an Eigen expression") {
  const CountingProteins proteins;
  const auto view = detail::view_of(proteins, 3);
  CHECK(view.size() == 3);
  CHECK(proteins.computed == 0);
  CHECK(view[2] == 20.0);
  CHECK(proteins.computed == 1);
  const auto copy = view;
  CHECK(copy[1] == 10.0);
  CHECK(proteins.computed == 2);
  CHECK(view.head(2).sum() == 10.0);
  CHECK(proteins.computed == 4);
  CHECK(view.dot(Vector{{1, 2, 3}}) == 80.0);
  CHECK(Vector(view) == Vector{{0, 10, 20}});
  const auto whole = [](const VectorIn& all) { return all.sum(); };
  CHECK(whole(view) == 30.0);
}

TEST_CASE("a rate reads from views when its call operator says so, and only then") {
  const auto generic = [](Index gene, const auto& p) { return 1.0 / (1.0 + p[gene]); };
  const auto whole = [](Index gene, const VectorIn& p) { return 1.0 / (1.0 + p[gene]); };
  const BoundedFunctionRate lazy(generic, Vector{{0, 1, 1}});
  const SparseFunctionRate sparse(generic, Vector{{0, 1, 1}}, {{}, {1}, {2}});
  const auto perturbed = perturb(lazy, {knock_down(2, 0.5)});
  static_assert(LazyBurstRate<Lazy> && LazyBurstRate<decltype(lazy)> && LazyBurstRate<decltype(sparse)>);
  static_assert(LazyBurstRate<decltype(perturbed)> && SparseBurstRate<decltype(sparse)>);
  static_assert(!LazyBurstRate<decltype(BoundedFunctionRate(whole, Vector()))>);
  static_assert(!LazyBurstRate<decltype(perturb(sigmoid_rate(), {}))> && !LazyBurstRate<Hill>);
  static_assert(!LazyBurstRate<decltype(perturb(hill(), {}))>);

  const CountingProteins proteins;
  const Vector same{{0, 10, 20}};
  CHECK(lazy(1, detail::view_of(proteins, 3)) == lazy(1, same));
  CHECK(perturbed(2, detail::view_of(proteins, 3)) == perturbed(2, same));
  CHECK(perturbed(2, same) == 0.5 / 21.0);
  CHECK(proteins.computed == 2);
}

TEST_CASE("a function that names its regulators is a sparse rate") {
  const auto f = [](Index gene, const VectorIn& p) { return gene == 1 ? 1.0 : p[1] / (1.0 + p[1]); };
  const SparseFunctionRate rate(f, Vector{{0, 1, 1}}, {{}, {}, {1}});
  static_assert(SparseBurstRate<decltype(rate)> && BoundedBurstRate<decltype(rate)>);
  CHECK(rate.regulators(2).size() == 1);
  CHECK(rate(2, Vector{{0, 1, 0}}) == 0.5);
  CHECK_THROWS_WITH_AS(SparseFunctionRate(f, Vector{{0, 1, 1}}, {{}, {}, {3}}),
                       "SparseFunctionRate: regulators[2] is 3, must be in [0, 3)", std::invalid_argument);
  CHECK_THROWS_WITH_AS(SparseFunctionRate(f, Vector{{0, 1, 1}}, {{}, {}}),
                       "SparseFunctionRate: regulators has size 2, must be 3", std::invalid_argument);
}

TEST_CASE("rates say which nodes are inputs, and ignore what stands there") {
  const Vector bounds{{-1.0, -1.0, 1.0}};
  const auto f = [](Index, const VectorIn& p) { return p[0] * p[1]; };
  const auto g = [](Index, const VectorIn& p, const VectorIn& x) { return p[0] * x[0]; };
  CHECK(inputs_of(FunctionRate(3, f, 2)) == 2);
  CHECK(inputs_of(BoundedFunctionRate(f, bounds, 2)) == 2);
  CHECK(inputs_of(SparseFunctionRate(f, bounds, {{7}, {7}, {0, 1}}, 2)) == 2);
  CHECK(inputs_of(ParametricRate(g, bounds, {Vector(), Vector(), Vector::Ones(1)}, 2)) == 2);
  CHECK(inputs_of(Hill(bounds, bounds, {{0, 2, 1, 1}}, 2)) == 2);
  CHECK(inputs_of(Perceptron(bounds, bounds, std::vector<PerceptronGene>(3), 2)) == 2);
  CHECK(inputs_of(Lazy{}) == 1);
  CHECK_THROWS_AS(BoundedFunctionRate(f, bounds), std::domain_error);
  CHECK_THROWS_AS(FunctionRate(1, f, 2), std::invalid_argument);
  CHECK_THROWS_WITH_AS(Hill(bounds, bounds, {{0, 1, 1, 1}}, 2),
                       "Hill: edges[0].target is 1, an input, which has no regulators", std::invalid_argument);
  const auto mutant = perturb(FunctionRate(3, f, 2), {knock_out(2)});
  CHECK(inputs_of(mutant) == 2);
  CHECK(mutant(2, Vector{{1, 1, 0}}) == 0.0);
  CHECK_THROWS_AS(std::ignore = perturb(FunctionRate(3, f, 2), {knock_out(1)}), std::invalid_argument);
  CHECK(perturb(FunctionRate(1, f, 0), {knock_out(0)}).inputs() == 0);
}
