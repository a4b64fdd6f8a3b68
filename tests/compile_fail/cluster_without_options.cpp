// expect: cluster: options are left out; argument 2 must be ClusterOptions
#include <cardamom/clustering/cluster.hpp>

void use(const cardamom::Counts& counts) {
#ifdef KO
  const auto modes = cardamom::cluster(counts, cardamom::Binarize{});
#else
  const auto modes = cardamom::cluster(counts, {}, cardamom::Binarize{});
#endif
  (void)modes;
}
