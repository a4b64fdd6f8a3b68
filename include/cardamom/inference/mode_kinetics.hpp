/// @file
/// Kinetics as the modes of genes have them.
#pragma once

#include <algorithm>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/shape_floor.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/kinetics.hpp>

namespace cardamom {

/// k0 = α0 d0 and k1 = α1 d0 from the extreme modes (12), the burst size as fitted, s1 by (11): cells of such kinetics
/// look like those that were clustered. A gene never seen active gets α1 = `smallest_shape`, so that its rates are
/// positive.
/// @param rates where empty, the typical half-lives that `Kinetics::from_modes` names are assumed
/// @throws std::invalid_argument on sizes, std::domain_error on values
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Kinetics mode_kinetics(const WhereUsed<Clustering, Use>& clustering,
                                            const WhereUsed<DecayRates, Use>& rates, Index inputs) {
  const auto nodes = clustering.nodes();
  WhereUsed<Vector, Use> shape_min = Vector::Zero(nodes);
  WhereUsed<Vector, Use> shape_max = Vector::Ones(nodes);
  WhereUsed<Vector, Use> inverse_burst_size = Vector::Ones(nodes);
  for (Index i = inputs; i < nodes; ++i) {
    const GeneModes& gene = clustering.gene(i);
    shape_min[i] = gene.shape_min();
    shape_max[i] = std::max(gene.shape_max(), smallest_shape);
    inverse_burst_size[i] = gene.inverse_burst_size;
  }
  return Kinetics::from_modes(shape_min, shape_max, inverse_burst_size, rates, inputs);
}

/// Kinetics for a burst rate that brings its own scale: k1 is the rate's constant bound, and k0 and the burst size
/// follow, so that mean levels stay those of the modes. A rate without such a bound is taken to be on the scale of the
/// modes.
/// @throws std::domain_error when a bound is not finite and > 0
template <BurstRate Rate>
[[nodiscard]] Kinetics on_scale_of(WhereUsed<Kinetics, Rate> kinetics, const Rate& rate) {
  if constexpr (ConstantBoundBurstRate<Rate>) {
    for (Index i = kinetics.inputs(); i < kinetics.nodes(); ++i) {
      const auto bound = static_cast<double>(rate.bound(i));
      check_positive("infer", detail::element("rate.bound", i), bound);
      const double scale = bound / kinetics.frequency_max[i];
      kinetics.frequency_max[i] = bound;
      kinetics.frequency_min[i] = std::min(bound, scale * kinetics.frequency_min[i]);
      kinetics.inverse_burst_size[i] *= scale;
    }
    kinetics.scale_proteins();
  }
  return kinetics;
}

}  // namespace cardamom
