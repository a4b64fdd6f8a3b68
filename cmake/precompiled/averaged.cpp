#include <cardamom/inference/averaged.hpp>

namespace cardamom {

template Inference<Sigmoid> detail::estimate_by(const AveragedSuccessive&, const UsualProblem&);

}  // namespace cardamom
