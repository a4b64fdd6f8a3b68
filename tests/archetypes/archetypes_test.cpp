// The duties that no compiler checks, of the archetypes: a failure of a verb with one of them is the verb's.
#include "archetypes.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

using namespace cardamom;

TEST_CASE("the archetypes' rates stay below their bounds") {
  RandomStream random(1, Purpose::user);
  archetypes::LearnableRate learnable(3);
  learnable.set_parameters(1, Vector{{9.0, -3.0, 40.0, 0.5}});
  const archetypes::BoundedRate bounded(3);
  const archetypes::BoxBoundedRate box(3);
  for (int draw = 0; draw < 200; ++draw) {
    const Vector p{{random.uniform(), 3.0 * random.uniform(), 3.0 * random.uniform()}};
    for (Index gene = 1; gene < 3; ++gene) {
      CHECK(bounded(gene, p) <= bounded.bound(gene));
      CHECK(box(gene, p) <= box.bound(gene, 0.5 * p, p));
      CHECK(learnable(gene, p) <= learnable.bound(gene));
      CHECK(learnable(gene, p) >= 0.0);
    }
  }
  CHECK(learnable.parameters(1)[2] == 40.0);
}

TEST_CASE("the archetypes' derivatives are those of their values") {
  const archetypes::Link link(0);
  const archetypes::Loss loss(0);
  constexpr double h = 1e-5;
  for (const double u : {-5.0, -0.3, 0.0, 2.0}) {
    CHECK(link.slope(u) == doctest::Approx((link.value(u + h) - link.value(u - h)) / (2 * h)).epsilon(1e-6));
  }
  for (const double fitted : {0.05, 0.4, 0.95}) {
    const LossTerm term = loss(fitted, 0.3);
    CHECK(term.slope == doctest::Approx((loss(fitted + h, 0.3).value - loss(fitted - h, 0.3).value) / (2 * h)));
    CHECK(term.curvature ==
          doctest::Approx((loss(fitted + h, 0.3).slope - loss(fitted - h, 0.3).slope) / (2 * h)).epsilon(1e-6));
  }
}

TEST_CASE("the archetype of an executor runs every piece once and out of order") {
  std::vector<Index> order;
  for_each_index(archetypes::Executor(0), 8, [&](Index i) { order.push_back(i); });
  CHECK(order == std::vector<Index>{5, 6, 7, 2, 3, 4, 0, 1});
}

TEST_CASE("the archetype of an optimizer finds the minimum of a penalised parabola") {
  struct Parabola {
    Index size() const { return 2; }
    double operator()(const VectorIn& x, VectorOut gradient) const {
      gradient[0] = 2.0 * (x[0] - 3.0);
      gradient[1] = 2.0 * x[1] - 0.1;
      return (x[0] - 3.0) * (x[0] - 3.0) + x[1] * x[1] - 0.1 * x[1];
    }
  };
  const RowPenalty penalty{Vector::Zero(2), Vector::Ones(2), Vector::Zero(2)};
  Vector x = Vector::Ones(2);
  CHECK(archetypes::Optimizer(0).minimize(Parabola{}, penalty, x).converged());
  CHECK(x[0] == doctest::Approx(2.5));
  CHECK(x[1] == 0.0);
}

TEST_CASE("the archetype of a process does not depend on where it stops") {
  archetypes::Process straight(3);
  archetypes::Process halting(3);
  for (archetypes::Process* process : {&straight, &halting}) {
    process->reset(RandomStream(1, Purpose::cell), -1.0, CellState::zero(3));
    process->clamp(0, 1.0);
  }
  straight.advance_to(30.0);
  for (double time = -1.0; time <= 30.0; time += 0.25) halting.advance_to(time);
  CHECK(straight.mrna() == halting.mrna());
  // Both genes at rate 2 for 31 hours.
  CHECK(std::abs(straight.mrna().sum() - 124.0) < 6.0 * std::sqrt(124.0));
  CHECK(straight.protein().tail(2).sum() == doctest::Approx(0.1 * straight.mrna().sum()));
}

TEST_CASE("the archetypes' observers hear of every molecule, and leave the process alone") {
  archetypes::Process unobserved(3);
  archetypes::ObservableProcess observed(3);
  archetypes::ObservableProcess shown(3);
  for (archetypes::Process* process :
       {&unobserved, static_cast<archetypes::Process*>(&observed), static_cast<archetypes::Process*>(&shown)}) {
    process->reset(RandomStream(1, Purpose::cell), 0.0, CellState::zero(3));
    process->clamp(0, 1.0);
  }
  archetypes::Observer observer(3);
  archetypes::StateObserver with_state(3);
  unobserved.advance_to(20.0);
  observed.advance_to(20.0, observer);
  shown.advance_to(20.0, with_state);
  CHECK(observed.state().mrna == unobserved.mrna());
  CHECK(observed.state().protein == unobserved.protein());
  CHECK(observer.sizes() == unobserved.mrna());
  CHECK(static_cast<double>(observer.bursts()) == unobserved.mrna().sum());
  CHECK(with_state.sizes() == unobserved.mrna());
  // The n-th molecule of a gene finds n - 1 of them and a tenth of that in protein.
  const auto pairs = [](double n) { return 0.5 * n * (n - 1.0); };
  CHECK(with_state.before() == doctest::Approx(1.1 * (pairs(shown.mrna()[1]) + pairs(shown.mrna()[2]))));
}

TEST_CASE("the archetypes' laws draw what they say") {
  RandomStream random(2, Purpose::user);
  const archetypes::ObservationLaw law(0);
  double sum = 0.0;
  for (int draw = 0; draw < 4000; ++draw) sum += law.observe(10.0, 2.0, random);
  // Mean 0.7 · 20, variance 0.7 · 20 + 0.7 · 0.3 · 400.
  CHECK(std::abs(sum / 4000.0 - 14.0) < 5.0 * std::sqrt(98.0 / 4000.0));
  const archetypes::Family family(0);
  double total = 0.0;
  for (double x = 0.0; x < 60.0; x += 1.0) total += std::exp(family.log_density(x, 4.0, 1.0, 1.5));
  CHECK(total == doctest::Approx(1.0));
}
