/// @file
/// Per-gene constants of the motion and of the jumps, shared by every copy of a process.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include <cardamom/core/types.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/simulation/flow.hpp>

namespace cardamom::detail {

/// What a burst adds to: M in model (1), P in model (3).
enum class Jump { mrna, protein };

/// All arrays have length G; entry 0 is never used.
struct GeneConstants {
  GeneConstants(const Kinetics& kinetics, Jump jump)
      : mrna_decay(kinetics.mrna_decay),
        protein_decay(kinetics.protein_decay),
        protein_synthesis(kinetics.protein_synthesis),
        mean_burst(
            (jump == Jump::mrna ? kinetics.inverse_burst_size : kinetics.inverse_protein_burst_size()).cwiseInverse()),
        peak(Vector::Zero(kinetics.genes())),
        group(static_cast<std::size_t>(kinetics.genes()), 0) {
    std::vector<std::pair<double, double>> pairs;
    for (Index i = 1; i < genes(); ++i) {
      peak[i] = protein_synthesis[i] * peak_transfer(mrna_decay[i], protein_decay[i]);
      pairs.push_back(motion_of(i, jump));
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    for (Index i = 1; i < genes(); ++i) {
      const auto place = std::lower_bound(pairs.begin(), pairs.end(), motion_of(i, jump));
      group[static_cast<std::size_t>(i)] = static_cast<std::size_t>(place - pairs.begin());
    }
    groups = std::move(pairs);
    fastest_protein_decay = genes() > 1 ? protein_decay.tail(genes() - 1).maxCoeff() : 1.0;
  }

  /// (d0, d1); d0 has no part in the protein-only model.
  std::pair<double, double> motion_of(Index i, Jump jump) const {
    return {jump == Jump::mrna ? mrna_decay[i] : 0.0, protein_decay[i]};
  }

  Index genes() const noexcept { return mrna_decay.size(); }

  Vector mrna_decay;         ///< d0
  Vector protein_decay;      ///< d1
  Vector protein_synthesis;  ///< s1
  Vector mean_burst;         ///< s0/koff, or 1/c
  double fastest_protein_decay;
  Vector peak;                                    ///< most that one molecule of mRNA can still add to P
  std::vector<std::size_t> group;                 ///< per gene: its place in `groups`
  std::vector<std::pair<double, double>> groups;  ///< the distinct motions
};

}  // namespace cardamom::detail
