// expect: NetworkEstimator: member estimate\(problem\) must be const
#include <cardamom/inference/infer.hpp>

struct Mine {
  template <class Problem>
  auto estimate(const Problem& problem) const {
#ifdef KO
    return problem.counts.values();
#else
    return cardamom::Successive{}.estimate(problem);
#endif
  }
};

void use(const cardamom::Counts& counts) { static_cast<void>(cardamom::infer(counts, {}, Mine{})); }
