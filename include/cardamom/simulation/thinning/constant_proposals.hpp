/// @file
/// Proposals of thinning by bounds that always hold: `rate.bound(gene)`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>

namespace cardamom::thinning {

/// One constant bound per gene. Equal bounds: a uniform pick; else Walker's alias table. O(1) per candidate.
class ConstantProposals {
 public:
  template <class Rate>
  ConstantProposals(const Rate& rate, Index inputs) : bound_(constant_bounds(rate, inputs)) {
    for (Index i = inputs; i < bound_.size(); ++i) {
      total_ += bound_[i];
      if (bound_[i] > 0.0) slots_.push_back({i, i, bound_[i], 1.0});
    }
    build_alias_table();
  }

  double total() const noexcept { return total_; }
  double bound(Index gene) const { return bound_.coeff(gene); }

  /// Only when total() > 0.
  Candidate pick(RandomStream& stream) const {
    const auto [place, rest] = stream.split(count_);
    const Slot& slot = slots_[place];
    if (uniform_) return {slot.gene, rest * slot.bound};
    return pick_unequal(slot, rest, stream);
  }

 private:
  struct Slot {
    Index gene;
    Index alias;
    double bound;  // of `gene`
    double share;  // of `gene` in its slot
  };

  /// Apart, so that it does not weigh on the loop.
  [[gnu::noinline]] Candidate pick_unequal(const Slot& slot, double rest, RandomStream& stream) const {
    const Index gene = rest <= slot.share ? slot.gene : slot.alias;
    return {gene, stream.uniform() * bound(gene)};
  }

  template <class = CompiledWhereUsed>
  void build_alias_table() {
    count_ = static_cast<std::uint32_t>(slots_.size());
    const double mean = slots_.empty() ? 0.0 : total_ / static_cast<double>(slots_.size());
    std::vector<double> weight;
    std::vector<std::size_t> poor;
    std::vector<std::size_t> rich;
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      weight.push_back(bound_[slots_[s].gene] / mean);
      (weight[s] < 1.0 ? poor : rich).push_back(s);
      uniform_ = uniform_ && bound_[slots_[s].gene] == bound_[slots_[0].gene];
    }
    while (!poor.empty() && !rich.empty() && !uniform_) {
      const std::size_t p = poor.back();
      const std::size_t r = rich.back();
      poor.pop_back();
      slots_[p].share = weight[p];
      slots_[p].alias = slots_[r].gene;
      weight[r] -= 1.0 - weight[p];
      if (weight[r] < 1.0) {
        rich.pop_back();
        poor.push_back(r);
      }
    }
  }

  Vector bound_;
  double total_ = 0.0;
  bool uniform_ = true;
  std::vector<Slot> slots_;
  std::uint32_t count_ = 0;  // of slots_
};

}  // namespace cardamom::thinning
