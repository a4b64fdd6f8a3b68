/// @file
/// Maximum likelihood of a `Mixture` by expectation–maximisation with restarts.
///
///     auto fit = fit_mixture(proteins, GammaProduct{}, {.components = 3}, Threads{4});
///     auto types = fit_mixture(counts, NegativeBinomial{}, {.components = 5});
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/detail/gamma_product_fitter.hpp>
#include <cardamom/mixture/mixture.hpp>
#include <cardamom/mixture/product_mixture.hpp>
#include <cardamom/numerics/expectation_maximization.hpp>
#include <cardamom/numerics/k_means_start.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>

namespace cardamom {

/// Settings of `fit_mixture`.
struct MixtureFitOptions {
  Index components = 2;         ///< >= 1; a component that loses all its cells is dropped
  Index restarts = 10;          ///< starts from different k-means++ seeds, the best likelihood wins; >= 1
  Index max_iterations = 1000;  ///< steps of EM from each start, >= 1
  double tolerance = 1e-9;      ///< converged when a step raises the log-likelihood per cell by less, > 0
  std::uint64_t seed = 1;       ///< of the starts
  Index inputs = 1;             ///< how many of the columns, the first ones, are inputs: they take no part
};

/// Throws std::invalid_argument or std::domain_error naming the field.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<MixtureFitOptions, Use>& options) {
  check_at_least("MixtureFitOptions", "components", options.components, 1);
  check_at_least("MixtureFitOptions", "restarts", options.restarts, 1);
  check_at_least("MixtureFitOptions", "max_iterations", options.max_iterations, 1);
  check_positive("MixtureFitOptions", "tolerance", options.tolerance);
  check_at_least("MixtureFitOptions", "inputs", options.inputs, 0);
}

/// A fitted mixture and how good it is.
template <class M>
struct FittedMixture {
  M mixture;                              ///< components by decreasing weight
  WhereUsed<Matrix, M> responsibilities;  ///< cells × components
  double log_likelihood;                  ///< of all cells [nats]
  double bic;                             ///< −2 · log_likelihood + parameters · ln cells: the smaller the better
  Index empty;                            ///< components asked for that ran empty and were dropped
  Convergence convergence;                ///< of the best start; residual: last gain of log-likelihood per cell
};

/// A component whose mixtures can be fitted: `mixture_fitter(component, data, inputs)`, found by argument-dependent
/// lookup, checks the data (cells × nodes) and returns a fitter, which is only read after that:
///
/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `Fitter::Parameters` | copyable type | parameters of all components, `Parameters()` none |
/// | `fitter.points()` | `const Matrix&` | cells × genes, the space in which starts are drawn |
/// | `fitter.maximise(responsibilities, before)` | `Parameters` | maximum likelihood of every component with cells weighted by the columns of `responsibilities`; `before`: where to start, if it has as many components |
/// | `fitter.log_densities(parameters, out)` | `void` | ln f_z of every cell to `out`, cells × components already |
/// | `fitter.laws(parameters, order)` | `C::Laws` | the components of these numbers, in this order |
/// | `fitter.free_parameters(components)` | `Index` | without the weights, for BIC |
/// | `fitter.log_unit()` | `double` | what the log-likelihood of all cells is too large by, for fitters that scale the data |
template <class C>
concept FittableComponent = MixtureComponent<C> && requires(const C& component, const MatrixIn& data, Index inputs) {
  mixture_fitter(component, data, inputs);
};

namespace detail {

/// The `EmProblem` of a mixture over cells.
template <class Fitter>
class MixtureProblem {
 public:
  struct State {
    WhereUsed<Vector, Fitter> weights;
    typename Fitter::Parameters parameters;
  };

  MixtureProblem(const Fitter& fitter, WhereUsed<Matrix, Fitter> responsibilities)
      : fitter_(fitter), responsibilities_(std::move(responsibilities)) {}

  const Matrix& responsibilities() const noexcept { return responsibilities_; }

  State maximise(const State& before) {
    drop_empty();
    return {responsibilities_.colwise().sum().transpose() / static_cast<double>(responsibilities_.rows()),
            fitter_.maximise(responsibilities_, before.parameters)};
  }

  double expect(const State& state) {
    scores_.resize(responsibilities_.rows(), responsibilities_.cols());
    fitter_.log_densities(state.parameters, scores_);
    scores_.rowwise() += state.weights.array().log().matrix().transpose();
    double total = 0.0;
    for (Index cell = 0; cell < scores_.rows(); ++cell) {
      WhereUsed<Vector, Fitter> row = scores_.row(cell);
      total += log_sum_exp(row);
      softmax(row);
      responsibilities_.row(cell) = row;
    }
    return total;
  }

