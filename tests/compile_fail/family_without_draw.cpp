// expect: MixtureFamily: draw.* const must return double
#include <cardamom/clustering/cluster.hpp>

using namespace cardamom;

struct MyFamily : private NegativeBinomial {
  using NegativeBinomial::admits;
  using NegativeBinomial::fit;
  using NegativeBinomial::log_densities;
  using NegativeBinomial::log_density;
  using NegativeBinomial::support;
#ifndef KO
  using NegativeBinomial::draw;
#endif
};

Clustering check(const Counts& counts) { return cluster(counts, {}, MyFamily{}); }
