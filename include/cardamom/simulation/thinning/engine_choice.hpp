/// @file
/// The choice among the engines that a burst rate opens, by the expected cost of a burst.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/engine_cost.hpp>
#include <cardamom/simulation/thinning/engines.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/targets.hpp>
#include <cardamom/simulation/thinning/trial_run.hpp>

namespace cardamom::thinning {

/// An engine, and the ways among which it was chosen, the cheapest first.
template <class Rate, Jump jump>
struct ChosenEngine {
  Engines<Rate, jump> engine;
  std::vector<PathCost> considered;
};

/// Chooses and builds the engine of a process. Its parts are shared by all copies.
template <class Rate, Jump jump>
class EngineMaker {
 public:
  EngineMaker(std::string function, const WhereUsed<Kinetics, Rate>& kinetics, std::shared_ptr<const Rate> rate,
              const ProcessOptions& options)
      : function_(std::move(function)),
        constants_(std::make_shared<const GeneConstants>(kinetics, jump)),
        rate_(std::move(rate)),
        options_(options) {}

  ChosenEngine<Rate, jump> make() const {
    std::vector<PathCost> possible = allowed();
    if (possible.empty()) refuse_options();
    if (possible.size() == 1) return {build(possible[0].path, possible[0].candidates), {}};
    set_costs(possible);
    auto engine = build(possible[0].path, possible[0].candidates);
    return {std::move(engine), std::move(possible)};
  }

 private:
  Index inputs() const noexcept { return constants_->inputs; }
  static constexpr bool linked = LinkedBurstRate<Rate>;
  static constexpr bool bounded = ConstantBoundBurstRate<Rate>;
  static constexpr bool boxed = SparseBurstRate<Rate> && BoxBoundBurstRate<Rate>;
  static constexpr bool expandable = linked && SparseBurstRate<Rate> && bounded;
  /// Linked rates have sums of their own where decays are shared.
  static constexpr bool may_share = bounded && !linked;

  bool separable() const {
    if constexpr (linked) return SeparableFollower<Rate, jump>::fits(*constants_);
    return false;
  }
  bool expands() const {
    if constexpr (expandable) return ExpansionFollower<Rate, jump>::fits(*constants_);
    return false;
  }
  bool sorts_into_levels() const { return rate_->nodes() <= LevelTable::most_genes; }

  /// The ways that rate, kinetics and options allow. Clocks are taken only where they are asked for: what they are good
  /// for is not speed.
  std::vector<PathCost> allowed() const {
    std::vector<PathCost> ways;
    const auto add = [&](bool possible, Path path, Candidates candidates) {
      const bool wanted = options_.path == Path::automatic ? path != Path::clocks : options_.path == path;
      if (!possible || !wanted) return;
      if (options_.candidates != Candidates::automatic && options_.candidates != candidates) return;
      ways.push_back({path, candidates, 0.0, 0.0});
    };
    const bool levels = sorts_into_levels();
    add(separable() && levels, Path::separable, Candidates::levels);
    add(separable() && bounded, Path::separable, Candidates::constant);
    add((linked || boxed) && levels, Path::sparse, Candidates::levels);
    add(SelectiveBurstRate<Rate> && bounded, Path::sparse, Candidates::constant);
    add(expands(), Path::expansion, Candidates::constant);
    add(SelectiveBurstRate<Rate> && bounded, Path::clocks, Candidates::constant);
    // Bounds that hold for a while are for rates that offer nothing else.
    add(bounded || ways.empty(), Path::plain, Candidates::constant);
    return ways;
  }

  void set_costs(std::vector<PathCost>& ways) const {
    const auto weigh = [&](const BurstWork& work) {
      for (PathCost& way : ways) {
        way.candidates_per_burst =
            way.candidates == Candidates::levels ? work.level_candidates : work.constant_candidates;
        way.cost = cost_of_burst(way.path, way.candidates, work);
      }
      std::stable_sort(ways.begin(), ways.end(), [](const PathCost& a, const PathCost& b) { return a.cost < b.cost; });
    };
    BurstWork work = expected_work();
    weigh(work);
    if constexpr (bounded && (linked || boxed)) {
      // Without a choice between constant bounds and levels, the number of candidates is the same for all.
      const auto has = [&](Candidates kind) {
        return std::any_of(ways.begin(), ways.end(), [kind](const PathCost& way) { return way.candidates == kind; });
      };
      if (!has(Candidates::constant) || !has(Candidates::levels)) return;
      try_out([&](const TrialRun& trial, const std::vector<Reach>& reach) {
        add_counts(work, trial, reach);
        weigh(work);
        const auto rival = std::find_if(ways.begin(), ways.end(),
                                        [&](const PathCost& way) { return way.candidates != ways[0].candidates; });
        // Ratios of n bursts are known to a few standard errors of 1/√n, once the proteins are there.
        const double needed = trial.settled ? 1.0 + 4.0 / std::sqrt(trial.bursts) : 4.0;
        return rival->cost > needed * ways[0].cost;
      });
    }
  }

