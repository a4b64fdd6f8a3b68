#include <cardamom/clustering/cluster.hpp>

namespace cardamom {

template Clustering detail::cluster_nodes(const Counts&, const NegativeBinomial&, const Binarize&, std::uint64_t,
                                          const ExecutorRef&, ProgressPlan::Part);

}  // namespace cardamom
