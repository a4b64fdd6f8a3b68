// expect: Successive: an ObservationLaw has no say
#include <cardamom/inference/infer.hpp>

void use(const cardamom::Counts& counts) {
#ifdef KO
  static_cast<void>(cardamom::infer(counts, {}, cardamom::PoissonCapture{.efficiency = 0.5}));
#else
  static_cast<void>(cardamom::infer(counts));
#endif
}
