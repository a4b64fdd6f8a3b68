/// @file
/// Per-gene constants of the motion and of the jumps, shared by every copy of a process.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <cardamom/core/types.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/simulation/flow.hpp>

namespace cardamom::detail {

/// What a burst adds to: M in model (1), P in model (3).
enum class Jump { mrna, protein };

/// How a gene's M and P move without bursts. In the protein-only model there is no M: d0 = 0 stands for it.
class Motion {
 public:
  Motion(double mrna_decay, double protein_decay)
      : mrna_decay_(mrna_decay),
        protein_decay_(protein_decay),
        peak_(mrna_decay > 0.0 ? peak_transfer(mrna_decay, protein_decay) : 0.0) {
    const double gap = mrna_decay - protein_decay;
    if (std::abs(gap) > 0.1 * std::max(mrna_decay, protein_decay)) inverse_gap_ = 1.0 / gap;
  }

  double mrna_decay() const noexcept { return mrna_decay_; }
  double protein_decay() const noexcept { return protein_decay_; }

  FlowFactors after(double time) const {
    if (inverse_gap_ == 0.0) return flow_factors(mrna_decay_, protein_decay_, time);
    const double protein = std::exp(-protein_decay_ * time);
    const double mrna = mrna_decay_ > 0.0 ? std::exp(-mrna_decay_ * time) : 1.0;
    return {mrna, protein, (protein - mrna) * inverse_gap_};
  }

  /// Most that P can ever be again after a time without bursts, from P and s1 M then.
  double ceiling(const FlowFactors& f, double protein, double synthesis) const {
    return f.protein * protein + (f.transfer + f.mrna * peak_) * synthesis;
  }

  friend bool operator==(const Motion& a, const Motion& b) { return a.key() == b.key(); }
  friend bool operator<(const Motion& a, const Motion& b) { return a.key() < b.key(); }

 private:
  std::pair<double, double> key() const { return {mrna_decay_, protein_decay_}; }

  double mrna_decay_;
  double protein_decay_;
  double peak_;               // most that one unit of s1 M adds to P
  double inverse_gap_ = 0.0;  // 1/(d0 − d1); 0: so close that a difference of exponentials would lose digits
};

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
    std::vector<Motion> motions;
    for (Index i = 1; i < genes(); ++i) {
      peak[i] = protein_synthesis[i] * peak_transfer(mrna_decay[i], protein_decay[i]);
      motions.push_back(motion_of(i, jump));
    }
    std::sort(motions.begin(), motions.end());
    motions.erase(std::unique(motions.begin(), motions.end()), motions.end());
    for (Index i = 1; i < genes(); ++i) {
      const auto place = std::lower_bound(motions.begin(), motions.end(), motion_of(i, jump));
      group[static_cast<std::size_t>(i)] = static_cast<std::size_t>(place - motions.begin());
    }
    groups = std::move(motions);
    fastest_protein_decay = genes() > 1 ? protein_decay.tail(genes() - 1).maxCoeff() : 1.0;
  }

  Index genes() const noexcept { return mrna_decay.size(); }
  /// Of a gene, not the stimulus.
  const Motion& motion(Index gene) const { return groups[group[static_cast<std::size_t>(gene)]]; }

  Vector mrna_decay;         ///< d0
  Vector protein_decay;      ///< d1
  Vector protein_synthesis;  ///< s1
  Vector mean_burst;         ///< s0/koff, or 1/c
  double fastest_protein_decay;
  Vector peak;                     ///< most that one molecule of mRNA can still add to P
  std::vector<std::size_t> group;  ///< per gene: its place in `groups`
  std::vector<Motion> groups;      ///< the distinct motions

 private:
  Motion motion_of(Index i, Jump jump) const { return {jump == Jump::mrna ? mrna_decay[i] : 0.0, protein_decay[i]}; }
};

}  // namespace cardamom::detail
