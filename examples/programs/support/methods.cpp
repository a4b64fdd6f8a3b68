#include "support/methods.hpp"

#include <cardamom/core/executor.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/robust_consensus.hpp>
#include <cardamom/inference/select_and_fit.hpp>
#include <cardamom/mixture/gamma_for.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

#include "support/clusterer_option.hpp"

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
