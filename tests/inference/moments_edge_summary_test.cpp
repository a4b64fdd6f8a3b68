// What fits by simulated moments say about edges.
#include <doctest/doctest.h>

#include <cardamom/inference/moments/edge_summary.hpp>

using namespace cardamom;

TEST_CASE("scores of few edges keep their order") {
  Matrix scores = Matrix::Zero(6, 6);
  scores(1, 0) = 3.0;
  scores(2, 1) = 0.5;
  scores(3, 2) = -1.0;
  scores(4, 4) = 9.0;  // does not count
  const Matrix relative = relative_scores(scores);
  CHECK(relative(1, 0) == 3.0);
  CHECK(relative(3, 2) == 1.0);
  CHECK(relative(2, 1) == 0.5);
  CHECK(relative_scores(Matrix::Zero(3, 3)).isZero());
}

TEST_CASE("edges above joint_genes are listed when fitted or likelier than before") {
  MomentTargets data;
  data.active = {1, 2};
  data.joint = false;
  // Parameters of a row: three edges and three more.
  const Vector prior = Vector::Constant(12, 0.1);
  EdgeSummary summary{Matrix::Zero(2, 3), Matrix::Constant(2, 3, 0.1)};
  summary.strength(0, 0) = 2.0;
  summary.inclusion(0, 2) = 0.24;  // odds less than three times those of 0.1
  summary.inclusion(1, 0) = 0.26;
  const Matrix ones = Matrix::Ones(3, 3);
  const Matrix scores = edge_scores(Matrix::Zero(3, 3), data, summary, prior, ones, 0.1);
  CHECK(scores(1, 0) == doctest::Approx(3.0 * 0.1 + 1.0 + 0.1));
  CHECK(scores(1, 2) == 0.0);
  CHECK(scores(2, 0) == doctest::Approx(3.0 * 0.26 + 0.1));
  CHECK(scores(2, 1) == 0.0);
  data.joint = true;
  CHECK(edge_scores(Matrix::Zero(3, 3), data, summary, prior, ones, 0.1)(1, 2) == doctest::Approx(3.0 * 0.24 + 0.1));
}

TEST_CASE("a candidate counts as much as its weight") {
  LinearLeapingModel<> model;
  model.basal = Vector::Zero(1);
  model.interactions = Matrix::Constant(1, 2, 4.0);
  FittedModel<LinearLeapingModel<>> fit{model, Vector::Constant(5, 0.9), 0.0, {}, {}, {}};
  model.interactions << 0.0, -1.0;
  fit.candidates.push_back({0.5, model, Vector::Constant(5, 0.3)});
  const EdgeSummary summary = edge_summary(fit);
  CHECK(summary.strength(0, 0) == doctest::Approx(8.0 / 3.0));
  CHECK(summary.strength(0, 1) == doctest::Approx(3.0));
  CHECK(summary.inclusion(0, 0) == doctest::Approx(0.7));
}
