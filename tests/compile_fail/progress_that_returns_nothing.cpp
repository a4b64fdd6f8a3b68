// expect: Progress: operator\(\)\(Index done, Index total\) must return bool
#include <cardamom/core/progress.hpp>

struct Mine {
#ifdef KO
  void operator()(cardamom::Index, cardamom::Index) const {}
#else
  bool operator()(cardamom::Index, cardamom::Index) const { return true; }
#endif
};

static_assert(cardamom::policy_fits<Mine, cardamom::RoleList<cardamom::ProgressRole>>());
