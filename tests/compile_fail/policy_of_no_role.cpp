// expect: this policy .* models the concept of no role
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>

struct Mine {};

template <class... Policies>
void verb(const Policies&...) {
  static_assert(
      (cardamom::policy_fits<Policies, cardamom::RoleList<cardamom::ExecutorRole, cardamom::ProgressRole>>() && ...));
}

void use() {
#ifdef KO
  verb(Mine{});
#else
  verb(cardamom::Sequential{});
#endif
}