  /// What is known without a trial: every gene bursts as often as any other.
  BurstWork expected_work() const {
    BurstWork work;
    work.nodes = static_cast<double>(rate_->nodes());
    work.motions = static_cast<double>(constants_->groups.size());
    const double genes = std::max(1.0, static_cast<double>(rate_->nodes() - inputs()));
    if constexpr (linked) {
      work.regulators = static_cast<double>(rate_->interactions().nonZeros()) / genes;
    } else if constexpr (SparseBurstRate<Rate>) {
      work.regulators = static_cast<double>(Targets::of(*rate_, inputs()).size()) / genes;
    } else {
      work.regulators = 2.0;  // a rate that reads what it needs: few, is the guess
    }
    work.targets = work.raised = work.regulators;
    work.linked = linked;
    work.shared = may_share && SeparableProteins<jump>::fits(*constants_);
    return work;
  }

  /// How many genes a gene acts on, and how many of their bounds it raises.
  struct Reach {
    double targets;
    double raised;
  };
  std::vector<Reach> reach_of_genes() const {
    std::vector<Reach> reach;
    const auto count = [&](const Targets& all, const Targets& raised) {
      for (Index j = 0; j < rate_->nodes(); ++j) {
        reach.push_back({static_cast<double>(all.from(j).size()), static_cast<double>(raised.from(j).size())});
      }
    };
    if constexpr (linked) {
      count(*all_targets(), LinearCeilings(*rate_, *constants_, jump).raises);
    } else {
      const Targets all = Targets::of(*rate_, inputs());
      count(all, all);
    }
    return reach;
  }

  /// Counts what happens over the first bursts by levels, until `weigh(trial, reach)` finds that it is clear. The trial
  /// has a random stream of its own, and nothing of it depends on time that a machine takes: the choice is the same
  /// wherever the model is.
  template <class Weigh>
  void try_out(const Weigh& weigh) const {
    const std::vector<Reach> reach = reach_of_genes();
    const Vector bound = constant_bounds(*rate_, inputs());
    const auto run = [&](auto engine) {
      const auto trial = run_trial(std::move(engine), bound, *constants_,
                                   [&](const TrialRun& so_far) { return weigh(so_far, reach); });
      if (trial) weigh(*trial, reach);
    };
    if constexpr (linked) {
      if (separable()) return run(ThinningEngine(sums(), levels_of_link()));
      run(ThinningEngine(lazy(), levels_of_link()));
    } else {
      run(ThinningEngine(lazy(), levels_of_box()));
    }
  }
  static void add_counts(BurstWork& work, const TrialRun& trial, const std::vector<Reach>& reach) {
    const double bursts = std::max(trial.bursts, 1.0);
    work.constant_candidates = std::max(1.0, trial.constant_candidates / bursts);
    work.level_candidates = std::max(1.0, trial.level_candidates / bursts);
    if (trial.bursts == 0.0) return;
    work.targets = work.raised = 0.0;
    for (std::size_t j = 0; j < reach.size(); ++j) {
      const double share = trial.bursts_of[j] / bursts;
      work.targets += share * reach[j].targets;
      work.raised += share * reach[j].raised;
    }
  }

  [[noreturn]] void refuse(const char* field, const std::string& reason) const {
    throw std::invalid_argument(function_ + ": options." + field + " is " + reason);
  }

  /// Says why nothing is allowed.
  [[noreturn]] void refuse_options() const {
    const Path path = options_.path;
    if (path == Path::separable && linked && !separable())
      refuse("path", "separable, which needs the same mrna_decay and protein_decay for all genes, well apart");
    if (path == Path::expansion && expandable && !expands()) {
      refuse("path", "expansion, which needs mrna_decay and protein_decay of all genes within a factor of " +
                         detail::to_text(DecayBasis::widest));
    }
    if (options_.candidates == Candidates::levels) {
      if ((linked || boxed) && !sorts_into_levels()) refuse("candidates", "levels, for fewer genes");
      if (path == Path::plain) refuse("candidates", "levels, which the plain path does not know");
      if (path == Path::clocks && SelectiveBurstRate<Rate> && bounded)
        refuse("candidates", "levels, which clocks do not know");
      if (path == Path::expansion && expandable) refuse("candidates", "levels, which the expansion does not know");
      if (path == Path::automatic || (path == Path::sparse && SelectiveBurstRate<Rate>))
        refuse("candidates", "levels, which needs regulators and a bound over a box");
    }
    if (!bounded && ((path == Path::sparse && SelectiveBurstRate<Rate>) || (path == Path::separable && linked)))
      refuse("candidates", "constant, which needs rate.bound(gene)");
    refuse("path", std::string(name(path)) + ", which this burst rate does not allow");
  }

