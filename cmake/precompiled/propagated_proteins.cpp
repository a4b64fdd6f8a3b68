#include <cardamom/inference/propagated_proteins.hpp>

namespace cardamom {

template Inference<Sigmoid> detail::estimate_by(const PropagatedProteins<>&, const UsualProblem&);

}  // namespace cardamom
