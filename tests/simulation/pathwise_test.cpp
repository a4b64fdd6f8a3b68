// Simulation that is differentiated through its course.
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/pathwise/cells.hpp>
#include <cardamom/simulation/pathwise/linear_law.hpp>
#include <cardamom/simulation/pathwise/population.hpp>

using namespace cardamom;

namespace {

// Three genes that regulate each other at random.
template <class LinkType>
Vector some_parameters(const PathwiseLinearLaw<LinkType>& law) {
  const PathwiseLayout layout = law.layout();
  RandomStream random(1, Purpose::user);
  Vector x = Vector::Zero(layout.size());
  for (Index a = 0; a < law.genes(); ++a) {
    auto own = x.segment(layout.rate(a), layout.rate_size(a));
    for (Index j = 0; j < law.nodes(); ++j) own[j] = random.normal();
    own[law.basal_column()] = -1.0;
    own[law.low_column()] = std::log(0.1);
    own[law.high_column()] = std::log(2.0);
    x[layout.mrna_decay(a)] = std::log(0.3);
    x[layout.protein_decay(a)] = std::log(0.1);
  }
  return x;
}

// A weighted sum of the mRNA of 64 cells at three times, replayed with the chance of one course.
template <class LinkType, bool perturbed = false>
struct Course {
  Course() : decay(law.layout(), x), cells(law, decay, PathwiseProtocol{}, 0, 64) {
    for (const double level : {0.0, 1.0, 1.0}) cells.advance(8.0, 0.7, Vector::Constant(1, level));
    for (const double sign : {1.0, -2.0, 0.5}) {
      CellValues weight(64, 3);
      for (Index i = 0; i < weight.size(); ++i) weight.data()[i] = static_cast<float>(sign * random.normal());
      weights.push_back(weight);
    }
  }
  double value(const Vector& moved) const {
    PathwiseLinearLaw<LinkType> other(3, 1);
    other.set_parameters(other.layout(), moved);
    if (perturbed) perturb(other);
    const PathwiseDecay other_decay(other.layout(), moved);
    PathwiseCells<PathwiseLinearLaw<LinkType>> again(other, other_decay, PathwiseProtocol{}, 0, 64);
    again.replay(cells);
    double sum = 0.0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      sum += (weights[k].template cast<double>() * again.replayed()[k].template cast<double>()).sum();
    }
    return sum;
  }

  // One gene knocked out, one knocked down, one over-expressed.
  static void perturb(PathwiseLinearLaw<LinkType>& law) {
    law.perturb(Vector{{0.0, 0.4, 1.0}}, Vector{{0.0, 0.0, 0.15}});
  }

  RandomStream random{2, Purpose::user};
  PathwiseLinearLaw<LinkType> law = [] {
    PathwiseLinearLaw<LinkType> made(3, 1);
    made.set_parameters(made.layout(), some_parameters(made));
    if (perturbed) perturb(made);
    return made;
  }();
  Vector x = some_parameters(law);
  PathwiseDecay decay;
  PathwiseCells<PathwiseLinearLaw<LinkType>> cells;
  std::vector<CellValues> weights;
};

// Rises more steeply than the logistic link.
struct Gaussian {
  double value(double u) const { return 0.5 * std::erfc(-u * std::sqrt(0.5)); }
  double slope(double u) const { return std::exp(-0.5 * u * u) / std::sqrt(2.0 * std::acos(-1.0)); }
};

template <class LinkType, bool perturbed = false>
void check_adjoint() {
  const Course<LinkType, perturbed> course;
  const PathwiseLayout layout = course.law.layout();
  Vector gradient = Vector::Zero(layout.size());
  course.cells.backward(course.weights, layout, gradient);
  constexpr double step = 1e-2;  // single precision: smaller steps drown in rounding
  for (Index p = 0; p < layout.size(); ++p) {
    Vector up = course.x;
    Vector down = course.x;
    up[p] += step;
    down[p] -= step;
    const double difference = (course.value(up) - course.value(down)) / (2.0 * step);
    CAPTURE(p);
    CHECK(gradient[p] == doctest::Approx(difference).epsilon(2e-3).scale(gradient.cwiseAbs().maxCoeff()));
  }
}

PathwiseProtocol short_protocol(Index cells) {
  PathwiseProtocol protocol;
  protocol.observation_times = {0.0, 12.0};
  protocol.levels = Matrix::Ones(2, 1);
  protocol.levels(0, 0) = 0.0;
  protocol.burn_in = 20.0;
  protocol.cells = cells;
  protocol.seed = 5;
  return protocol;
}

}  // namespace

