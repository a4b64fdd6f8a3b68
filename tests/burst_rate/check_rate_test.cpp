// A rate that breaks a promise is found out, whichever it is, and errors of 5 % are enough.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/check_rate.hpp>
#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/hill.hpp>
#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/burst_rate/link.hpp>
#include <cardamom/burst_rate/parametric_rate.hpp>
#include <cardamom/burst_rate/perceptron.hpp>
#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/core/random.hpp>
#include <support/burst_rates.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

using support::hill;
using support::k0;
using support::k1;
using support::perceptron;
using support::sigmoid_rate;

/// Faults of `Faulty`, each a factor or an amount.
struct Faults {
  double bound = 1.0;
  double box_bound = 1.0;
  double gradient = 1.0;   // of gene 2 with respect to gene 1
  double lazy = 1.0;       // of what views give
  double link = 1.0;       // of rate.link
  double parameter = 1.0;  // of the gradient in the second parameter
  double kept = 1.0;       // of the first parameter, as it is set
  double unlisted = 0.0;   // a hidden dependence of gene 1 on gene 3
  Index regulator = 1;     // of gene 2
  double falling = 0.0;    // a link that falls there
};

/// The paper's rate on every rung of the ladder, in which one thing is wrong.
class Faulty {
 public:
  explicit Faulty(Faults faults) : faults_(faults), basal_{{0, -1, 0.5, 0}}, theta_(4, 4) {
    theta_.insert(1, 0) = 2.0;
    theta_.insert(1, 2) = -4.0;
    theta_.insert(2, 1) = 3.0;
    theta_.makeCompressed();
  }
  Index nodes() const { return 4; }
  double operator()(Index gene, const VectorIn& protein) const { return value(gene, protein); }
  template <class Source>
  double operator()(Index gene, const ProteinView<Source>& protein) const {
    return faults_.lazy * value(gene, protein);
  }
  double bound(Index gene) const { return faults_.bound * k1[gene]; }
  double bound(Index gene, const VectorIn& lower, const VectorIn& upper) const {
    double u = basal_[gene] + (gene == 1 ? faults_.unlisted : 0.0);
    for (SparseMatrix::InnerIterator e(theta_, gene); e; ++e) {
      u += e.value() * (e.value() > 0.0 ? upper : lower)[e.col()];
    }
    return faults_.box_bound * sigmoid(gene, u) * (1.0 + 1e-12);
  }
  std::vector<Index> regulators(Index gene) const {
    if (gene == 1) return {0, 2};
    if (gene == 2) return {faults_.regulator};
    return {};
  }
  const Vector& basal() const { return basal_; }
  const SparseMatrix& interactions() const { return theta_; }
  double link(Index gene, double u) const { return faults_.link * sigmoid(gene, u); }
  void gradient(Index gene, const VectorIn& protein, VectorOut out) const {
    out.setZero();
    const double s = logistic(argument(gene, protein));
    for (SparseMatrix::InnerIterator e(theta_, gene); e; ++e) {
      out[e.col()] = e.value() * (k1[gene] - k0[gene]) * s * (1.0 - s);
    }
    if (gene == 2) out[1] *= faults_.gradient;
  }
  Vector parameters(Index gene) const {
    Vector x(5);
    x << basal_[gene], Vector(theta_.row(gene));
    return x;
  }
  void set_parameters(Index gene, const VectorIn& x) {
    basal_[gene] = faults_.kept * x[0];
    for (Index j = 0; j < 4; ++j) theta_.coeffRef(gene, j) = x[1 + j];
  }
  void parameter_gradient(Index gene, const VectorIn& protein, VectorOut out) const {
    const double s = logistic(argument(gene, protein));
    out << 1.0, protein;
    out *= (k1[gene] - k0[gene]) * s * (1.0 - s);
    out[1] *= faults_.parameter;
  }

 private:
  double argument(Index gene, const auto& protein) const {
    double u = basal_[gene];
    for (SparseMatrix::InnerIterator e(theta_, gene); e; ++e) u += e.value() * protein[e.col()];
    return u;
  }
  double value(Index gene, const auto& protein) const {
    double u = argument(gene, protein);
    if (gene == 1 && faults_.unlisted != 0.0) u += faults_.unlisted * protein[3] / (1.0 + protein[3]);
    return sigmoid(gene, u);
  }
  double sigmoid(Index gene, double u) const {
    const double s = u > 1.0 ? logistic(1.0 + (1.0 - faults_.falling) * (u - 1.0)) : logistic(u);
    return k0[gene] + (k1[gene] - k0[gene]) * s;
  }

