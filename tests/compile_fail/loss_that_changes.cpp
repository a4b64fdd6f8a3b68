// expect: Loss: operator\(\)\(double fitted, double target\) must be const
#include <cardamom/regression/loss.hpp>

struct Mine {
#ifdef KO
  cardamom::LossTerm operator()(double fitted, double target){
#else
  cardamom::LossTerm operator()(double fitted, double target) const {
#endif
      return {0.5 * (fitted - target) * (fitted - target), fitted - target, 1.0, 1.0};
}
}
;

static_assert(cardamom::policy_fits<Mine, cardamom::RoleList<cardamom::LossRole>>());
