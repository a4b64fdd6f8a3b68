#include <cardamom/inference/robust_consensus.hpp>

#include "support/methods.hpp"
#include "support/run_estimator.hpp"

namespace support {

cardamom::Inference<> infer_consensus(const cardamom::Counts& counts, const MethodSettings& settings,
                                      cardamom::ExecutorRef executor, Observer progress) {
  return run_estimator(counts, settings, cardamom::RobustConsensus{.regression = settings.regression}, executor,
                       progress);
}

}  // namespace support
