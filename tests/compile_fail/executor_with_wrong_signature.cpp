// expect: Executor: member for_ranges
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>

struct Mine {
#ifdef KO
  void for_ranges(cardamom::Index) const {}
#else
  template <class Body>
  void for_ranges(cardamom::Index count, Body&& body) const {
    body(cardamom::Index{0}, count);
  }
#endif
};

static_assert(cardamom::policy_fits<Mine, cardamom::RoleList<cardamom::ExecutorRole, cardamom::ProgressRole>>());
