#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/model/model.hpp>
#include <support/throws.hpp>

using namespace cardamom;
using support::check_throws;

namespace {

const std::vector<Edge> some_edges{{0, 1, 10.0}, {1, 2, -3.0}, {2, 2, 0.5}};

}  // namespace

TEST_CASE("a network made from edges a sparse or a dense matrix is the same") {
  Matrix dense = Matrix::Zero(3, 3);
  dense(1, 0) = 10.0;
  dense(2, 1) = -3.0;
  dense(2, 2) = 0.5;
  const Network from_edges(Vector::Zero(3), some_edges);
  const Network from_dense(Vector::Zero(3), dense);
  const Network from_sparse(Vector::Zero(3), SparseMatrix(dense.sparseView()));
  CHECK(from_edges.edges() == some_edges);
  CHECK(from_dense.edges() == some_edges);
  CHECK(from_sparse.edges() == some_edges);
  CHECK(from_edges.weight(2, 1) == -3.0);
  CHECK(from_edges.weight(1, 2) == 0.0);
  CHECK(from_edges.nodes() == 3);
}

TEST_CASE("stored zeros are not edges") {
  SparseMatrix interactions(2, 2);
  interactions.insert(1, 0) = 0.0;
  CHECK(Network(Vector::Zero(2), interactions).edges().empty());
}

TEST_CASE("wrong networks are refused") {
  const double infinity = std::numeric_limits<double>::infinity();
  check_throws<std::invalid_argument>([] { Network(Vector::Zero(3), SparseMatrix(3, 2)); }, {"3 x 2", "3 x 3"});
  check_throws<std::domain_error>(
      [] {
        Network(Vector::Zero(2), std::vector<Edge>{{1, 0, 1.0}});
      },
      {"1 -> 0", "input"});
  check_throws<std::domain_error>(
      [&] {
        Network(Vector::Zero(2), std::vector<Edge>{{0, 1, infinity}});
      },
      {"interactions(1, 0)", "inf"});
  check_throws<std::domain_error>([&] { Network(Vector::Constant(3, infinity), some_edges); }, {"basal[1]", "inf"});
  check_throws<std::invalid_argument>([] { Network(Vector::Zero(2), some_edges); }, {"target", "2", "[0, 2)"});
  check_throws<std::invalid_argument>(
      [] {
        Network(Vector::Zero(2), std::vector<Edge>{{0, 1, 1.0}, {0, 1, 2.0}});
      },
      {"twice"});
  check_throws<std::invalid_argument>([] { Network(Vector::Zero(3), some_edges, {"S", "A"}); }, {"names", "2", "3"});
}

TEST_CASE("the burst rate of a model takes its parameters from kinetics and network") {
  const Model model =
      make_model(Kinetics::uniform(3, 1.0, 0.2, 0.02, 0.1, 2.0), Network(Vector::Constant(3, -1.0), some_edges));
  const Vector protein = Eigen::Vector3d(1.0, 0.25, 0.75);
  const Sigmoid rate = model.rate;
  CHECK(rate(1, protein) == doctest::Approx(0.1 + 1.9 / (1.0 + std::exp(-9.0))));
  CHECK(rate(2, protein) == doctest::Approx(0.1 + 1.9 / (1.0 + std::exp(1.0 + 3.0 * 0.25 - 0.5 * 0.75))));
  check_throws<std::invalid_argument>([&] { sigmoid(Kinetics::uniform(2, 1, 1, 1, 0, 1), model.network()); },
                                      {"kinetics", "2", "3"});
}
