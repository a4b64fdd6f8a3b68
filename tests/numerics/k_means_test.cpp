#include <algorithm>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/numerics/k_means.hpp>

#include "support/throws.hpp"

using namespace cardamom;

namespace {

/// Four clouds of 30 points around (0, 0), (8, 0), (0, 8) and (8, 8).
Matrix clouds() {
  RandomStream random(3, Purpose::user);
  Matrix points(120, 2);
  for (Index i = 0; i < points.rows(); ++i) {
    points(i, 0) = 8.0 * static_cast<double>(i / 30 % 2) + random.normal();
    points(i, 1) = 8.0 * static_cast<double>(i / 60) + random.normal();
  }
  return points;
}

}  // namespace

TEST_CASE("k-means finds clouds, its centres are the means of their points, and points are with the nearest centre") {
  const Matrix points = clouds();
  const KMeans fit = k_means(points);
  CHECK(fit.convergence.converged());
  CHECK(fit.convergence.residual == 0.0);
  for (Index cloud = 0; cloud < 4; ++cloud) {
    for (Index i = 0; i < 30; ++i) {
      CHECK(fit.label[static_cast<std::size_t>(30 * cloud + i)] == fit.label[static_cast<std::size_t>(30 * cloud)]);
    }
  }
  Matrix means = Matrix::Zero(4, 2);
  double within = 0.0;
  for (Index i = 0; i < points.rows(); ++i) {
    const Index label = fit.label[static_cast<std::size_t>(i)];
    means.row(label) += points.row(i) / 30.0;
    CHECK(nearest_centre(fit.centres, points.row(i).transpose()).first == label);
    within += (points.row(i) - fit.centres.row(label)).squaredNorm();
  }
  CHECK((means - fit.centres).cwiseAbs().maxCoeff() < 1e-12);
  CHECK(fit.within == doctest::Approx(within));
}

TEST_CASE("more starts are never worse, the seed decides, and one cluster is the mean") {
  const Matrix points = clouds();
  const double one = k_means(points, {.clusters = 7, .starts = 1}).within;
  const double many = k_means(points, {.clusters = 7, .starts = 20}).within;
  CHECK(many <= one);
  CHECK(k_means(points, {.clusters = 7}).label == k_means(points, {.clusters = 7}).label);
  const KMeans all = k_means(points, {.clusters = 1});
  CHECK((all.centres.row(0) - points.colwise().mean()).norm() < 1e-12);
}

TEST_CASE("as many clusters as points leave nothing, equal points do no harm") {
  const Matrix points = clouds().topRows(6);
  CHECK(k_means(points, {.clusters = 6}).within == doctest::Approx(0.0));
  const KMeans same = k_means(Matrix::Ones(5, 2), {.clusters = 3});
  CHECK(same.within == 0.0);
  CHECK(same.centres.allFinite());
}

TEST_CASE("bad arguments of k_means are named") {
  support::check_throws<std::invalid_argument>([] { (void)k_means(Matrix::Ones(3, 2), {.clusters = 4}); },
                                               {"k_means", "points.rows()", "3", "4"});
  support::check_throws<std::invalid_argument>([] { (void)k_means(Matrix::Ones(3, 2), {.clusters = 0}); },
                                               {"k_means", "clusters", "0"});
  support::check_throws<std::invalid_argument>([] { (void)k_means(Matrix::Ones(3, 2), {.clusters = 1, .starts = 0}); },
                                               {"k_means", "starts", "0"});
}
