#include <doctest/doctest.h>

#include <cardamom/clustering/fixed_modes.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace cardamom;

TEST_CASE("an average has the network of its first clusterer and the mean of all scores") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 30}, {.seed = 4}).counts;
  const Binarize pooled({.modes = BinarizeModes::pooled});
  const FixedModes three({.modes = 3});
  const Inference first = infer(counts, {}, Successive{}, Binarize{});
  const Inference second = infer(counts, {}, Successive{}, pooled);
  const Inference third = infer(counts, {}, Successive{}, three);
  const Inference both = infer(counts, {}, Averaged(Successive{}, Binarize{}, pooled));
  CHECK(both.scores == 0.5 * (first.scores + second.scores));
  CHECK(Matrix(both.interactions()) == Matrix(first.interactions()));
  CHECK(both.model.kinetics.frequency_max == first.model.kinetics.frequency_max);
  CHECK(first.scores != second.scores);
  // The same is what `infer` does where nothing is named.
  CHECK(infer(counts).scores == both.scores);
  const Inference all = infer(counts, {}, Averaged(Successive{}, three, Binarize{}, pooled), Threads(2));
  CHECK((all.scores - (first.scores + second.scores + third.scores) / 3.0).cwiseAbs().maxCoeff() < 1e-12);
  CHECK(Matrix(all.interactions()) == Matrix(third.interactions()));
  // A clusterer that is named is used alone.
  CHECK(infer(counts, {}, pooled).scores == second.scores);
}
