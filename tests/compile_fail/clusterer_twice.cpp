// expect: cluster: more than one Clusterer
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/no_clustering.hpp>

using namespace cardamom;

Clustering check(const Counts& counts) {
#ifndef KO
  return cluster(counts, {}, NoClustering{});
#else
  return cluster(counts, {}, NoClustering{}, Binarize{});
#endif
}
