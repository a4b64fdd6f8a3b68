#include <cardamom/inference/simulated_distance.hpp>

namespace cardamom {

template Inference<Sigmoid> detail::estimate_by(const SimulatedDistance<>&, const UsualProblem&);

}  // namespace cardamom
