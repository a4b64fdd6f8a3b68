#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/evaluation.hpp>

using namespace cardamom;

namespace {

struct TestEdge {
  Index source;
  Index target;
};

/// Three genes and the stimulus; candidates by score: 9 (true) 8 (false) 5 5 (one true) 1 (true) 0 × 4 (none true).
Matrix fixture_scores() {
  Matrix scores = Matrix::Zero(4, 4);
  scores(1, 0) = -9.0;
  scores(2, 1) = 8.0;
  scores(3, 1) = 5.0;
  scores(1, 3) = -5.0;
  scores(3, 2) = 1.0;
  scores(2, 2) = 100.0;  // neither self-edges
  scores(0, 3) = 100.0;  // nor edges into the stimulus are candidates
  return scores;
}
const std::vector<TestEdge> fixture_truth = {{0, 1}, {3, 1}, {2, 3}, {2, 2}};

/// Candidates and truth as flat lists, straight from the definition.
struct Flat {
  std::vector<double> scores;
  std::vector<bool> truth;
};
Flat flatten(const Matrix& scores, const Matrix& truth, EdgeDirection direction) {
  Flat flat;
  for (Index i = 0; i < scores.rows(); ++i) {
    for (Index j = 0; j < scores.rows(); ++j) {
      if (direction == EdgeDirection::directed) {
        if (i == j || i == 0) continue;
        flat.scores.push_back(std::abs(scores(i, j)));
        flat.truth.push_back(truth(i, j) != 0);
      } else {
        if (j >= i) continue;
        const bool stimulus = j == 0;
        flat.scores.push_back(std::max(std::abs(scores(i, j)), stimulus ? 0.0 : std::abs(scores(j, i))));
        flat.truth.push_back(truth(i, j) != 0 || (!stimulus && truth(j, i) != 0));
      }
    }
  }
  return flat;
}

double brute_auroc(const Flat& flat) {
  double wins = 0.0;
  double pairs = 0.0;
  for (std::size_t a = 0; a < flat.scores.size(); ++a) {
    for (std::size_t b = 0; b < flat.scores.size(); ++b) {
      if (!flat.truth[a] || flat.truth[b]) continue;
      pairs += 1.0;
      wins += flat.scores[a] > flat.scores[b] ? 1.0 : flat.scores[a] == flat.scores[b] ? 0.5 : 0.0;
    }
  }
  return wins / pairs;
}

double brute_aupr(const Flat& flat) {
  std::vector<double> thresholds = flat.scores;
  std::sort(thresholds.rbegin(), thresholds.rend());
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
  const auto positives = static_cast<double>(std::count(flat.truth.begin(), flat.truth.end(), true));
  double area = 0.0;
  double recall = 0.0;
  double precision = 1.0;
  for (const double threshold : thresholds) {
    double called = 0.0;
    double hits = 0.0;
    for (std::size_t a = 0; a < flat.scores.size(); ++a) {
      if (flat.scores[a] < threshold) continue;
      called += 1.0;
      hits += flat.truth[a] ? 1.0 : 0.0;
    }
    area += (hits / positives - recall) * 0.5 * (precision + hits / called);
    recall = hits / positives;
    precision = hits / called;
  }
  return area;
}

/// Means of average and early precision over every order of the candidates that is compatible with their scores.
struct Means {
  double average_precision;
  double early_precision;
};
Means brute_means(const Flat& flat) {
  std::vector<std::size_t> order(flat.scores.size());
  std::iota(order.begin(), order.end(), 0);
  const auto positives = std::count(flat.truth.begin(), flat.truth.end(), true);
  double orders = 0.0;
  Means sum{0.0, 0.0};
  do {
    if (!std::is_sorted(order.begin(), order.end(),
                        [&](std::size_t a, std::size_t b) { return flat.scores[a] > flat.scores[b]; })) {
      continue;
    }
    orders += 1.0;
    double hits = 0.0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
      if (!flat.truth[order[rank]]) continue;
      hits += 1.0;
      sum.average_precision += hits / static_cast<double>(rank + 1) / static_cast<double>(positives);
      if (static_cast<std::ptrdiff_t>(rank) < positives) sum.early_precision += 1.0 / static_cast<double>(positives);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return {sum.average_precision / orders, sum.early_precision / orders};
}

}  // namespace

TEST_CASE("a worked example by hand") {
  const EdgeRanking ranking = rank_edges(fixture_scores(), fixture_truth);
  CHECK(ranking.candidates == 9);
  CHECK(ranking.positives == 3);
  REQUIRE(ranking.groups.size() == 5);
  CHECK(ranking.groups[2].score == 5.0);
  CHECK(ranking.groups[2].candidates == 2);
  CHECK(ranking.groups[2].positives == 1);

  // 18 pairs of a true and a false candidate: 9 beats 6, the 5 beats 4 and ties 1, the 1 beats 4.
  CHECK(auroc(ranking) == doctest::Approx((6 + 4.5 + 4) / 18.0).epsilon(1e-14));

  const Curve roc = roc_curve(ranking);
  CHECK(roc.x == std::vector<double>{0, 0, 1 / 6.0, 2 / 6.0, 2 / 6.0, 1});
  CHECK(roc.y == std::vector<double>{0, 1 / 3.0, 1 / 3.0, 2 / 3.0, 1, 1});

  const Curve pr = precision_recall_curve(ranking);
  CHECK(pr.x == std::vector<double>{0, 1 / 3.0, 1 / 3.0, 2 / 3.0, 1, 1});
  CHECK(pr.y == std::vector<double>{1, 1, 0.5, 0.5, 3 / 5.0, 3 / 9.0});
  CHECK(aupr(ranking) == doctest::Approx((1.0 + 0.5 + 0.55) / 3).epsilon(1e-14));

  // The tied true edge is third or fourth: precision 2/3 or 2/4.
  CHECK(average_precision(ranking) == doctest::Approx((1.0 + 0.5 * (2 / 3.0 + 2 / 4.0) + 3 / 5.0) / 3).epsilon(1e-14));
  // Of the first three, the first is true and the third with probability one half.
  CHECK(early_precision(ranking) == doctest::Approx(0.5).epsilon(1e-14));
}

TEST_CASE("the same example undirected") {
  const EdgeRanking ranking = rank_edges(fixture_scores(), fixture_truth, {.direction = EdgeDirection::undirected});
  // {0,1} 9 true, {1,2} 8 false, {1,3} 5 true, {2,3} 1 true, {0,2} 0 false, {0,3} 0 false.
  CHECK(ranking.candidates == 6);
  CHECK(ranking.positives == 3);
  CHECK(auroc(ranking) == doctest::Approx((3 + 2 + 2) / 9.0).epsilon(1e-14));
  CHECK(average_precision(ranking) == doctest::Approx((1 + 2 / 3.0 + 3 / 4.0) / 3).epsilon(1e-14));
  CHECK(early_precision(ranking) == doctest::Approx(2 / 3.0).epsilon(1e-14));
}

TEST_CASE("perfect and reversed rankings") {
  Matrix truth = Matrix::Zero(4, 4);
  truth(1, 0) = 1;
  truth(2, 1) = 1;
  const EdgeRanking best = rank_edges(truth, truth);
  CHECK(auroc(best) == 1.0);
  CHECK(aupr(best) == 1.0);
  CHECK(average_precision(best) == 1.0);
  CHECK(early_precision(best) == 1.0);
  const Matrix reversed = Matrix::Ones(4, 4) - truth;
  CHECK(auroc(rank_edges(reversed, truth)) == 0.0);
  CHECK(early_precision(rank_edges(reversed, truth)) == 0.0);
}

TEST_CASE("constant scores are worth a coin") {
  Matrix truth = Matrix::Zero(5, 5);
  truth(1, 0) = truth(2, 1) = truth(3, 4) = truth(4, 1) = 1;
  const EdgeRanking ranking = rank_edges(Matrix::Ones(5, 5), truth);
  CHECK(ranking.candidates == 16);
  CHECK(auroc(ranking) == 0.5);
  CHECK(early_precision(ranking) == doctest::Approx(4.0 / 16).epsilon(1e-14));
  CHECK(aupr(ranking) == doctest::Approx(0.5 * (1.0 + 0.25)).epsilon(1e-14));
}

TEST_CASE("measures agree with brute force from the definitions") {
  RandomStream stream(5, Purpose::user);
  for (int trial = 0; trial < 60; ++trial) {
    const Index genes = 3 + stream.below(2);
    Matrix scores(genes, genes);
    Matrix truth(genes, genes);
    for (Index i = 0; i < genes; ++i) {
      for (Index j = 0; j < genes; ++j) {
        scores(i, j) = static_cast<double>(stream.below(4)) * (stream.below(2) == 0 ? 1.0 : -1.0);
        truth(i, j) = stream.below(3) == 0 ? 1.0 : 0.0;
      }
    }
    truth(1, 0) = 1.0;
    truth(2, 0) = 0.0;
    for (const auto direction : {EdgeDirection::directed, EdgeDirection::undirected}) {
      const EdgeRanking ranking = rank_edges(scores, truth, {.direction = direction});
      const Flat flat = flatten(scores, truth, direction);
      CHECK(ranking.candidates == static_cast<Index>(flat.scores.size()));
      CHECK(auroc(ranking) == doctest::Approx(brute_auroc(flat)).epsilon(1e-12));
      CHECK(aupr(ranking) == doctest::Approx(brute_aupr(flat)).epsilon(1e-12));
      if (flat.scores.size() <= 6) {
        const Means means = brute_means(flat);
        CHECK(average_precision(ranking) == doctest::Approx(means.average_precision).epsilon(1e-12));
        CHECK(early_precision(ranking) == doctest::Approx(means.early_precision).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("relabelling the genes changes no measure") {
  RandomStream stream(6, Purpose::user);
  const Index genes = 7;
  Matrix scores(genes, genes);
  Matrix truth(genes, genes);
  for (Index i = 0; i < genes; ++i) {
    for (Index j = 0; j < genes; ++j) {
      scores(i, j) = static_cast<double>(stream.below(6));
      truth(i, j) = stream.below(4) == 0 ? 1.0 : 0.0;
    }
  }
  const std::vector<Index> order = {0, 3, 1, 6, 2, 5, 4};
  const Matrix scores2 = scores(order, order);
  const Matrix truth2 = truth(order, order);
  for (const auto direction : {EdgeDirection::directed, EdgeDirection::undirected}) {
    const EdgeRanking a = rank_edges(scores, truth, {.direction = direction});
    const EdgeRanking b = rank_edges(scores2, truth2, {.direction = direction});
    CHECK(auroc(a) == auroc(b));
    CHECK(aupr(a) == aupr(b));
    CHECK(average_precision(a) == average_precision(b));
  }
}

TEST_CASE("signs are compared on true edges between different nodes") {
  Matrix truth = Matrix::Zero(3, 3);
  truth(1, 0) = 10;
  truth(2, 1) = -10;
  truth(1, 2) = 10;
  truth(2, 2) = 10;  // a self-edge
  Matrix inferred = Matrix::Zero(3, 3);
  inferred(1, 0) = 0.1;
  inferred(2, 1) = 2;
  inferred(2, 0) = 3;
  const SignAccuracy signs = sign_accuracy(inferred, truth);
  CHECK(signs.right == 1);
  CHECK(signs.wrong == 1);
  CHECK(signs.missing == 1);
  CHECK(signs.edges() == 3);
  CHECK(signs.among_found() == 0.5);
  CHECK(signs.among_true() == doctest::Approx(1.0 / 3));
  CHECK(SignAccuracy{}.among_found() == 0.0);
  CHECK(SignAccuracy{}.among_true() == 0.0);
}

TEST_CASE("rankings reject wrong shapes and values and truths without answer") {
  const Matrix square = Matrix::Ones(3, 3);
  CHECK_THROWS_WITH_AS((void)rank_edges(Matrix::Ones(2, 3), square), "rank_edges: scores is 2 x 3, must be 2 x 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)rank_edges(square, Matrix::Ones(4, 4)), "rank_edges: truth is 4 x 4, must be 3 x 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)rank_edges(Matrix(0, 0), Matrix(0, 0)),
                       "rank_edges: scores.rows() is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)rank_edges(square, std::vector<TestEdge>{{3, 1}}),
                       "rank_edges: source of a true edge is 3, must be in [0, 3)", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)rank_edges(square, std::vector<TestEdge>{{1, 5}}),
                       "rank_edges: target of a true edge is 5, must be in [0, 3)", std::invalid_argument);
  Matrix broken = square;
  broken(2, 1) = NAN;
  CHECK_THROWS_WITH_AS((void)rank_edges(square, broken), "rank_edges: truth(2, 1) is nan, must be finite",
                       std::domain_error);
  CHECK_THROWS_WITH_AS((void)rank_edges(broken, square), "rank_edges: scores(2, 1) is nan, must be finite",
                       std::domain_error);

  const EdgeRanking none = rank_edges(square, Matrix::Zero(3, 3));
  const EdgeRanking all = rank_edges(square, square);
  CHECK_THROWS_WITH_AS((void)auroc(none), "roc_curve: none of the 4 candidate edges is true, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)auroc(all), "roc_curve: all of the 4 candidate edges are true, at least 1 must not be",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)aupr(none),
                       "precision_recall_curve: none of the 4 candidate edges is true, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)average_precision(none),
                       "average_precision: none of the 4 candidate edges is true, must be at least 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)early_precision(none),
                       "early_precision: none of the 4 candidate edges is true, must be at least 1",
                       std::invalid_argument);
  CHECK(aupr(all) == 1.0);
  CHECK_THROWS_WITH_AS((void)sign_accuracy(square, Matrix::Ones(2, 2)), "sign_accuracy: truth is 2 x 2, must be 3 x 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)sign_accuracy(broken, square), "sign_accuracy: inferred is nan, must be finite",
                       std::domain_error);
}

TEST_CASE("several inputs or none are sources of candidates and never targets") {
  // Nodes 0 and 1 are inputs, 2 … 4 genes.
  Matrix scores = Matrix::Zero(5, 5);
  scores(2, 0) = 3.0;
  scores(3, 1) = -2.0;
  scores(4, 2) = 1.0;
  scores(2, 4) = 0.5;
  scores(1, 0) = 100.0;  // between inputs
  scores(0, 3) = 100.0;  // into an input
  const std::vector<TestEdge> truth{{0, 2}, {1, 3}, {2, 4}, {0, 1}};
  const EdgeRanking two = rank_edges(scores, truth, {.inputs = 2});
  CHECK(two.candidates == 3 * 4);
  CHECK(two.positives == 3);
  CHECK(aupr(two) == 1.0);
  const EdgeRanking undirected = rank_edges(scores, truth, {.direction = EdgeDirection::undirected, .inputs = 2});
  CHECK(undirected.candidates == 2 * 3 + 3);
  CHECK(undirected.groups.front().score == 3.0);
  // Without inputs every ordered pair is a candidate; with one, those into node 1 are.
  CHECK(rank_edges(scores, truth, {.inputs = 0}).candidates == 5 * 4);
  CHECK(rank_edges(scores, truth, {.inputs = 0}).positives == 4);
  CHECK(rank_edges(scores, truth).candidates == 4 * 4);
  CHECK(rank_edges(scores, truth, {.inputs = 5}).candidates == 0);

  Matrix theta = scores;
  theta(1, 0) = -1.0;
  CHECK(sign_accuracy(scores, theta, {.inputs = 2}).wrong == 0);
  CHECK(sign_accuracy(scores, theta, {.inputs = 1}).wrong == 1);
  CHECK_THROWS_WITH_AS((void)rank_edges(scores, truth, {.inputs = -1}),
                       "rank_edges: options.inputs is -1, must be at least 0", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)rank_edges(scores, truth, {.inputs = 6}),
                       "rank_edges: scores.rows() is 5, must be at least 6", std::invalid_argument);
}
