/// @file
/// Refinement by simulation: a network is right when cells simulated from it look like the data.
///
/// Not in the paper. A generalised method of moments on simulated data: at every time point the shares of cells in
/// which a gene exceeds its threshold, and the covariances of these events between genes, are compared with those of
/// simulated cells. The likelihood score of the simulated paths gives the sensitivity of every statistic to every
/// parameter, edges that are absent included, from one set of simulations; Gauss-Newton steps with an L1 penalty
/// follow. The first time points are fitted first, then more and more of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/regression/row_penalty.hpp>

namespace cardamom {

struct RefinementOptions {
  double burn_in = 5.0;         ///< of the experiment, without stimulus, from M = P = 0 [h], >= 0
  double strength = 0.7;        ///< L1 weight of an average edge, in units of half a squared standardised residual, > 0
  double self_strength = 0.21;  ///< of a self-interaction, >= 0
  double basal_strength = 0.035;   ///< of a departure of β from its start, >= 0
  double trust = 0.5;              ///< an edge's weight is 1/(trust + c), c in [0, 1] its strength in the start, > 0
  double limit = 12.0;             ///< |θ| <= limit, > 0
  Index cells = 1000;              ///< simulated per step while time points are added, twice as many at the end, >= 100
  Index steps_per_time_point = 3;  ///< >= 1
  Index final_steps = 14;          ///< with all time points, >= 1
  Index averaged = 6;              ///< of the final steps, the last so many are averaged, 1 … final_steps
  Index joint_genes = 16;   ///< up to so many genes all sensitivities are used; above, those of a gene's own statistics
  Index least_active = 10;  ///< genes on in fewer cells keep the start's coefficients and are not simulated, >= 1
  std::uint64_t seed = 0;
};

inline void validate(const RefinementOptions& options) {
  check_nonnegative("RefinementOptions", "burn_in", options.burn_in);
  check_positive("RefinementOptions", "strength", options.strength);
  check_nonnegative("RefinementOptions", "self_strength", options.self_strength);
  check_nonnegative("RefinementOptions", "basal_strength", options.basal_strength);
  check_positive("RefinementOptions", "trust", options.trust);
  check_positive("RefinementOptions", "limit", options.limit);
  check_at_least("RefinementOptions", "cells", options.cells, 100);
  check_at_least("RefinementOptions", "steps_per_time_point", options.steps_per_time_point, 1);
  check_at_least("RefinementOptions", "final_steps", options.final_steps, 1);
  check_at_least("RefinementOptions", "averaged", options.averaged, 1);
  check_at_least("RefinementOptions", "final_steps - averaged", options.final_steps - options.averaged, 0);
  check_at_least("RefinementOptions", "joint_genes", options.joint_genes, 1);
  check_at_least("RefinementOptions", "least_active", options.least_active, 1);
}

struct Refinement {
  Inference inference;     ///< the refined network as its only step
  Model model;             ///< the model that was simulated: kinetics as used, refined network
  double objective = 0.0;  ///< half the mean squared standardised residual of the last step; about ½ for a perfect fit
  Matrix residuals;        ///< time points × G: (share of active cells in the data − simulated) in standard errors
};

namespace detail {

/// The L1-penalised Gauss–Newton step of one group of parameters: coordinate descent on ½ δᵀ(H + μ)δ − gᵀδ + Σ λ |x +
/// δ|.
inline Vector refinement_step(const Matrix& hessian, const Vector& gradient, const Vector& x, const Vector& anchor,
                              const Vector& strength, double damping, double longest, double limit) {
  const Index size = x.size();
  Vector step = Vector::Zero(size);
  Vector slope = -gradient;
  for (int pass = 0; pass < 200; ++pass) {
    double largest = 0.0;
    for (Index j = 0; j < size; ++j) {
      const double diagonal = hessian(j, j) + damping;
      const double point = x[j] + step[j] - (slope[j] + damping * step[j]) / diagonal;
      const double shrink = strength[j] / diagonal;
      const double from_anchor = point - anchor[j];
      double target =
          anchor[j] + (std::abs(from_anchor) <= shrink ? 0.0 : from_anchor - std::copysign(shrink, from_anchor));
      target = std::clamp(target, std::max(x[j] - longest, -limit), std::min(x[j] + longest, limit));
      const double d = target - x[j] - step[j];
      if (d == 0.0) continue;
      step[j] += d;
      slope += d * hessian.col(j);
      largest = std::max(largest, std::abs(d));
    }
    if (largest < 1e-7) break;
  }
  return step;
}

}  // namespace detail

/// Refines a network by simulation.
/// @param start θ and β to start from, its scores as prior confidence, its clustering (two modes per gene) for kinetics
/// and thresholds: the result of `propagate` serves best
/// @param rates d0 and d1 of every gene [1/h]: required, since what is compared is dynamics
/// @throws std::invalid_argument when rates are missing, on sizes and options; std::domain_error on rates; Cancelled
/// (told of steps)
/// Cost O(steps · cells · (simulated steps of time · A² + time points · A⁴)) for A active genes, A³ above
/// `joint_genes`.
template <Executor E = Sequential, Progress P = IgnoreProgress>
Refinement refine(const Counts& counts, const Inference& start, const DecayRates& rates,
                  const RefinementOptions& options = {}, const E& executor = {}, P progress = {}) {
  const Index genes = counts.genes();
  validate(options);
  check_size("refine", "start.names", start.genes(), genes);
  check_shape("refine", "start.clustering.modes", start.clustering.modes, counts.cells(), genes);
  if (rates.mrna.size() == 0 || rates.protein.size() == 0) {
    throw std::invalid_argument(
        "refine: rates are missing; degradation rates of mRNA and protein are required, because simulated dynamics are "
        "compared with the data");
  }
  check_size("refine", "rates.mrna", rates.mrna.size(), genes);
  check_size("refine", "rates.protein", rates.protein.size(), genes);
  check_all_positive("refine", "rates.mrna", rates.mrna, 1);
  check_all_positive("refine", "rates.protein", rates.protein, 1);

  // Genes that take part, and their kinetics: estimates from few active cells lean on the median of the others.
  const Index times = counts.time_points().size();
  Vector active_cells = Vector::Zero(genes);
  std::vector<Index> active;
  for (Index i = 1; i < genes; ++i) {
    const ModeIndex top = start.clustering.gene(i).count() - 1;
    if (top < 1) continue;
    active_cells[i] = static_cast<double>((start.clustering.modes.col(i).array() == top).count());
    if (active_cells[i] >= static_cast<double>(options.least_active) &&
        active_cells[i] < static_cast<double>(counts.cells())) {
      active.push_back(i);
    }
  }
  const auto size = static_cast<Index>(active.size());
  const auto gene_of = [&active](Index a) { return active[static_cast<std::size_t>(a)]; };
  Vector log_low(genes), log_high(genes), log_inverse(genes);
  for (Index i = 1; i < genes; ++i) {
    const GeneModes& gene = start.clustering.gene(i);
    log_low[i] = std::log(std::max(gene.shape_min(), 1e-3));
    log_high[i] = std::log(std::max(gene.shape_max(), 1e-3));
    log_inverse[i] = std::log(gene.inverse_burst_size);
  }
  const auto shrink = [&](const Vector& own) {
    std::vector<double> trusted;
    for (Index a = 0; a < size; ++a) {
      if (active_cells[gene_of(a)] > 100.0) trusted.push_back(own[gene_of(a)]);
    }
    Vector result = own;
    if (trusted.empty()) return result;
    std::nth_element(trusted.begin(), trusted.begin() + static_cast<std::ptrdiff_t>(trusted.size() / 2), trusted.end());
    const double median = trusted[trusted.size() / 2];
    for (Index a = 0; a < size; ++a) {
      const double share = active_cells[gene_of(a)] / (active_cells[gene_of(a)] + 400.0);
      result[gene_of(a)] = share * own[gene_of(a)] + (1.0 - share) * median;
    }
    return result;
  };
  const Vector low = shrink(log_low).array().exp();
  const Vector high = shrink(log_high).array().exp();
  const Vector inverse = shrink(log_inverse).array().exp();

  detail::ScoreModel model;
  model.basal.resize(size);
  model.interactions = Matrix::Zero(size, size + 1);
  for (Vector* field : {&model.k0, &model.k1, &model.burst, &model.d0, &model.d1, &model.s1}) field->resize(size);
  detail::ScoreStatistics statistics;
  const NegativeBinomial family;
  for (Index a = 0; a < size; ++a) {
    const Index i = gene_of(a);
    model.d0[a] = rates.mrna[i];
    model.d1[a] = rates.protein[i];
    model.k0[a] = std::min(low[i], 0.9 * high[i]) * model.d0[a];
    model.k1[a] = high[i] * model.d0[a];
    model.burst[a] = 1.0 / inverse[i];
    model.s1[a] = model.d1[a] * model.d0[a] * inverse[i] / model.k1[a];
    model.basal[a] = start.basal()[i];
    model.interactions(a, 0) = start.interactions().coeff(i, 0);
    for (Index b = 0; b < size; ++b) model.interactions(a, b + 1) = start.interactions().coeff(i, gene_of(b));
    double threshold = 1.0;
    const double a0 = model.k0[a] / model.d0[a];
    while (threshold < 1000.0 && family.log_density(threshold, high[i], inverse[i], 1.0) <=
                                     family.log_density(threshold, std::max(a0, 1e-3), inverse[i], 1.0)) {
      threshold += 1.0;
    }
    statistics.thresholds.push_back(threshold);
  }
  const Index row = size + 2;
  for (Index a = 0; a < size; ++a) {
    for (Index b = a; b < size; ++b) statistics.all.emplace_back(a, b);
  }
  const auto all = static_cast<Index>(statistics.all.size());
  if (size <= options.joint_genes) {
    detail::ScoreStatistics::Group group{{}, 0, size * row};
    for (Index q = 0; q < all; ++q) group.statistics.push_back(q);
    statistics.groups.push_back(group);
  } else {
    for (Index a = 0; a < size; ++a) {
      detail::ScoreStatistics::Group group{{}, a * row, row};
      for (Index q = 0; q < all; ++q) {
        const auto& pair = statistics.all[static_cast<std::size_t>(q)];
        if (pair.first == a || pair.second == a) group.statistics.push_back(q);
      }
      statistics.groups.push_back(group);
    }
  }

  // The data's side.
  std::vector<Vector> shares;
  std::vector<Vector> observed;
  std::vector<double> cells_at;
  detail::ScoreProtocol protocol;
  protocol.burn_in = options.burn_in;
  protocol.step = size > 0 ? std::min(0.125 / model.d0.maxCoeff(), 0.5) : 0.5;
  protocol.seed = options.seed;
  for (Index k = 0; k < times; ++k) {
    const auto cells = counts.cells_at(k);
    const auto n = static_cast<Index>(cells.size());
    Matrix on(n, size);
    double stimulus = 0.0;
    for (Index c = 0; c < n; ++c) {
      const Index cell = cells[static_cast<std::size_t>(c)];
      stimulus += start.clustering.modes(cell, 0) > 0 ? 1.0 / static_cast<double>(n) : 0.0;
      for (Index a = 0; a < size; ++a) {
        on(c, a) = counts.values()(cell, gene_of(a)) >= statistics.thresholds[static_cast<std::size_t>(a)] ? 1.0 : 0.0;
      }
    }
    const Vector share = on.colwise().mean();
    Matrix deviation = on.rowwise() - share.transpose();
    Vector values(all);
    for (Index q = 0; q < all; ++q) {
      const auto [a, b] = statistics.all[static_cast<std::size_t>(q)];
      values[q] = a == b ? 0.0 : deviation.col(a).dot(deviation.col(b)) / static_cast<double>(n);
    }
    shares.push_back(share);
    observed.push_back(values);
    cells_at.push_back(static_cast<double>(n));
    protocol.times.push_back(counts.time_points()[k]);
    protocol.stimulus.push_back(stimulus);
  }
  const std::vector<double> all_times = protocol.times;

  // Penalty: edges the start believes in are cheaper.
  Vector strength = Vector::Zero(size * row);
  Vector anchor = Vector::Zero(size * row);
  Matrix confidence = Matrix::Zero(genes, genes);
  {
    std::vector<double> entries;
    for (Index i = 1; i < genes; ++i) {
      for (Index j = 0; j < genes; ++j) {
        if (i != j) entries.push_back(start.scores(i, j));
      }
    }
    std::sort(entries.begin(), entries.end(), std::greater<>());
    const double scale =
        entries.empty() ? 0.0 : entries[std::min(entries.size(), static_cast<std::size_t>(genes - 1)) - 1];
    for (Index i = 1; i < genes; ++i) {
      for (Index j = 0; j < genes; ++j) {
        confidence(i, j) = start.scores(i, j) <= 0.0 ? 0.0 : (scale > 0.0 ? start.scores(i, j) / scale : 1.0);
      }
    }
    double sum = 0.0;
    const auto weight = [&](Index i, Index j) { return 1.0 / (options.trust + std::min(confidence(i, j), 1.0)); };
    for (Index a = 0; a < size; ++a) {
      for (Index b = 0; b <= size; ++b) {
        if (b == a + 1) continue;
        sum += strength[a * row + b] = weight(gene_of(a), b == 0 ? 0 : gene_of(b - 1));
      }
    }
    if (sum > 0.0) strength *= options.strength * static_cast<double>(size * size) / sum;
    for (Index a = 0; a < size; ++a) {
      strength[a * row + a + 1] = options.self_strength;
      strength[a * row + size + 1] = options.basal_strength;
      anchor[a * row + size + 1] = model.basal[a];
    }
  }

  Vector x(size * row);
  for (Index a = 0; a < size; ++a) {
    x.segment(a * row, size + 1) =
        model.interactions.row(a).transpose().cwiseMax(-options.limit).cwiseMin(options.limit);
    x[a * row + size + 1] = model.basal[a];
  }
  const auto set_model = [&] {
    for (Index a = 0; a < size; ++a) {
      model.interactions.row(a) = x.segment(a * row, size + 1).transpose();
      model.basal[a] = x[a * row + size + 1];
    }
  };

  const Index first_stage = std::min<Index>(3, times);
  const Index stages = times - first_stage;
  const Index total_steps = stages * options.steps_per_time_point + options.final_steps;
  detail::ProgressCounter<P> counter(progress, total_steps);
  std::vector<Matrix> hessian(statistics.groups.size());
  Vector average = Vector::Zero(x.size());
  Refinement result;
  result.residuals = Matrix::Zero(times, genes);
  for (Index step = 0; step < total_steps && size > 0; ++step) {
    const Index stage = step / options.steps_per_time_point;
    const bool last_stage = stage >= stages;
    const Index used = last_stage ? times : first_stage + stage;
    const Index final_step = step - stages * options.steps_per_time_point;
    const bool averaging = last_stage && final_step >= options.final_steps - options.averaged;
    protocol.times.assign(all_times.begin(), all_times.begin() + used);
    protocol.cells = last_stage ? 2 * options.cells : options.cells;
    protocol.pass = static_cast<std::uint64_t>(step);
    set_model();
    const auto moments = detail::simulate_scores(model, protocol, statistics, shares, executor);

    double sum_of_squares = 0.0;
    std::vector<Matrix> normal(statistics.groups.size());
    std::vector<Vector> gradient(statistics.groups.size());
    for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
      const Index parameters = statistics.groups[g].parameters;
      normal[g] = Matrix::Zero(parameters, parameters);
      gradient[g] = Vector::Zero(parameters);
    }
    for (Index k = 0; k < used; ++k) {
      const auto t = static_cast<std::size_t>(k);
      const double n = cells_at[t];
      Vector error(size);
      for (Index a = 0; a < size; ++a) {
        // Statistics are centred on the data's share.
        Index q = a * size - a * (a - 1) / 2;
        const double f = shares[t][a];
        const double fm = f + moments[t].statistics[q];
        error[a] = std::sqrt((0.5 * (f * (1.0 - f) + fm * (1.0 - fm)) + 0.5 / n) / n + 4e-4);
        result.residuals(k, gene_of(a)) = (f - fm) / error[a];
      }
      Vector residual(all);
      Vector scale(all);
      for (Index q = 0; q < all; ++q) {
        const auto [a, b] = statistics.all[static_cast<std::size_t>(q)];
        scale[q] = a == b ? 1.0 / error[a] : 1.0 / (error[a] * error[b] * std::sqrt(n));
        residual[q] = (observed[t][q] - moments[t].statistics[q]) * scale[q];
      }
      sum_of_squares += residual.squaredNorm();
      for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
        const auto& chosen = statistics.groups[g].statistics;
        Matrix jacobian = moments[t].sensitivity[g];
        Vector right(jacobian.rows());
        for (Index q = 0; q < jacobian.rows(); ++q) {
          const Index s = chosen[static_cast<std::size_t>(q)];
          jacobian.row(q) *= scale[s];
          right[q] = residual[s];
        }
        normal[g].noalias() += jacobian.transpose() * jacobian;
        gradient[g].noalias() += jacobian.transpose() * right;
      }
    }
    result.objective = 0.5 * sum_of_squares / static_cast<double>(all * used);
    for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
      const auto& group = statistics.groups[g];
      hessian[g] = step == 0 ? normal[g] : Matrix(0.5 * hessian[g] + 0.5 * normal[g]);
      auto part = x.segment(group.first_parameter, group.parameters);
      part += detail::refinement_step(hessian[g], gradient[g], part,
                                      anchor.segment(group.first_parameter, group.parameters),
                                      strength.segment(group.first_parameter, group.parameters), last_stage ? 1.0 : 3.0,
                                      averaging ? 0.75 : 1.5, options.limit);
    }
    if (averaging) average += x / static_cast<double>(options.averaged);
    counter.add();
  }
  if (size > 0) x = average;
  set_model();

  // Back to all genes.
  result.inference.names = start.names;
  result.inference.clustering = start.clustering;
  result.inference.basins = start.basins;
  result.inference.diagnostics = start.diagnostics;
  Matrix interactions(start.interactions());
  Vector basal = start.basal();
  for (Index a = 0; a < size; ++a) {
    const Index i = gene_of(a);
    basal[i] = model.basal[a];
    interactions(i, 0) = model.interactions(a, 0);
    for (Index b = 0; b < size; ++b) interactions(i, gene_of(b)) = model.interactions(a, b + 1);
  }
  std::vector<double> entries;
  for (Index i = 1; i < genes; ++i) {
    for (Index j = 0; j < genes; ++j) {
      if (i != j) entries.push_back(std::abs(interactions(i, j)));
    }
  }
  std::sort(entries.begin(), entries.end(), std::greater<>());
  const double scale =
      entries.empty() ? 0.0 : entries[std::min(entries.size(), static_cast<std::size_t>(genes - 1)) - 1];
  result.inference.scores = Matrix::Zero(genes, genes);
  for (Index i = 1; i < genes; ++i) {
    for (Index j = 0; j < genes; ++j) {
      const double own = std::abs(interactions(i, j));
      // A small share of the start's opinion ranks edges the refinement cannot tell apart.
      result.inference.scores(i, j) = (scale > 0.0 ? own / scale : own) + 0.3 * std::min(confidence(i, j), 2.0);
    }
  }
  result.inference.steps.push_back({all_times.back(), basal, interactions.sparseView(0.0, 0.0),
                                    Convergence{ConvergenceStatus::converged, total_steps, 0.0}});
  Vector full_low = low;
  Vector full_high = high;
  Vector full_inverse = inverse;
  full_low[0] = full_high[0] = full_inverse[0] = 1.0;
  for (Index i = 1; i < genes; ++i) full_low[i] = std::min(full_low[i], full_high[i]);
  result.model = {Kinetics::from_modes(full_low, full_high, full_inverse, rates), result.inference.network()};
  return result;
}

}  // namespace cardamom
