#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/LU>
#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/numerics/penalised_quadratic.hpp>

using namespace cardamom;

namespace {

struct Problem {
  Matrix quadratic;
  Vector gradient, x;
  AnchoredPenalty penalty;
};

Problem random_problem(std::uint64_t seed) {
  RandomStream random(seed, Purpose::user);
  const auto draw = [&](Index size) {
    Vector result(size);
    for (double& value : result) value = random.normal();
    return result;
  };
  Matrix columns(8, 4);
  for (double& value : columns.reshaped()) value = random.normal();
  return {columns.transpose() * columns,
          3.0 * draw(4),
          draw(4),
          {Vector::Constant(4, 0.7), Vector::Constant(4, 0.3), 0.1 * draw(4), Vector::Ones(4),
           Vector::Constant(4, std::numeric_limits<double>::infinity())}};
}

double value(const Problem& problem, const StepBounds& bounds, const Vector& step) {
  return 0.5 * step.dot(problem.quadratic * step) + 0.5 * bounds.damping * step.squaredNorm() -
         problem.gradient.dot(step) + problem.penalty.value(problem.x + step);
}

}  // namespace

TEST_CASE("no neighbour of the step is better") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Problem problem = random_problem(seed);
    const StepBounds bounds{.damping = 0.2, .longest = 100.0};
    const Vector step = penalised_step(problem.quadratic, problem.gradient, problem.x, problem.penalty, 0, bounds);
    RandomStream random(9, Purpose::user);
    for (int trial = 0; trial < 200; ++trial) {
      Vector other = step;
      for (double& entry : other) entry += 0.01 * random.normal();
      CHECK(value(problem, bounds, other) >= value(problem, bounds, step));
    }
  }
}

TEST_CASE("a strong penalty leaves coordinates exactly at their anchors, none leads to the ridge solution") {
  Problem problem = random_problem(4);
  problem.penalty.strength.setConstant(1e3);
  StepBounds bounds{.damping = 0.2, .longest = 100.0};
  Vector step = penalised_step(problem.quadratic, problem.gradient, problem.x, problem.penalty, 0, bounds);
  CHECK((problem.x + step - problem.penalty.anchor).cwiseAbs().maxCoeff() < 1e-15);
  problem.penalty.strength.setZero();
  problem.penalty.precision.setZero();
  step = penalised_step(problem.quadratic, problem.gradient, problem.x, problem.penalty, 0, bounds);
  const Matrix damped = problem.quadratic + 0.2 * Matrix::Identity(4, 4);
  CHECK((step - damped.partialPivLu().solve(problem.gradient)).cwiseAbs().maxCoeff() < 1e-4);
}

TEST_CASE("steps stay within their bounds and the box, for the coordinates of one group") {
  Problem problem = random_problem(5);
  problem.gradient *= 100.0;
  problem.penalty.step_scale[0] = 0.0;
  problem.penalty.step_scale[1] = 0.1;
  problem.penalty.limit[2] = std::abs(problem.x[2]) + 0.05;
  const StepBounds bounds{.damping = 0.0, .longest = 0.5};
  const Vector step = penalised_step(problem.quadratic, problem.gradient, problem.x, problem.penalty, 0, bounds);
  CHECK(step.cwiseAbs().maxCoeff() <= 0.5 + 1e-15);
  CHECK(step[0] == 0.0);
  CHECK(std::abs(step[1]) <= 0.05 + 1e-15);
  CHECK(std::abs(problem.x[2] + step[2]) <= problem.penalty.limit[2]);
  // The last two coordinates alone.
  const Vector part = penalised_step(problem.quadratic.bottomRightCorner(2, 2), problem.gradient.tail(2),
                                     problem.x.tail(2), problem.penalty, 2, bounds);
  CHECK(part.size() == 2);
  CHECK(std::abs(problem.x[2] + part[0]) <= problem.penalty.limit[2]);
}

TEST_CASE("a sweep keeps the slope that of the point it has reached") {
  const Problem problem = random_problem(6);
  Vector step = Vector::Zero(4);
  Vector slope = -problem.gradient;
  const double largest = descend_coordinates(problem.quadratic, 0.5, slope, [&](Index j) {
    const double change = -slope[j] / (problem.quadratic(j, j) + 0.5);
    step[j] += change;
    return change;
  });
  CHECK(largest == step.cwiseAbs().maxCoeff());
  CHECK((slope - (problem.quadratic * step + 0.5 * step - problem.gradient)).norm() < 1e-12);
}
