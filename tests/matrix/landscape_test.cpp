// Cells of the verbs of the landscape that simulate no cells: they take any rate, bounded or not.
#include <matrix/cells.hpp>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/landscape/assign_basins.hpp>
#include <cardamom/landscape/attractors.hpp>
#include <cardamom/landscape/impulsion.hpp>
#include <cardamom/landscape/landscape.hpp>
#include <cardamom/landscape/relaxation.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace matrix;

namespace {

/// Levels of two genes and one input, over the square.
Matrix starts() {
  Matrix result = Matrix::Ones(16, 3);
  for (Index k = 0; k < 16; ++k)
    result.row(k).tail(2) << 0.33 * static_cast<double>(k / 4), 0.3 * static_cast<double>(k % 4);
  return result;
}

/// Either gene switches the other off.
const auto toggle = [](Index gene, const VectorIn& protein) {
  const double other = protein[3 - gene] / 0.3;
  return 0.1 + 1.9 / (1.0 + other * other * other * other);
};

template <class Rate>
auto model_of(const Rate& rate) {
  return BasicModel{paper_kinetics(3), rate};
}

/// The toggle switch with another link.
auto toggle_with(const archetypes::Link& link) {
  const Model model = toggle_switch();
  return BasicModel{model.kinetics, LinearRate(link).with(model.rate.frequency_min(), model.rate.frequency_max(),
                                                          model.rate.basal(), model.rate.interactions())};
}

/// Every verb with the rate, and with the policies that have no say.
template <class Rate>
Matrix check_verbs(const BasicModel<Rate>& model) {
  const Matrix states = starts();
  Vector times = Vector::Zero(states.rows());
  times.tail(8).setConstant(5.0);
  const Attractors attractors = find_attractors(model, states);
  CHECK(attractors.count() > 0);
  CHECK(attractors.unsettled_starts == 0);
  check_run_policies([&](const auto&... policies) {
    const Attractors again = find_attractors(model, states, {}, policies...);
    CHECK(again.of_start == attractors.of_start);
    CHECK(again.saddles.size() == attractors.saddles.size());
    return again.proteins();
  });
  check_run_policies(
      [&](const auto&... policies) { return map_landscape(model, states, times, {}, policies...).cells; });
  check_run_policies(
      [&](const auto&... policies) { return assign_basins(model, attractors, states, {}, policies...); });
  CHECK(assign_basins(model, attractors, states) == attractors.of_start);
  const GammaMixture mixture = gamma_mixture(model, attractors, Vector::Ones(attractors.count()));
  check_run_policies(
      [&](const auto&... policies) { return impulsion(model, mixture, {.samples = 50}, policies...).per_gene; });
  CHECK(impulsion(model, mixture, {.samples = 50}).value > 0.0);
  CHECK(relax(model, states.row(5).transpose()).convergence.converged());
  return attractors.proteins();
}

}  // namespace

TEST_CASE("the landscape takes any rate") {
  const Matrix chain = check_verbs(model_of(archetypes::Rate(3)));
  CHECK(chain.rows() == 1);
  // The same function as a lambda, and another.
  const archetypes::Rate rate(3);
  const auto lambda = [&](Index gene, const VectorIn& protein) { return rate(gene, protein); };
  CHECK(check_verbs(model_of(FunctionRate(3, lambda))) == chain);
  CHECK(check_verbs(model_of(FunctionRate(3, toggle))).rows() == 2);
  archetypes::LearnableRate learnable(3);
  learnable.set_parameters(2, Vector{{0.0, 2.0, 0.0, -1.0}});
  CHECK(check_verbs(model_of(learnable)) != chain);
}

TEST_CASE("the landscape takes any link") {
  const Matrix own = check_verbs(toggle_with(archetypes::Link(0)));
  const Matrix logistic = find_attractors(toggle_switch(), starts()).proteins();
  CHECK(own.rows() == 2);
  CHECK(own != logistic);
}
