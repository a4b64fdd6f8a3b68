#include <cardamom/inference/robust_consensus.hpp>

namespace cardamom {

template Inference<Sigmoid> detail::estimate_by(const RobustConsensus&, const UsualProblem&);

}  // namespace cardamom