  Engines<Rate, jump> build(Path path, Candidates candidates) const {
    switch (path) {
      case Path::sparse:
        if constexpr (SelectiveBurstRate<Rate>) return make_sparse(candidates);
        break;
      case Path::separable:
        if constexpr (linked) return make_separable(candidates);
        break;
      case Path::expansion:
        if constexpr (expandable) {
          return SteadyEngine(ExpansionFollower<Rate, jump>(rate_, constants_, all_targets()),
                              ConstantProposals(*rate_, inputs()));
        }
        break;
      case Path::clocks:
        if constexpr (SelectiveBurstRate<Rate> && bounded) return Clocks(lazy());
        break;
      case Path::plain:
      case Path::automatic:
        break;
    }
    return make_plain();
  }

  std::shared_ptr<const Targets> all_targets() const {
    return std::make_shared<const Targets>(rate_->interactions(), inputs(),
                                           [](Index, Index, double weight) { return weight != 0.0; });
  }
  auto lazy() const { return LazyFollower<Rate, jump>(rate_, constants_); }
  auto sums() const { return SeparableFollower<Rate, jump>(rate_, constants_, all_targets()); }

  Engines<Rate, jump> make_plain() const {
    if constexpr (may_share) {
      if (SeparableProteins<jump>::fits(*constants_)) return make_shared<Path::plain>();
    }
    DenseFollower<Rate, jump> proteins(rate_, constants_);
    if constexpr (bounded) {
      return SteadyEngine(std::move(proteins), ConstantProposals(*rate_, inputs()));
    } else {
      return ThinningEngine(std::move(proteins), WindowProposals(*rate_));
    }
  }

  template <Path path>
  Engines<Rate, jump> make_shared() const {
    return SteadyEngine(SharedFollower<Rate, jump, path>(rate_, constants_), ConstantProposals(*rate_, inputs()));
  }

  /// The levels of a link, with what their copies share.
  auto levels_of_link() const {
    if constexpr (bounded) {
      return LinkedLevels<Rate>(std::make_shared<const typename LinkedLevels<Rate>::Shared>(*rate_, *constants_, jump));
    } else {
      return GrowingLevels<Rate>(std::make_shared<const LinearCeilings>(*rate_, *constants_, jump));
    }
  }

  auto levels_of_box() const {
    return BoxLevels<Rate>(std::make_shared<const Targets>(Targets::of(*rate_, inputs())), rate_->nodes(), inputs());
  }

  Engines<Rate, jump> make_sparse(Candidates candidates) const {
    if constexpr (linked) {
      if (candidates == Candidates::levels) return ThinningEngine(lazy(), levels_of_link());
    } else if constexpr (boxed) {
      if (candidates == Candidates::levels) return ThinningEngine(lazy(), levels_of_box());
    }
    if constexpr (may_share && SelectiveBurstRate<Rate>) {
      if (SeparableProteins<jump>::fits(*constants_)) return make_shared<Path::sparse>();
    }
    if constexpr (bounded) return SteadyEngine(lazy(), ConstantProposals(*rate_, inputs()));
    refuse("candidates", "constant, which needs rate.bound(gene)");
  }

  Engines<Rate, jump> make_separable(Candidates candidates) const {
    if constexpr (bounded) {
      if (candidates == Candidates::constant) return SteadyEngine(sums(), ConstantProposals(*rate_, inputs()));
    }
    return ThinningEngine(sums(), levels_of_link());
  }

  std::string function_;
  std::shared_ptr<const GeneConstants> constants_;
  std::shared_ptr<const Rate> rate_;
  ProcessOptions options_;
};

/// The engine for a rate, kinetics and options; throws where the path asked for does not go with them.
template <Jump jump, class Rate>
ChosenEngine<Rate, jump> make_engine(const char* function, const WhereUsed<Kinetics, Rate>& kinetics, Rate rate,
                                     const ProcessOptions& options) {
  validate(kinetics);
  check_size(function, "kinetics", kinetics.nodes(), static_cast<Index>(rate.nodes()));
  return EngineMaker<Rate, jump>(function, kinetics, std::make_shared<const Rate>(std::move(rate)), options).make();
}

}  // namespace cardamom::thinning
