#include <cardamom/inference/simulated_distance.hpp>

namespace cardamom {

template DistanceFit fit_distance<Logistic>(PathwiseLinearLaw<Logistic>&, const std::vector<DistanceTargets>&, Vector,
                                            const Vector&, const FirstState&, const MarginalsAndPairs&, const Adam&,
                                            const DistanceOptions&, const Observation&, const ExecutorRef&,
                                            FunctionRef<bool(Index, Index)>);

}  // namespace cardamom
