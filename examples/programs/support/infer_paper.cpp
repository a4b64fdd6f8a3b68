#include <cardamom/inference/averaged.hpp>

#include "support/methods.hpp"
#include "support/run_estimator.hpp"

namespace support {

cardamom::Inference<> infer_paper(const cardamom::Counts& counts, const MethodSettings& settings,
                                  cardamom::ExecutorRef executor, Observer progress) {
  return run_estimator(counts, settings, cardamom::AveragedSuccessive{settings.regression}, executor, progress);
}

}  // namespace support
