#include <cardamom/simulation/population.hpp>

namespace cardamom {

template Population detail::simulate_model(const Model&, const Protocol&, const SimulateOptions&, const PoissonCapture&,
                                           ExecutorRef, FunctionRef<bool(Index, Index)>);
template Population detail::simulate_model(const Model&, const Protocol&, const SimulateOptions&,
                                           const ExactMeasurement&, ExecutorRef, FunctionRef<bool(Index, Index)>);

}  // namespace cardamom