TEST_CASE("the adjoint is the derivative of the course with its deviations held") {
  check_adjoint<Logistic>();
  check_adjoint<Gaussian>();
  check_adjoint<Logistic, true>();
}

TEST_CASE("the derivative of the mean mRNA of an unregulated gene is that of the closed form") {
  // One gene without regulators: at rest its mean is α, so that by log α1, with α0 = 0 nearly, it is α as well; and no
  // other parameter of the rate but β moves it. 5 % off would be ten standard errors.
  PathwiseLinearLaw<> law(1, 1);
  const PathwiseLayout layout = law.layout();
  Vector x = Vector::Zero(layout.size());
  x[layout.rate(0) + law.low_column()] = std::log(1e-3);
  x[layout.rate(0) + law.high_column()] = std::log(2.0);
  x[layout.mrna_decay(0)] = std::log(0.5);
  x[layout.protein_decay(0)] = std::log(0.2);
  law.set_parameters(layout, x);
  const PathwiseDecay decay(layout, x);
  PathwiseProtocol protocol = short_protocol(20000);
  protocol.observation_times = {0.0};
  protocol.levels = Matrix::Zero(1, 1);
  protocol.burn_in = 60.0;
  protocol.longest_burn_in_step = 0.2;
  const PathwisePopulation<PathwiseLinearLaw<>> population(law, decay, protocol, Sequential{});
  const double alpha = 1e-3 + (2.0 - 1e-3) * 0.5;
  // Gamma of shape α: variance α; six standard errors.
  CHECK(std::abs(static_cast<double>(population.mrna(0).mean()) - alpha) < 6.0 * std::sqrt(alpha / 20000.0) + 1e-3);
  Vector gradient = Vector::Zero(layout.size());
  population.backward({CellValues::Constant(20000, 1, 1.0F / 20000.0F)}, layout, Sequential{}, gradient);
  CHECK(gradient[layout.rate(0) + law.high_column()] == doctest::Approx(1.0).epsilon(0.005));
  CHECK(gradient[layout.rate(0) + law.basal_column()] == doctest::Approx(2.0 * 0.25).epsilon(0.005));
}

TEST_CASE("a perturbation changes rates and leaves the scale of proteins") {
  PathwiseLinearLaw<> law(3, 1);
  const Vector x = some_parameters(law);
  law.set_parameters(law.layout(), x);
  CellValues proteins = CellValues::Constant(2, 4, 0.3F);
  CellValues before(2, 3);
  CellValues after(2, 3);
  CellValues kept(2, 3);
  law.rates(proteins, before, kept);
  law.perturb(Vector{{0.0, 0.4, 1.0}}, Vector{{0.0, 0.0, 0.15}});
  law.rates(proteins, after, kept);
  CHECK(after.col(0).isZero());
  CHECK(after(0, 1) == doctest::Approx(0.4 * before(0, 1)));
  CHECK(after(0, 2) == doctest::Approx(before(0, 2) + 0.15));
  for (Index a = 0; a < 3; ++a) CHECK(law.protein_per_burst(a) == doctest::Approx(0.5));
  law.set_parameters(law.layout(), x);
  law.rates(proteins, after, kept);
  CHECK((after == before).all());
}

TEST_CASE("simulation and derivative do not depend on the executor") {
  PathwiseLinearLaw<> law(3, 1);
  const PathwiseLayout layout = law.layout();
  const Vector x = some_parameters(law);
  law.set_parameters(layout, x);
  const PathwiseDecay decay(layout, x);
  const PathwiseProtocol protocol = short_protocol(300);
  const auto run = [&](const ExecutorRef& executor) {
    const PathwisePopulation<PathwiseLinearLaw<>> population(law, decay, protocol, executor);
    Vector gradient = Vector::Zero(layout.size());
    population.backward({CellValues::Ones(300, 3), population.mrna(1)}, layout, executor, gradient);
    return gradient;
  };
  const Threads two(2);
  const Threads eight(8);
  CHECK(run(Sequential{}) == run(two));
  CHECK(run(Sequential{}) == run(eight));
}

TEST_CASE("a protocol that cannot be is refused") {
  PathwiseProtocol protocol = short_protocol(100);
  protocol.levels = Matrix::Ones(3, 1);
  CHECK_THROWS_AS(validate(protocol, 1), std::invalid_argument);
  protocol = short_protocol(0);
  CHECK_THROWS_AS(validate(protocol, 1), std::invalid_argument);
  protocol = short_protocol(100);
  protocol.observation_times = {12.0, 0.0};
  CHECK_THROWS_AS(validate(protocol, 1), std::domain_error);
}
