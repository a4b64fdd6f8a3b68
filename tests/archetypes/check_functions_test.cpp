// The archetypes, which have no member more than a concept asks for, go through the check functions.
#include <doctest/doctest.h>

#include <cardamom/burst_rate/check_rate.hpp>
#include <cardamom/clustering/check_clusterer.hpp>
#include <cardamom/core/check_executor.hpp>
#include <cardamom/mixture/check_family.hpp>
#include <cardamom/model/check_model.hpp>
#include <cardamom/regression/check_optimizer.hpp>

#include "archetypes.hpp"

using namespace cardamom;

TEST_CASE("the archetypes keep their duties") {
  check_rate(archetypes::Rate(3));
  check_rate(archetypes::BoundedRate(3));
  check_rate(archetypes::BoxBoundedRate(3));
  check_rate(archetypes::LearnableRate(3));
  check_model(BasicModel{Kinetics::uniform(3, 0.5, 0.1, 0.02, 0.1, 2.0), archetypes::BoundedRate(3)});
  check_executor(archetypes::Executor(0));
  check_family(archetypes::Family(0));
  Matrix table(6, 3);
  table << 0, 1, 0, 0, 4, 9, 0, 0, 3, 1, 12, 0, 1, 7, 100, 1, 3, 2;
  const Counts counts(table, Vector::Zero(6));
  check_clusterer(archetypes::Clusterer(0), counts);
  check_clusterer(archetypes::Clusterer(0), counts, archetypes::Family(0));
  check_optimizer(archetypes::Optimizer(0));
}
