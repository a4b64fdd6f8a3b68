#include <cardamom/inference/select_and_fit.hpp>

namespace cardamom {

template Inference<Sigmoid> detail::estimate_by(const SelectAndFit<>&, const UsualProblem&);

}  // namespace cardamom
