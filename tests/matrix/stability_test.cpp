// Cells of `stability`.
#include <matrix/infer_cells.hpp>

#include <cardamom/inference/stability.hpp>

using namespace matrix;

namespace {

StabilityOptions few() { return {.seed = 5, .resamples = 6, .top = 3, .inference = options()}; }

template <class... Policies>
Matrix found_again(const Policies&... policies) {
  const Matrix result = stability(counts(), few(), policies...);
  CHECK(result.maxCoeff() > 0.0);
  CHECK(result.maxCoeff() <= 1.0);
  return result;
}

/// `stability` hands the policies to `infer`: the same as a function of counts that calls `infer` with them.
template <class... Policies>
Matrix check_handed_on(const Policies&... policies) {
  const Matrix result = found_again(policies...);
  CHECK(result == found_again([&](const Counts& sample) { return infer(sample, options(), policies...).scores; }));
  return result;
}

}  // namespace

TEST_CASE("stability hands every policy to infer") {
  const Successive estimator{};
  const Matrix usual = check_handed_on(estimator);
  CHECK(check_handed_on(archetypes::Clusterer(0), estimator) != usual);
  CHECK(check_handed_on(archetypes::Clusterer(0), archetypes::Family(0), estimator) != usual);
  CHECK(check_handed_on(LinearRate(archetypes::Link(0)), estimator) != usual);
  CHECK(check_handed_on(estimator, archetypes::LearnableRate(5)) != usual);
  // What moves scores a little need not move an edge past another.
  check_handed_on(estimator, archetypes::Loss(0));
  check_handed_on(estimator, archetypes::Optimizer(0));
  check_handed_on(SinglePrecision{}, estimator);
}

TEST_CASE("stability takes any executor and observer") {
  check_run_policies([](const auto&... policies) { return found_again(Successive{}, policies...); });
  // Around a function of one's own, too.
  const auto own = [](const Counts& sample) -> Matrix {
    const Matrix centred = sample.values().rowwise() - sample.values().colwise().mean();
    return (centred.transpose() * centred).cwiseAbs();
  };
  check_run_policies([&](const auto&... policies) { return found_again(policies..., own); });
}
