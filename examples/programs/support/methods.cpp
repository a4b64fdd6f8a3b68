#include "support/methods.hpp"

#include <variant>

#include <cardamom/core/executor.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/robust_consensus.hpp>
#include <cardamom/inference/select_and_fit.hpp>
#include <cardamom/mixture/gamma_for.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/simulation/first_state.hpp>

#include "support/clusterer_option.hpp"
#include "support/program.hpp"

namespace support {

namespace {

/// `infer` with an estimator, and the clusterer and family of the command line.
template <class Estimator>
cardamom::Inference<> run_estimator(const cardamom::Counts& counts, const MethodSettings& settings,
                                    const Estimator& estimator, cardamom::ExecutorRef executor, Observer progress) {
  const auto run = [&](const auto& family) {
    if (settings.clusterer.clusterer == "auto") {
      return infer(counts, settings.inference, estimator, family, executor, progress);
    }
    return infer(counts, settings.inference, estimator, family, make_clusterer(settings.clusterer, family), executor,
                 progress);
  };
  if (settings.clusterer.family == "gamma") return run(cardamom::gamma_for(counts));
  return run(cardamom::NegativeBinomial{});
}

/// Options of the moments where they fit the model alone, as they do with conditions, which no distance tells apart.
cardamom::MomentsOptions moments_options(const MethodSettings& settings) {
  cardamom::MomentsOptions options;
  if (!settings.first_state) return options;
  const auto* const burn_in = std::get_if<cardamom::BurnIn>(&*settings.first_state);
  if (burn_in == nullptr) throw UsageError("--start rest is not for --condition-key: cells begin empty there");
  options.burn_in = burn_in->hours;
  return options;
}

}  // namespace

cardamom::Inference<> infer_by(const cardamom::Counts& counts, const MethodSettings& settings,
                               cardamom::ExecutorRef executor, Observer progress) {
  const auto run = [&](const auto& estimator) {
    return run_estimator(counts, settings, estimator, executor, progress);
  };
  const cardamom::AveragedSuccessive paper{settings.regression};
  const cardamom::PropagatedProteins propagated({}, paper);
  switch (settings.method) {
    case Method::consensus:
      return run(cardamom::RobustConsensus{.regression = settings.regression});
    case Method::propagated:
      return run(propagated);
    case Method::refined: {
      if (!counts.conditions().empty()) return run(cardamom::SimulatedMoments(moments_options(settings), propagated));
      const cardamom::DistanceOptions fit{.first_state = settings.first_state, .fit_depth = settings.fit_depth};
      return run(
          cardamom::SelectAndFit(cardamom::SimulatedMoments({}, propagated), cardamom::SimulatedDistance<>(fit)));
    }
    case Method::paper:
      break;
  }
  return run(paper);
}

}  // namespace support