  Faults faults_;
  Vector basal_;
  SparseMatrix theta_;
};
static_assert(ConstantBoundBurstRate<Faulty> && BoxBoundBurstRate<Faulty> && LazyBurstRate<Faulty>);
static_assert(SparseBurstRate<Faulty> && LinkedBurstRate<Faulty> && DifferentiableBurstRate<Faulty>);
static_assert(ParameterGradientBurstRate<Faulty>);

/// A bound that reads a node which is no regulator.
struct StrayBound {
  Index nodes() const { return 3; }
  double operator()(Index, const VectorIn& protein) const { return protein[0] / (1.0 + protein[0]); }
  double bound(Index, const VectorIn&, const VectorIn& upper) const {
    return (upper[2] > 0.0 ? 1.0 : 0.95) * upper[0] / (1.0 + upper[0]);
  }
  std::vector<Index> regulators(Index) const { return {0}; }
};

/// A link whose comparison is off by 5 %.
struct Misjudging : Logistic {
  bool reaches(double u, double above, double below) const { return value(u) >= 1.05 * above / (above + below); }
};

void check_caught(const Faults& faults, std::initializer_list<std::string_view> parts) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    support::check_throws<NumericalError>([&] { check_rate(Faulty(faults), {.seed = seed}); }, parts);
  }
}

template <class Function>
void check_function_caught(Function function, std::initializer_list<std::string_view> parts) {
  support::check_throws<NumericalError>([&] { check_rate(FunctionRate(4, function)); }, parts);
}

}  // namespace

TEST_CASE("shipped rates keep their promises") {
  check_rate(hill());
  check_rate(sigmoid_rate());
  check_rate(perceptron());
  check_rate(perturb(hill(), {knock_down(1, 0.3), over_express(2, 0.7), knock_out(3)}));
  const auto kon = [](Index, const auto& p) { return 0.1 + p[1] / (1.0 + p[1]); };
  // What the rate within does not have is no member of a wrong signature.
  check_rate(perturb(FunctionRate(4, kon), {knock_down(1, 0.3)}));
  check_rate(FunctionRate(4, kon));
  check_rate(SparseFunctionRate(kon, Vector::Constant(4, 1.1), {{}, {1}, {1}, {1}}));
  check_rate(BoundedFunctionRate([](Index, const VectorIn& p) { return std::min(p[1], 1.0); }, Vector::Ones(4)));
  check_rate(ParametricRate([](Index, const VectorIn& p, const VectorIn& x) { return logistic(x.dot(p)); },
                            Vector::Ones(4), std::vector<Vector>(4, Vector::Zero(4))));
  check_rate(Faulty(Faults{}));
  check_rate(FunctionRate(1, kon));  // an input and no gene
}

TEST_CASE("a rate that is NaN, infinite, negative or fickle is caught") {
  check_function_caught([](Index gene, const VectorIn& p) { return gene == 2 ? std::log(p[3]) : 1.0; },
                        {"check_rate: rate(2, protein) is -", "finite and >= 0", "protein = ("});
  check_function_caught([](Index, const VectorIn& p) { return std::sqrt(1.0 - p[0]); }, {"rate(1, protein) is", "nan"});
  check_function_caught([](Index, const VectorIn& p) { return std::exp(p[1]); }, {"rate(1, protein) is inf"});
  double calls = 0.0;
  check_function_caught([&calls](Index, const VectorIn&) { return ++calls; }, {"differs from call to call"});
}

TEST_CASE("a rate that reads beyond its proteins is caught") {
  // `coeff` is what operator[] is without Eigen's assertion.
  const auto next = [](Index gene, const VectorIn& p) {
    const double level = p.coeff(gene + 1);
    return gene < 3 ? 1.0 : 2.0 * level / (1.0 + level);
  };
  check_function_caught(next, {"rate(3, protein) reads beyond the 4 levels of protein, must read nodes in [0, 4)"});
  check_function_caught([](Index gene, const VectorIn& p) { return p.coeff(2 * gene - 3) > 0.5 ? 1.0 : 0.5; },
                        {"rate(1, protein) reads beyond the 4 levels"});
}

