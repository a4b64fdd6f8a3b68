/// @file
/// Posterior inclusion probabilities of the parameters of a fit: how probable it is that they are not at their anchors.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/step.hpp>
#include <cardamom/inference/moments/targets.hpp>
#include <cardamom/numerics/spike_and_slab.hpp>

namespace cardamom {

/// The fit is approximated by the quadratic model of its last steps; parameters have a spike and slab prior, and those
/// of one gene may take each other's place.
/// @param x, residuals (per time point): averages of the same steps
/// @param slab_deviation prior standard deviation of parameters that are included
/// @return one per parameter; 0 or 1 for those whose prior probability is that
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector inclusion_probabilities(const WhereUsed<GaussNewton, Use>& solver,
                                                    const WhereUsed<MomentTargets, Use>& targets,
                                                    const WhereUsed<Vector, Use>& x,
                                                    const WhereUsed<std::vector<Vector>, Use>& residuals,
                                                    const WhereUsed<MomentsPenalty, Use>& penalty,
                                                    double slab_deviation, std::uint64_t seed,
                                                    const ExecutorRef& executor) {
  constexpr std::uint64_t first_stream = std::uint64_t{1} << 63U;  // simulations use those below
  WhereUsed<Vector, Use> result = Vector::Ones(x.size());
  if ((penalty.prior_inclusion.array() == 1.0).all()) return result;
  solver.for_each_group(executor, residuals, [&](Index first, const NormalEquations& all) {
    const Index size = all.gradient.size();
    RandomStream random(seed, Purpose::refinement, first_stream + static_cast<std::uint64_t>(first));
    const WhereUsed<Vector, Use> away = x.segment(first, size) - penalty.anchor.segment(first, size);
    result.segment(first, size) = inclusion_probabilities(
        SpikeAndSlab{
            all.normal,
            all.normal * away + all.gradient,
            penalty.precision.segment(first, size).array() + 1.0 / (slab_deviation * slab_deviation),
            penalty.prior_inclusion.segment(first, size).unaryExpr([](double p) { return std::log(p / (1.0 - p)); }),
            {targets.owner.begin() + first, targets.owner.begin() + first + size}},
        away, random);
  });
  return result;
}

}  // namespace cardamom
