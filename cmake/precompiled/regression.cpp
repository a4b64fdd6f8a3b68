#include <cardamom/regression/regress.hpp>

namespace cardamom {

template Regression detail::regress_from(const BasicSamples<double>&, const RegressionOptions&, const Coefficients&,
                                         const Coefficients&, const LeastSquares&, const Logistic&,
                                         const ProximalNewton&, const ExecutorRef&, FunctionRef<bool(Index, Index)>);

}  // namespace cardamom
