#include <matrix/infer_cells.hpp>

#include <cardamom/inference/propagated_proteins.hpp>

using namespace matrix;

TEST_CASE("PropagatedProteins takes every policy") {
  check_common_policies(PropagatedProteins({.rounds = 2}));
  // The first network may come from another estimator.
  CHECK(inferred(PropagatedProteins({.rounds = 2}, Successive{})).scores !=
        inferred(PropagatedProteins({.rounds = 2})).scores);
}
