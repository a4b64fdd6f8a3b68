#include <limits>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/executor.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/by_lineage.hpp>
#include <cardamom/inference/consensus.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/robust_consensus.hpp>
#include <cardamom/inference/successive.hpp>
#include <cardamom/inference/thinned.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

namespace {

const Counts& data() {
  static const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 30}, {.seed = 4}).counts;
  return counts;
}

/// The chain, its scores in another unit and its signs exchanged if asked.
struct Scaled {
  double factor = 1.0;
  bool with_probabilities = false;
  template <class Problem>
  Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    auto result = Successive{}.estimate(problem);
    result.scores *= std::abs(factor);
    result.weights *= factor;
    if (with_probabilities) result.probabilities = Matrix::Constant(result.nodes(), result.nodes(), std::abs(factor));
    return result;
  }
};

double largest_difference(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }

Matrix of_unit_strength(const Matrix& scores) { return scores / strength_of_edges(scores); }

}  // namespace

TEST_CASE("edges of unit strength, genes on themselves apart") {
  CHECK(strength_of_edges(Eigen::Matrix2d{{7.0, 3.0}, {4.0, 9.0}}) == 5.0);
  CHECK(strength_of_edges(Eigen::Matrix2d{{7.0, 0.0}, {0.0, 9.0}}) == 1.0);
  const Matrix balanced = balance_targets(Eigen::Matrix2d{{7.0, 9.0}, {4.0, 5.0}});
  CHECK(largest_difference(balanced, Eigen::Matrix2d{{7.0 / 9.0, 1.0}, {1.0, 1.25}}) < 1e-15);
  CHECK(balance_targets(Matrix::Zero(3, 3)) == Matrix::Zero(3, 3));
}

TEST_CASE("a consensus is the mean of balanced scores of unit strength") {
  const Inference chain = infer(data(), {}, Successive{});
  const Inference averaged = infer(data(), {}, AveragedSuccessive{});
  const Inference both = infer(data(), {}, Consensus(Successive{}, AveragedSuccessive{}));
  const Matrix balanced = of_unit_strength(balance_targets(chain.scores));
  CHECK(largest_difference(both.scores, 0.5 * (balanced + of_unit_strength(balance_targets(averaged.scores)))) < 1e-14);
  CHECK(Matrix(both.interactions()) == Matrix(chain.interactions()));
  CHECK(both.model.kinetics.frequency_max == chain.model.kinetics.frequency_max);
  // The unit of an estimator's scores does not matter, its sign and its share do.
  const Inference scaled = infer(data(), {}, Consensus(Successive{}, Scaled{1000.0}));
  CHECK(largest_difference(scaled.scores, balanced) < 1e-12);
  CHECK(largest_difference(scaled.weights, chain.weights) < 1e-12);
  const Inference against = infer(data(), {}, Consensus({3.0, 1.0}, Successive{}, Scaled{-1000.0}));
  CHECK(largest_difference(against.weights, 0.5 * chain.weights) < 1e-12);
  CHECK(against.probabilities.size() == 0);
  // Probabilities are those of the estimators that have any.
  const Inference likely =
      infer(data(), {}, Consensus({1.0, 3.0, 1.0}, Scaled{0.2, true}, Scaled{0.6, true}, Successive{}));
  CHECK(likely.probabilities(1, 2) == doctest::Approx(0.5).epsilon(1e-12));
  CHECK_THROWS_WITH_AS((void)infer(data(), {}, Consensus({1.0, 0.0}, Successive{}, Successive{})),
                       "Consensus: weights[1] is 0, must be finite and > 0", std::domain_error);
}

TEST_CASE("propagated proteins and their chain are the consensus of both, from one run of the chain") {
  const Inference once = infer(data(), {}, PropagatedAndChain{.chain_share = 0.25});
  const Inference twice = infer(data(), {}, Consensus({3.0, 1.0}, PropagatedProteins{}, AveragedSuccessive{}));
  CHECK(largest_difference(once.scores, twice.scores) < 1e-14);
  CHECK(largest_difference(once.weights, twice.weights) < 1e-12);
  CHECK(Matrix(once.interactions()) == Matrix(twice.interactions()));
  CHECK_THROWS_AS((void)infer(data(), {}, PropagatedAndChain{.chain_share = 1.5}), std::domain_error);
}

TEST_CASE("the chain counts the more the fewer snapshots have ancestors that differ") {
  const Index times = data().time_points().size();
  const Inference usual = infer(data(), {}, PropagatedAndChain{});
  const Inference told = infer(data(), {}, PropagatedAndChain{.chain_share = 2.0 / static_cast<double>(times)});
  CHECK(usual.scores == told.scores);
  CHECK(usual.weights == told.weights);
  // Of two snapshots propagation says nothing: the ranking is the chain's, the model still that of propagation.
  std::vector<Index> first_and_last;
  for (const Index k : {Index{0}, times - 1}) {
    for (const Index cell : data().cells_at(k)) first_and_last.push_back(cell);
  }
  const Counts two = data().select_cells(first_and_last);
  const Inference both = infer(two, {}, PropagatedAndChain{});
  CHECK(largest_difference(both.scores, of_unit_strength(balance_targets(infer(two).scores))) < 1e-14);
  CHECK(Matrix(both.interactions()) == Matrix(infer(two, {}, PropagatedProteins{}).interactions()));
  CHECK(PropagatedAndChain::share_by_times(1) == 1.0);
  CHECK(PropagatedAndChain::share_by_times(10) == 0.2);
}

