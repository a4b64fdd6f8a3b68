// Data and checks shared by the cells of `infer`.
#pragma once

#include <archetypes/archetypes.hpp>
#include <matrix/cells.hpp>

#include <doctest/doctest.h>

#include <cardamom/inference/infer.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

namespace matrix {

inline const Counts& counts() {
  static const Counts table =
      simulate(fn4(), Protocol{.time_points = {0, 12, 24, 48, 96}, .cells_per_time_point = 40}, {.seed = 3}).counts;
  return table;
}

inline InferenceOptions options() {
  const Kinetics kinetics = fn4().kinetics;
  return {.seed = 2, .rates = {kinetics.mrna_decay, kinetics.protein_decay}};
}

/// What `infer` says with the policies given beside the estimator.
template <class... Policies>
auto inferred(const Policies&... policies) {
  auto result = infer(counts(), options(), policies...);
  CHECK(result.scores.allFinite());
  CHECK(result.scores.maxCoeff() > 0.0);
  CHECK(result.scores.row(0).isZero(0.0));
  return result;
}

/// Every policy that each estimator takes, and takes for any rate.
template <class Estimator>
void check_common_policies(const Estimator& estimator) {
  const Inference usual = inferred(estimator);
  check_run_policies([&](const auto&... policies) { return inferred(estimator, policies...).scores; });
  {
    INFO("clusterer");
    CHECK(inferred(archetypes::Clusterer(0), estimator).scores != usual.scores);
  }
  {
    INFO("clusterer as a generic lambda");
    const auto generic = [](const auto& sample, const auto& family, auto& random) -> GeneClustering {
      return archetypes::Clusterer(0)(sample, family, random);
    };
    CHECK(inferred(estimator, generic).scores == inferred(estimator, archetypes::Clusterer(0)).scores);
  }
  {
    INFO("family");
    CHECK(inferred(estimator, archetypes::Family(0), archetypes::Clusterer(0)).scores != usual.scores);
  }
  {
    INFO("loss");
    CHECK(inferred(estimator, archetypes::Loss(0)).scores != usual.scores);
  }
  {
    INFO("optimizer");
    CHECK(inferred(estimator, archetypes::Optimizer(0)).scores != usual.scores);
  }
  {
    INFO("precision");
    CHECK(inferred(SinglePrecision{}, estimator).scores != usual.scores);
  }
  {
    INFO("link");
    const Inference other = inferred(estimator, LinearRate(archetypes::Link(0)));
    CHECK(other.scores != usual.scores);
    CHECK(other.model.rate.link().value(1.0) == archetypes::Link(0).value(1.0));
  }
}

}  // namespace matrix
