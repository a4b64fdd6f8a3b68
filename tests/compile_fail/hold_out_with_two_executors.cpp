// expect: hold_out: more than one Executor
#include <cardamom/inference/hold_out.hpp>

using namespace cardamom;

Inference<> inferred(const Counts& counts);

std::vector<HeldOut> check(const Counts& counts) {
  const auto own = [](const Counts& rest) { return inferred(rest); };
#ifndef KO
  return hold_out(counts, {}, own, Sequential{});
#else
  return hold_out(counts, {}, own, Sequential{}, Threads{});
#endif
}