 private:
  /// A component with less than one cell has no parameters worth the name.
  void drop_empty() {
    std::vector<Index> kept;
    for (Index z = 0; z < responsibilities_.cols(); ++z) {
      if (responsibilities_.col(z).sum() >= 1.0) kept.push_back(z);
    }
    if (static_cast<Index>(kept.size()) == responsibilities_.cols()) return;
    const WhereUsed<Matrix, Fitter> rest = responsibilities_(Eigen::all, kept);
    responsibilities_ = rest;
    for (Index cell = 0; cell < responsibilities_.rows(); ++cell) {
      const double total = responsibilities_.row(cell).sum();
      if (total > 0) {
        responsibilities_.row(cell) /= total;
      } else {
        responsibilities_.row(cell).setConstant(1.0 / static_cast<double>(responsibilities_.cols()));
      }
    }
  }

  const Fitter& fitter_;
  WhereUsed<Matrix, Fitter> responsibilities_;
  WhereUsed<Matrix, Fitter> scores_;
};

template <class Fitter>
struct MixtureRun {
  EmResult<typename MixtureProblem<Fitter>::State> result;
  WhereUsed<Matrix, Fitter> responsibilities;
};

/// The best of `options.restarts` runs; equal likelihoods go to the earlier start.
template <class Fitter>
MixtureRun<Fitter> best_run(const Fitter& fitter, const MixtureFitOptions& options, const ExecutorRef& executor,
                            ProgressPlan::Part progress) {
  std::vector<std::optional<MixtureRun<Fitter>>> runs(static_cast<std::size_t>(options.restarts));
  const auto cells = static_cast<double>(fitter.points().rows());
  ProgressCounter counter(progress, options.restarts);
  for_each_index(executor, options.restarts, [&](Index restart) {
    RandomStream stream(options.seed, Purpose::clustering, static_cast<std::uint64_t>(restart));
    MixtureProblem<Fitter> problem(fitter, k_means_start(fitter.points(), options.components, stream));
    auto result = expectation_maximization(problem, cells, {options.tolerance, options.max_iterations});
    runs[static_cast<std::size_t>(restart)] = {std::move(result), problem.responsibilities()};
    counter.add();
  });
  std::size_t best = 0;
  for (std::size_t k = 1; k < runs.size(); ++k) {
    if (runs[k]->result.log_likelihood > runs[best]->result.log_likelihood) best = k;
  }
  return *std::move(runs[best]);
}

using MixtureFitRoles = RoleList<ExecutorRole, ProgressRole>;

}  // namespace detail

/// The most likely mixture; components by decreasing weight, an order that does not depend on the starts.
///
/// Policies, in any order: an `Executor` (default `Sequential`), over whose threads the starts are spread, and a
/// `Progress` observer, told of the starts done.
/// @param data cells × nodes, what the component admits; at least one gene, and as many cells as components
/// @param component `GammaProduct`, `Gaussian`, `Product<Family>` or a user's
/// @throws std::invalid_argument, std::domain_error on the arguments; Cancelled when the observer asks to stop
/// O(restarts · iterations · cells · components · genes), with full covariances genes².
template <FittableComponent Component, class... Policies>
[[nodiscard]] FittedMixture<Mixture<Component>> fit_mixture(const WhereUsed<MatrixIn, Component>& data,
                                                            const Component& component,
                                                            const MixtureFitOptions& options = {},
                                                            const Policies&... policies) {
  using Roles = detail::MixtureFitRoles;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "fit_mixture: more than one Executor");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "fit_mixture: more than one Progress");
  const std::tuple<const Policies&...> all(policies...);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  auto observer = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  ProgressPlan plan(observer, options.restarts);

  validate(options);
  check_at_least("fit_mixture", "data.cols()", data.cols(), options.inputs + 1);
  check_at_least("fit_mixture", "data.rows()", data.rows(), options.components);
  const auto fitter = mixture_fitter(component, data, options.inputs);
  const auto run = detail::best_run(fitter, options, ExecutorRef(executor), plan.part(options.restarts));

  const WhereUsed<Vector, Component>& weights = run.result.state.weights;
  const Index components = weights.size();
  std::vector<Index> order(static_cast<std::size_t>(components));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return weights[a] > weights[b]; });
  const Index parameters = components - 1 + fitter.free_parameters(components);
  const double log_likelihood = run.result.log_likelihood;
  const double penalty = static_cast<double>(parameters) * std::log(static_cast<double>(data.rows()));
  return {Mixture<Component>(Vector(weights(order)), fitter.laws(run.result.state.parameters, order)),
          run.responsibilities(Eigen::all, order),
          log_likelihood - fitter.log_unit(),
          -2.0 * log_likelihood + penalty + 2.0 * fitter.log_unit(),
          options.components - components,
          run.result.convergence};
}

/// The same with products of laws of a family: `Product{family}`.
template <MixtureFamily Family, class... Policies>
[[nodiscard]] FittedMixture<ProductMixture<Family>> fit_mixture(const WhereUsed<MatrixIn, Family>& data,
                                                                const Family& family,
                                                                const MixtureFitOptions& options = {},
                                                                const Policies&... policies) {
  return fit_mixture(data, Product<Family>{family}, options, policies...);
}

}  // namespace cardamom
