// Where fits by simulated moments start.
#include <doctest/doctest.h>

#include <cardamom/inference/moments/starts.hpp>

using namespace cardamom;

TEST_CASE("genes of similar time courses swap their targets first") {
  MomentTargets targets;
  targets.active = {1, 2, 3};
  for (const double third : {0.2, 0.9}) {
    SnapshotMoments snapshot;
    snapshot.cells = 50.0;
    snapshot.mean = (Vector(3) << 0.2, 0.8, third).finished();
    targets.snapshots.push_back(snapshot);
  }
  CHECK(time_course_distance(targets, 0, 1) == doctest::Approx(2.0 * 0.36 * 50.0 / (0.16 + 0.16 + 0.02)));
  LinearLeapingModel<> model;
  model.interactions = Matrix::Zero(3, 4);
  model.interactions(0, 0) = 4.0;
  model.interactions(2, 1) = 5.0;  // gene 1 acts on gene 3
  model.interactions(0, 2) = 2.0;  // gene 2 on gene 1
  RoleSwaps propose(targets);
  // Genes 1 and 3 have no other target to swap; 2 and 3 are closer than 1 and 2.
  const auto first = propose(model);
  REQUIRE(first);
  Matrix expected = model.interactions;
  expected(0, 2) = 0.0;
  expected(0, 3) = 2.0;
  CHECK(first->interactions == expected);
  const auto second = propose(model);
  REQUIRE(second);
  expected = model.interactions;
  expected(2, 1) = 0.0;
  expected(2, 2) = 5.0;
  CHECK(second->interactions == expected);
  CHECK(!propose(model));
}

TEST_CASE("genes swap their targets only where both may act on them") {
  MomentTargets targets;
  targets.active = {1, 2, 4};  // node 3 takes no part
  SnapshotMoments snapshot;
  snapshot.cells = 50.0;
  snapshot.mean = (Vector(3) << 0.2, 0.3, 0.9).finished();
  targets.snapshots.push_back(snapshot);
  LinearLeapingModel<> model;
  model.interactions = Matrix::Zero(3, 4);
  model.interactions(2, 1) = 5.0;  // node 1 acts on node 4
  model.interactions(0, 3) = 3.0;  // node 4 on node 1
  const auto proposals = [&](const EdgePrior& prior) {
    RoleSwaps propose(targets, prior);
    Index count = 0;
    while (const auto proposal = propose(model)) {
      ++count;
      for (Index a = 0; a < 3; ++a) {
        for (Index b = 0; b < 3; ++b) {
          CHECK((proposal->interactions(a, b + 1) == 0.0 || prior.allows(targets.node(a), targets.node(b))));
        }
      }
    }
    return count;
  };
  CHECK(proposals({}) == 2);
  CHECK(proposals(only_from({1, 2, 3, 4}, 5)) == 2);
  CHECK(proposals(only_from({1, 4}, 5)) == 0);
}