TEST_CASE("a bound that is too low is caught") {
  check_caught({.bound = 0.95}, {"must not exceed rate.bound(", "protein = ("});
  check_caught({.box_bound = 0.95}, {"rate.bound(", ", lower, upper) of lower = ("});
  check_caught({.bound = std::numeric_limits<double>::infinity()}, {"rate.bound(1) is inf, must be finite"});
  support::check_throws<NumericalError>([] { check_rate(StrayBound{}); }, {"rate.bound(1, lower, upper) of lower"});
  // Reached at the edge of three levels at once, and slowly.
  const auto product = [](Index gene, const VectorIn& p) {
    return gene == 3 ? 2.0 / ((1.0 + p[0]) * (1.0 + p[2])) * p[1] / (0.5 + p[1]) : 1.0;
  };
  check_rate(BoundedFunctionRate(product, Vector::Constant(4, 2.0)));
  support::check_throws<NumericalError>([&] { check_rate(BoundedFunctionRate(product, Vector::Constant(4, 1.9))); },
                                        {"rate(3, protein)", "rate.bound(3), which is 1.9"});
}

TEST_CASE("a regulator that is not listed, or does not exist, is caught") {
  check_caught({.regulator = 2}, {"rate(2, protein) changes from", "with node 1, which rate.regulators(2) must list"});
  check_caught({.regulator = 4}, {"rate.regulators(2) has 4, must be a node in [0, 4)"});
  check_caught({.unlisted = 0.05}, {"rate(1, protein)", "with node 3", "rate.regulators(1)"});
}

TEST_CASE("a view that gives another value is caught") {
  check_caught({.lazy = 1.05}, {"rate(1, protein)", "of a ProteinView", "as of a VectorIn"});
}

TEST_CASE("a gradient that is wrong is caught") {
  check_caught({.gradient = 1.05}, {"rate.gradient(2, protein, out) gives out[1] = ", "differences give "});
  check_caught({.gradient = 0.95}, {"rate.gradient(2, protein, out) gives out[1] = "});
  check_caught({.gradient = std::nan("")}, {"out[1] = nan"});
}

TEST_CASE("a link that is not the rate, or falls, is caught") {
  check_caught({.link = 1.05}, {"rate.link(1, ", "must be rate(1, protein)"});
  const LinearRate<Misjudging> misjudged(Vector::Zero(2), Vector::Ones(2), Vector::Zero(2), SparseMatrix(2, 2));
  support::check_throws<NumericalError>([&] { check_rate(misjudged); }, {"rate.link_reaches(1, 0, 0.49", "is false"});
  check_caught({.box_bound = 1000.0, .falling = 2.0}, {"rate.link(", "must not exceed rate.link("});
}

TEST_CASE("parameters that do not come back and their wrong gradient are caught") {
  check_caught({.parameter = 1.05}, {"rate.parameter_gradient(", "gives out[1] = ", "differences give "});
  check_caught({.kept = 0.95}, {"rate.parameters(1) is (", "after rate.set_parameters(1, x), must be x = ("});
  // Parameters may be any: a bound that holds for those of the start alone is none.
  const auto kon = [](Index, const VectorIn& p, const VectorIn& x) { return x[0] * x[0] * p[1] / (1.0 + p[1]); };
  support::check_throws<NumericalError>(
      [&] {
        check_rate(ParametricRate(kon, Vector::Ones(2), {{}, Vector::Ones(1)}));
      },
      {"after rate.set_parameters(1, x) of x = (", "must not exceed rate.bound(1)"});
}

TEST_CASE("options of the check are checked") {
  CHECK_THROWS_AS(check_rate(hill(), {.scale = Vector::Ones(3)}), std::invalid_argument);
  CHECK_THROWS_AS(check_rate(hill(), {.scale = Vector::Zero(4)}), std::domain_error);
  CHECK_THROWS_AS(check_rate(hill(), {.boxes = 0}), std::invalid_argument);
  CHECK_THROWS_AS(check_rate(hill(), {.tolerance = 0.0}), std::domain_error);
}
