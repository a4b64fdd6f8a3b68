#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/deterministic_limit.hpp>

namespace {

using namespace cardamom;

const Kinetics kinetics = Kinetics::uniform(3, 1.0, 0.2, 0.02, 0.1, 2.0);

Sigmoid toggle() {
  return {kinetics.frequency_min, kinetics.frequency_max, Vector::Zero(3),
          Network(Vector::Zero(3), std::vector<Edge>{{1, 1, 5}, {2, 2, 5}, {1, 2, -7}, {2, 1, -7}}).interactions()};
}

}  // namespace

TEST_CASE("constant rates relax exponentially to kon over c d1") {
  DeterministicLimit limit(kinetics,
                           FunctionRate(3, [](Index gene, const VectorIn&) { return gene == 1 ? 2.0 : 0.5; }));
  limit.reset(Vector{{0, 0.2, 3.0}}, -5.0);
  for (const double time : {-5.0, -4.99, -2.0, 0.0, 0.001, 7.0, 40.0}) {
    limit.advance_to(time);
    CHECK(limit.time() == time);
    const double decay = std::exp(-0.2 * (time + 5.0));
    CHECK(limit.protein()[1] == doctest::Approx(1.0 + (0.2 - 1.0) * decay).epsilon(1e-7));
    CHECK(limit.protein()[2] == doctest::Approx(0.25 + (3.0 - 0.25) * decay).epsilon(1e-7));
  }
}

TEST_CASE("the toggle switch of Table 1 comes to rest at its attractors") {
  DeterministicLimit limit(kinetics, toggle());
  limit.reset(Vector{{0, 0.6, 0.5}});
  limit.advance_to(300.0);
  CHECK(limit.protein()[1] == doctest::Approx(0.9905).epsilon(1e-4));
  CHECK(limit.protein()[2] == doctest::Approx(0.0512).epsilon(1e-3));
  Vector slope(3);
  limit.derivative(limit.protein(), slope);
  CHECK(slope.cwiseAbs().maxCoeff() < 1e-7);
}

TEST_CASE("asked times do not change the course and tolerances are kept") {
  DeterministicLimit once(kinetics, toggle());
  DeterministicLimit often(kinetics, toggle());
  DeterministicLimit fine(kinetics, toggle(), {.absolute_tolerance = 1e-13, .relative_tolerance = 1e-13});
  const Vector start{{0, 0.31, 0.3}};
  once.reset(start);
  often.reset(start);
  fine.reset(start);
  once.advance_to(20.0);
  fine.advance_to(20.0);
  for (int i = 1; i <= 200; ++i) often.advance_to(0.1 * i);
  CHECK((once.protein() - often.protein()).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((once.protein() - fine.protein()).cwiseAbs().maxCoeff() < 1e-6);
}

TEST_CASE("held proteins stay in the deterministic limit") {
  DeterministicLimit limit(kinetics, toggle());
  limit.clamp(0, 1.0);
  limit.clamp(1, 0.8);
  limit.advance_to(10.0);
  CHECK(limit.protein()[0] == 1.0);
  CHECK(limit.protein()[1] == 0.8);
  limit.release(1);
  limit.advance_to(200.0);
  CHECK(limit.protein()[1] == doctest::Approx(0.9905).epsilon(1e-4));
}

TEST_CASE("the deterministic limit refuses what it cannot integrate") {
  DeterministicLimit wrong(kinetics, FunctionRate(3, [](Index, const VectorIn&) { return -1.0; }));
  CHECK_THROWS_WITH_AS(wrong.advance_to(1.0), "rate(1, protein) is -1, must be finite and >= 0", NumericalError);
  DeterministicLimit limit(kinetics, toggle());
  limit.advance_to(1.0);
  CHECK_THROWS_WITH_AS(limit.advance_to(0.5), "advance_to: time is 0.5, must be at least the current time 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(limit.reset(Vector::Zero(2)), "reset: protein has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(DeterministicLimit(kinetics, toggle(), {.absolute_tolerance = 0}),
                       "DeterministicLimit: options.absolute_tolerance is 0, must be finite and > 0",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(DeterministicLimit(Kinetics::uniform(2, 1, 1, 1, 0, 1), toggle()),
                       "DeterministicLimit: kinetics has size 2, must be 3", std::invalid_argument);
}
