#include <cardamom/inference/select_and_fit.hpp>

#include "support/methods.hpp"
#include "support/run_estimator.hpp"

namespace support {

cardamom::Inference<> infer_refined(const cardamom::Counts& counts, const MethodSettings& settings,
                                    cardamom::ExecutorRef executor, Observer progress) {
  const cardamom::PropagatedProteins start({}, cardamom::AveragedSuccessive{settings.regression});
  const cardamom::DistanceOptions fit{.first_state = settings.first_state, .fit_depth = settings.fit_depth};
  return run_estimator(
      counts, settings,
      cardamom::SelectAndFit(cardamom::SimulatedMoments({}, start), cardamom::SimulatedDistance<>(fit)), executor,
      progress);
}

}  // namespace support
