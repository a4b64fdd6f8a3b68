#include <cardamom/inference/simulated_moments.hpp>

#include "support/methods.hpp"
#include "support/run_estimator.hpp"

namespace support {

cardamom::Inference<> infer_refined(const cardamom::Counts& counts, const MethodSettings& settings,
                                    cardamom::ExecutorRef executor, Observer progress) {
  const cardamom::PropagatedProteins start({}, cardamom::AveragedSuccessive{settings.regression});
  return run_estimator(counts, settings, cardamom::SimulatedMoments({}, start), executor, progress);
}

}  // namespace support
