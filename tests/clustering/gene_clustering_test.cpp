#include <doctest/doctest.h>

#include <cardamom/clustering/gene_clustering.hpp>

using namespace cardamom;

TEST_CASE("a constant gene has one mode with the mean of its molecules") {
  const GeneClustering seven = constant_gene(pool_values(Eigen::Vector3d(7, 7, 7)));
  CHECK(seven.modes.shapes == Vector::Constant(1, 7.0));
  CHECK(seven.modes.inverse_burst_size == 1.0);
  CHECK_FALSE(seven.modes.informative);
  CHECK(seven.of_observation == std::vector<ModeIndex>{0});
  const GeneClustering deep = constant_gene(pool_values(Eigen::Vector2d(6, 6), Eigen::Vector2d(1, 3)));
  CHECK(deep.modes.shapes[0] == 3.0);
  CHECK(deep.of_observation.size() == 2);
  CHECK(constant_gene(pool_values(Vector::Zero(4))).modes.shapes[0] == 1e-3);
  CHECK(constant_gene(GeneSample{}).of_observation.empty());
}

TEST_CASE("weights are shares of the cells") {
  const GeneSample sample = pool_values(Eigen::Vector4d(0, 0, 0, 5));
  GeneClustering result;
  result.modes.shapes = Eigen::Vector3d(0.1, 1, 2);
  result.of_observation = {0, 2};
  count_weights(sample, result);
  CHECK(result.modes.weights == Eigen::Vector3d(0.75, 0, 0.25));
}

TEST_CASE("of equally responsible modes the lower one is taken") {
  Matrix responsibilities(3, 3);
  responsibilities << 0.2, 0.5, 0.3,  //
      0.4, 0.2, 0.4,                  //
      0.1, 0.1, 0.8;
  CHECK(most_responsible(responsibilities) == std::vector<ModeIndex>{1, 0, 2});
}
