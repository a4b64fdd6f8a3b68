#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/landscape/impulsion.hpp>
#include <cardamom/landscape/landscape.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace cardamom;

namespace {

/// Bursts more frequent and smaller by the same factor: less noise, the same attractors.
Model with_frequent_bursts(const Model& model, double factor) {
  Kinetics kinetics = model.kinetics;
  kinetics.frequency_min *= factor;
  kinetics.frequency_max *= factor;
  kinetics.scale_proteins();
  return make_model(kinetics, model.network());
}

}  // namespace

TEST_CASE("the impulsion vanishes for the mixture's own rate and grows with the noise") {
  const Model model = toggle_switch();
  const Matrix starts{{0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
  const Attractors attractors = find_attractors(model, starts);
  const Vector even{{0.5, 0.5}};
  const GammaMixture mixture = gamma_mixture(model, attractors, even);
  const BasicModel own{model.kinetics, MixtureRate(mixture, model.kinetics.protein_decay)};
  CHECK(impulsion(own, mixture, {.samples = 100}).value < 1e-12);

  const Impulsion noisy = impulsion(model, mixture, {.samples = 4000});
  CHECK(noisy.value > 0.0);
  CHECK(noisy.per_gene.sum() == doctest::Approx(noisy.value));
  CHECK(std::abs(noisy.per_gene[1] - noisy.per_gene[2]) < 8 * noisy.standard_error);
  CHECK(impulsion(model, mixture, {.samples = 4000}, Threads(3)).value == noisy.value);

  // Bursts five times as frequent and five times smaller leave the attractors in place and sharpen the mixture; the
  // impulsion relative to the burst rate falls.
  const Model sharp = with_frequent_bursts(model, 5.0);
  const Attractors same = find_attractors(sharp, starts);
  CHECK((same.proteins() - attractors.proteins()).cwiseAbs().maxCoeff() < 1e-12);
  const Impulsion quiet = impulsion(sharp, gamma_mixture(sharp, same, even), {.samples = 4000});
  CHECK(quiet.value / 5.0 < noisy.value);

  CHECK_THROWS_WITH_AS(impulsion(model, mixture, {.samples = 1}), "impulsion: options.samples is 1, must be at least 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(impulsion(two_toggles(), mixture), "impulsion: mixture.nodes() has size 3, must be 5",
                       std::invalid_argument);
}

TEST_CASE("impulsions draw from streams of their own and hold every input at its level") {
  const GammaMixture mixture(Vector::Ones(1), Matrix{{0.0, 2.0}}, Vector{{0.0, 10.0}});
  std::vector<Vector> seen;
  const BasicModel model{paper_kinetics(2), FunctionRate(2, [&seen](Index, const VectorIn& protein) {
                           seen.emplace_back(protein);
                           return 1.0;
                         })};
  const Impulsion estimate = impulsion(model, mixture, {.seed = 3, .samples = 5, .input_levels = Vector{{0.25}}});
  CHECK(estimate.per_gene[0] == 0.0);
  REQUIRE(seen.size() == 5);
  const Matrix others = mixture.sample(5, 3);
  for (Index k = 0; k < 5; ++k) {
    CHECK(seen[static_cast<std::size_t>(k)][0] == 0.25);
    CHECK(seen[static_cast<std::size_t>(k)][1] != others(k, 1));
  }
  CHECK_THROWS_WITH_AS(impulsion(model, mixture, {.input_levels = Vector{{1.0, 1.0}}}),
                       "impulsion: options.input_levels has size 2, must be 1", std::invalid_argument);
}
