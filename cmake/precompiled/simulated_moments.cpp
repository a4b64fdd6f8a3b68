#include <cardamom/inference/simulated_moments.hpp>

namespace cardamom {

template Inference<Sigmoid> detail::estimate_by(const SimulatedMoments<>&, const UsualProblem&);

}  // namespace cardamom
