#include <cardamom/inference/propagated_proteins.hpp>

#include "support/methods.hpp"
#include "support/run_estimator.hpp"

namespace support {

cardamom::Inference<> infer_propagated(const cardamom::Counts& counts, const MethodSettings& settings,
                                       cardamom::ExecutorRef executor, Observer progress) {
  return run_estimator(counts, settings,
                       cardamom::PropagatedProteins({}, cardamom::AveragedSuccessive{settings.regression}), executor,
                       progress);
}

}  // namespace support
