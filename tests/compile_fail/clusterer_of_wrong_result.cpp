// expect: Clusterer: operator.* const must return GeneClustering
#include <cardamom/clustering/cluster.hpp>

using namespace cardamom;

struct MyClusterer {
  template <class Family>
#ifndef KO
  GeneClustering
#else
  GeneModes
#endif
  operator()(const GeneSample&, const Family&, RandomStream&) const {
    return {};
  }
};

Clustering check(const Counts& counts) { return cluster(counts, {}, Threads{2}, MyClusterer{}); }