TEST_CASE("thinning to more molecules than there are changes nothing, to fewer it does") {
  const Inference chain = infer(data(), {}, Successive{});
  const Inference same = infer(data(), {}, Thinned(Successive{}, {.levels = {1e6, 1e7}, .draws = 2}));
  CHECK(largest_difference(same.scores, of_unit_strength(chain.scores)) < 1e-14);
  const Thinned thinned(Successive{}, {.levels = {2.0, 5.0}, .draws = 2});
  const Inference fewer = infer(data(), {.seed = 3}, thinned);
  CHECK(largest_difference(fewer.scores, of_unit_strength(chain.scores)) > 0.01);
  CHECK(infer(data(), {.seed = 3}, thinned, Threads(3)).scores == fewer.scores);
  CHECK(infer(data(), {.seed = 4}, thinned).scores != fewer.scores);
  CHECK(Matrix(fewer.interactions()) == Matrix(chain.interactions()));
  CHECK_THROWS_WITH_AS((void)infer(data(), {}, Thinned(Successive{}, {.levels = {2.0, -1.0}})),
                       "ThinnedOptions: levels[1] is -1, must be finite and > 0", std::domain_error);
  CHECK_THROWS_AS((void)infer(data(), {}, Thinned(Successive{}, {.draws = -1})), std::invalid_argument);
  CHECK(ThinnedOptions{}.draws_of(100) == 4);
  CHECK(ThinnedOptions{}.draws_of(101) == 1);
  CHECK(ThinnedOptions{.draws = 2}.draws_of(101) == 2);
}

TEST_CASE("genes that follow time vary along lineages, genes that follow lineages between them") {
  const Index cells = 400;
  Matrix values = Matrix::Zero(cells, 4);
  Vector times(cells);
  Matrix lineages = Matrix::Constant(cells, 2, std::numeric_limits<double>::quiet_NaN());
  for (Index cell = 0; cell < cells; ++cell) {
    times[cell] = static_cast<double>(cell / 40);
    lineages(cell, cell % 2) = times[cell];
    values(cell, 1) = times[cell];                                                            // time alone
    values(cell, 2) = static_cast<double>(cell % 2);                                          // lineage alone
    values(cell, 3) = static_cast<double>(cell % 2) * 2.0 + static_cast<double>(cell / 200);  // both
  }
  const auto variation = [&](std::vector<Index> genes) {
    Matrix chosen(cells, static_cast<Index>(genes.size()) + 1);
    chosen.col(0).setZero();
    for (std::size_t k = 0; k < genes.size(); ++k) chosen.col(static_cast<Index>(k) + 1) = values.col(genes[k]);
    return lineage_variation(Counts(chosen, times).with_lineages(lineages));
  };
  CHECK(variation({1}).along == doctest::Approx(1.0).epsilon(1e-12));
  CHECK(variation({1}).between == doctest::Approx(0.0).epsilon(1e-12));
  CHECK(variation({2}).along == doctest::Approx(0.0).epsilon(1e-12));
  CHECK(variation({2}).between == doctest::Approx(1.0).epsilon(1e-12));
  // Variances of the parts: 1 of the lineage, ¼ of the time.
  CHECK(variation({3}).along == doctest::Approx(0.2).epsilon(1e-12));
  CHECK(variation({3}).between == doctest::Approx(0.8).epsilon(1e-12));
  // A gene that does not vary says nothing.
  CHECK(variation({0, 3}).along == doctest::Approx(0.2).epsilon(1e-12));
}

TEST_CASE("lineages count as much as cells differ along them") {
  const Inference all = infer(data(), {}, Successive{});
  CHECK(infer(data(), {}, ByLineage(Successive{})).scores == all.scores);
  // Two lineages of all cells: nothing differs between them, so that they alone count, and each is all cells.
  Matrix twice(data().cells(), 2);
  twice << data().times(), data().times();
  const Inference same = infer(data().with_lineages(twice), {}, ByLineage(Successive{}));
  CHECK(largest_difference(same.scores, of_unit_strength(all.scores)) < 1e-12);
  CHECK(largest_difference(same.weights, all.weights) < 1e-12);
  // A lineage of few cells does not take part.
  twice.col(1)
      .tail(data().cells() - ByLineage<Successive>::fewest_cells + 1)
      .setConstant(std::numeric_limits<double>::quiet_NaN());
  const Inference one = infer(data().with_lineages(twice), {}, ByLineage(Successive{}));
  CHECK(largest_difference(one.scores, of_unit_strength(all.scores)) < 1e-12);
}
