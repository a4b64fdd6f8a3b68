// Cells of `simulate`.
#include <matrix/cells.hpp>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

using namespace matrix;

namespace {

const Protocol protocol{.time_points = {0, 8, 24}, .cells_per_time_point = 10};

/// What `simulate` makes of two genes with this rate.
template <class Rate, class... Policies>
Population simulated(const Rate& rate, const Policies&... policies) {
  Population result =
      simulate(BasicModel{paper_kinetics(3), rate}, protocol, {.seed = 4, .keep_latent = true}, policies...);
  CHECK(result.counts.values().allFinite());
  CHECK(result.counts.values().rightCols(2).sum() > 0.0);
  return result;
}

/// θ of gene 1 on gene 2, of the input on gene 1.
template <class LinkType>
LinearRate<LinkType> chain(const LinkType& link) {
  const Kinetics kinetics = paper_kinetics(3);
  Matrix interactions = Matrix::Zero(3, 3);
  interactions(1, 0) = interactions(2, 1) = 6.0;
  return {link, kinetics.frequency_min, kinetics.frequency_max, Vector::Constant(3, -3.0), interactions.sparseView()};
}

}  // namespace

TEST_CASE("simulate takes any bounded rate") {
  const Matrix usual = simulated(chain(Logistic{})).counts.values();
  const Matrix bounded = simulated(archetypes::BoundedRate(3)).counts.values();
  CHECK(bounded != usual);
  CHECK(simulated(archetypes::BoxBoundedRate(3)).counts.values() != usual);
  CHECK(simulated(archetypes::LearnableRate(3)).counts.values() != bounded);
  // The same function, as a lambda.
  const archetypes::Rate rate(3);
  const auto lambda = [&](Index gene, const VectorIn& protein) { return rate(gene, protein); };
  CHECK(simulated(BoundedFunctionRate(lambda, Vector::Constant(3, 2.0))).counts.values() == bounded);
}

TEST_CASE("simulate takes any link") {
  const Matrix own = simulated(chain(archetypes::Link(0))).counts.values();
  CHECK(own != simulated(chain(Logistic{})).counts.values());
}

TEST_CASE("simulate takes any observation law, which sees the same molecules") {
  const archetypes::BoundedRate rate(3);
  const Population usual = simulated(rate);
  const Population lossy = simulated(rate, archetypes::ObservationLaw(0));
  CHECK(lossy.counts.values() != usual.counts.values());
  CHECK(lossy.counts.values().sum() < usual.counts.values().sum());
  CHECK(lossy.mrna == usual.mrna);
  CHECK(lossy.protein == usual.protein);
}

TEST_CASE("simulate takes any executor and observer") {
  check_run_policies(
      [](const auto&... policies) { return simulated(archetypes::BoundedRate(3), policies...).counts.values(); });
  check_run_policies([](const auto&... policies) {
    return simulated(archetypes::BoundedRate(3), policies..., archetypes::ObservationLaw(0)).counts.values();
  });
}
