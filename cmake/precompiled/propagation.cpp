#include <cardamom/inference/ancestry/propagate.hpp>

namespace cardamom {

template Propagation detail::propagate_genes<double>(const Counts&, const Clustering&, const MatrixIn&,
                                                     const PropagationOptions&, const CrossEntropy&,
                                                     const ProximalNewton&, const ExecutorRef&,
                                                     FunctionRef<bool(Index, Index)>, const Logistic&);

}  // namespace cardamom
