#include <matrix/infer_cells.hpp>

#include <support/lbfgs.hpp>

using namespace matrix;

TEST_CASE("infer takes LBFGS++ as its optimizer") {
#if SUPPORT_HAS_LBFGS
  const Inference usual = inferred(Successive{});
  const Inference other = inferred(Successive{}, support::lbfgs());
  CHECK(other.scores != usual.scores);
  CHECK(inferred(Successive{}, support::lbfgs(), archetypes::Loss(0)).scores != other.scores);
  CHECK(inferred(Successive{}, support::lbfgs(), archetypes::LearnableRate(5)).scores !=
        inferred(Successive{}, archetypes::LearnableRate(5)).scores);
#else
  MESSAGE("skipped: LBFGS++ is not installed");
#endif
}
