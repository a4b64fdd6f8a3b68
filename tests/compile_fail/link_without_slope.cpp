// expect: Link: .*slope
#include <cardamom/burst_rate/link.hpp>

struct Mine {
  double value(double u) const { return u; }
#ifndef KO
  double slope(double) const { return 1.0; }
#endif
};

static_assert(cardamom::policy_fits<Mine, cardamom::RoleList<cardamom::LinkRole>>());
