// expect: infer: options are left out; argument 2 must be InferenceOptions
#include <cardamom/inference/infer.hpp>

void use(const cardamom::Counts& counts) {
#ifdef KO
  const auto result = cardamom::infer(counts, cardamom::Threads{4});
#else
  const auto result = cardamom::infer(counts, {}, cardamom::Threads{4});
#endif
  (void)result;
}
