#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/clustering/input_modes.hpp>

using namespace cardamom;

TEST_CASE("an input that is off or on has two modes, whatever its level is called") {
  for (const double on : {1.0, 3.0, 0.1}) {
    const InputClustering found = input_modes(Eigen::Vector4d(0, on, on, 0));
    CHECK(found.modes.shapes == Eigen::Vector2d(0, 1));
    CHECK(found.modes.weights == Eigen::Vector2d(0.5, 0.5));
    CHECK(found.modes.informative);
    CHECK(found.of_cell == std::vector<ModeIndex>{0, 1, 1, 0});
  }
}

TEST_CASE("a dose keeps its levels") {
  Vector dose(5);
  dose << 2, 0, 1, 2, 0.5;
  const InputClustering found = input_modes(dose);
  CHECK(found.modes.shapes == Eigen::Vector4d(0, 0.25, 0.5, 1));
  CHECK(found.modes.weights.sum() == 1.0);
  CHECK(found.modes.weights.isApprox(Eigen::Vector4d(0.2, 0.2, 0.2, 0.4)));
  CHECK(found.of_cell == std::vector<ModeIndex>{3, 0, 2, 3, 1});
  for (Index cell = 0; cell < 5; ++cell) {
    CHECK(found.modes.level(found.of_cell[static_cast<std::size_t>(cell)]) == dose[cell] / 2.0);
  }
}

TEST_CASE("level 0 is a mode even where no cell has it, and an input that never changes says nothing") {
  const InputClustering never = input_modes(Vector::Zero(3));
  CHECK(never.modes.shapes == Eigen::Vector2d(0, 1));
  CHECK(never.modes.weights == Eigen::Vector2d(1, 0));
  CHECK_FALSE(never.modes.informative);
  CHECK(never.modes.level(0) == 0.0);

  const InputClustering always = input_modes(Vector::Constant(3, 4.0));
  CHECK(always.modes.shapes == Eigen::Vector2d(0, 1));
  CHECK(always.modes.weights == Eigen::Vector2d(0, 1));
  CHECK_FALSE(always.modes.informative);
  CHECK(always.of_cell == std::vector<ModeIndex>{1, 1, 1});

  const InputClustering graded = input_modes(Eigen::Vector2d(1, 2));
  CHECK(graded.modes.shapes == Eigen::Vector3d(0, 0.5, 1));
  CHECK(graded.modes.weights == Eigen::Vector3d(0, 0.5, 0.5));
  CHECK(graded.modes.informative);

  const InputClustering none = input_modes(Vector(0));
  CHECK(none.modes.weights == Eigen::Vector2d(1, 0));
  CHECK_FALSE(none.modes.informative);
}

TEST_CASE("more levels than modes can be numbered are refused") {
  const Vector levels = Vector::LinSpaced(5, 1, 5);
  CHECK(input_modes(levels, 6).modes.count() == 6);
  CHECK_THROWS_WITH_AS(static_cast<void>(input_modes(levels, 5)),
                       "input_modes: levels has 6 distinct values (0 among them), must be at most 5; round the doses",
                       std::invalid_argument);
}
