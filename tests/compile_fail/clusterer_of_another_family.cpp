// expect: Clusterer: .* must take the mixture family of this verb
#include <cardamom/clustering/clusterer.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

#ifdef KO
using Family = cardamom::Gamma;
#else
using Family = cardamom::NegativeBinomial;
#endif

/// Made for one family only.
struct Mine {
  cardamom::GeneClustering operator()(const cardamom::GeneSample&, const cardamom::NegativeBinomial&,
                                      cardamom::RandomStream&) const {
    return {};
  }
};

static_assert(cardamom::policy_fits<Mine, cardamom::RoleList<cardamom::ClustererRole<Family>>>());
