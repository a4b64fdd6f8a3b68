#include <cardamom/inference/moments/fit.hpp>

namespace cardamom {

template FittedModel<LinearLeapingModel<Logistic>> detail::fit_linear_model<Logistic>(
    const MomentTargets&, const LinearLeapingModel<Logistic>&, const MomentsPenalty&, const MomentsOptions&,
    const Observation&, const ExecutorRef&, FunctionRef<bool(Index, Index)>);

}  // namespace cardamom
