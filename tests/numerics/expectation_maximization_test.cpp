#include <algorithm>
#include <cmath>
#include <utility>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/numerics/expectation_maximization.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>

using namespace cardamom;

namespace {

/// Two Poisson laws of unknown means; slow, because they overlap.
struct TwoPoissons {
  struct State {
    Vector weights;
    Vector means;
  };

  explicit TwoPoissons(const Vector& counts) : x(counts), responsibilities(counts.size(), 2) {
    for (Index i = 0; i < x.size(); ++i) responsibilities.row(i) << (x[i] > 5.0 ? 0.3 : 0.7), (x[i] > 5.0 ? 0.7 : 0.3);
  }

  State maximise(const State&) {
    ++steps;
    const Vector cells = responsibilities.colwise().sum();
    return {cells / static_cast<double>(x.size()), (responsibilities.transpose() * x).cwiseQuotient(cells)};
  }
  double expect(const State& state) {
    for (Index z = 0; z < 2; ++z) {
      for (Index i = 0; i < x.size(); ++i) {
        responsibilities(i, z) = std::log(state.weights[z]) + x[i] * std::log(state.means[z]) - state.means[z];
      }
    }
    return softmax_rows(responsibilities).sum();
  }

  Vector x;
  Matrix responsibilities;
  int steps = 0;
};

struct Accelerated : TwoPoissons {
  using TwoPoissons::TwoPoissons;
  State extrapolate(const State& zero, const State& one, const State& two) const {
    const auto logs = [](const State& state) {
      Vector result(4);
      result << state.weights.array().log(), state.means.array().log();
      return result;
    };
    const Vector r = logs(one) - logs(zero);
    const Vector v = logs(two) - logs(one) - r;
    const double length = std::max(1.0, r.norm() / v.norm());
    const Vector moved = (logs(zero) + 2.0 * length * r + length * length * v).array().exp();
    State result{moved.head(2) / moved.head(2).sum(), moved.tail(2)};
    return result;
  }
};

static_assert(EmProblem<TwoPoissons> && !ExtrapolatingEmProblem<TwoPoissons> && ExtrapolatingEmProblem<Accelerated>);

Vector counts() {
  RandomStream random(3, Purpose::user);
  Vector x(400);
  for (Index i = 0; i < x.size(); ++i) x[i] = static_cast<double>(random.poisson(i % 3 == 0 ? 8.0 : 4.0));
  return x;
}

}  // namespace

TEST_CASE("the likelihood rises to a stationary point, the same with and without extrapolation") {
  const Vector x = counts();
  TwoPoissons plain(x);
  const auto slow = expectation_maximization(plain, 400.0, {.tolerance = 1e-13, .max_iterations = 20000});
  CHECK(slow.convergence.converged());
  Accelerated quick(x);
  const auto fast = expectation_maximization(quick, 400.0, {.tolerance = 1e-13, .max_iterations = 20000});
  CHECK(fast.convergence.converged());
  CHECK((fast.state.means - slow.state.means).cwiseAbs().maxCoeff() < 1e-3);
  CHECK(quick.steps < plain.steps / 3);
  // What is returned belongs together: state, its likelihood and its responsibilities.
  const Matrix left = plain.responsibilities;
  CHECK(plain.expect(slow.state) == slow.log_likelihood);
  CHECK(plain.responsibilities == left);
  // A step from there leads nowhere.
  const auto after = plain.maximise(slow.state);
  CHECK((after.means - slow.state.means).cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE("a search that runs out of steps says so and returns where it was") {
  TwoPoissons problem(counts());
  const auto found = expectation_maximization(problem, 400.0, {.tolerance = 1e-13, .max_iterations = 3});
  CHECK(found.convergence.status == ConvergenceStatus::iteration_limit);
  CHECK(found.convergence.iterations == 3);
  CHECK(found.convergence.residual > 1e-13);
  CHECK(problem.expect(found.state) == found.log_likelihood);
}

namespace {

/// Loses one of three components at the second step, and with it likelihood.
struct Shrinking {
  struct State {
    Vector weights;
  };
  State maximise(const State& before) const {
    const Index left = before.weights.size() == 0 ? 3 : 2;
    return {Vector::Constant(left, 1.0 / static_cast<double>(left))};
  }
  double expect(const State& state) {
    ++calls;
    return state.weights.size() == 3 ? 0.0 : -10.0 + (calls > 2 ? 1.0 : 0.0);
  }
  int calls = 0;
};

}  // namespace

TEST_CASE("a step that dropped components is not taken for the end") {
  Shrinking problem;
  const auto found = expectation_maximization(problem, 1.0);
  CHECK(found.log_likelihood == -9.0);
  CHECK(found.convergence.iterations == 3);
}
