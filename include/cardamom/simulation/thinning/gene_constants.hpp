/// @file
/// Per-gene constants of the motion and of the jumps, shared by every copy of a process.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/simulation/flow.hpp>
#include <cardamom/simulation/thinning/motion.hpp>

namespace cardamom::thinning {

/// What a burst adds to: M in model (1), P in model (3).
enum class Jump { mrna, protein };

/// Arrays have one entry per node; those of inputs are never used.
struct GeneConstants {
  template <class Use = CompiledWhereUsed>
  GeneConstants(const WhereUsed<Kinetics, Use>& kinetics, Jump jump)
      : mrna_decay(kinetics.mrna_decay),
        protein_decay(kinetics.protein_decay),
        protein_synthesis(kinetics.protein_synthesis),
        mean_burst(
            (jump == Jump::mrna ? kinetics.inverse_burst_size : kinetics.inverse_protein_burst_size()).cwiseInverse()),
        peak(Vector::Zero(kinetics.nodes())),
        group(static_cast<std::size_t>(kinetics.nodes()), 0),
        inputs(kinetics.inputs()) {
    std::vector<Motion> motions;
    for (Index i = inputs; i < nodes(); ++i) {
      peak[i] = protein_synthesis[i] * peak_transfer(mrna_decay[i], protein_decay[i]);
      motions.push_back(motion_of(i, jump));
    }
    std::sort(motions.begin(), motions.end());
    motions.erase(std::unique(motions.begin(), motions.end()), motions.end());
    for (Index i = inputs; i < nodes(); ++i) {
      const auto place = std::lower_bound(motions.begin(), motions.end(), motion_of(i, jump));
      group[static_cast<std::size_t>(i)] = static_cast<std::size_t>(place - motions.begin());
    }
    groups = std::move(motions);
    fastest_protein_decay = nodes() > inputs ? protein_decay.tail(nodes() - inputs).maxCoeff() : 1.0;
  }

  Index nodes() const noexcept { return mrna_decay.size(); }
  /// How the proteins of a gene, not of an input, move.
  const Motion& motion(Index gene) const { return groups[group[static_cast<std::size_t>(gene)]]; }

  Vector mrna_decay;         ///< d0
  Vector protein_decay;      ///< d1
  Vector protein_synthesis;  ///< s1
  Vector mean_burst;         ///< s0/koff, or 1/c
  double fastest_protein_decay;
  Vector peak;                     ///< most that one molecule of mRNA can still add to P
  std::vector<std::size_t> group;  ///< per node: its place in `groups`
  std::vector<Motion> groups;      ///< the distinct motions
  Index inputs;

 private:
  Motion motion_of(Index i, Jump jump) const { return {jump == Jump::mrna ? mrna_decay[i] : 0.0, protein_decay[i]}; }
};

}  // namespace cardamom::thinning
