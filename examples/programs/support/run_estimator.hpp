// `infer` with the estimator of a method and the clusterer and family of the command line.
#pragma once

#include <cardamom/core/executor.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/mixture/gamma_for.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

#include "support/clusterer_option.hpp"
#include "support/methods.hpp"

namespace support {

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

}  // namespace support
