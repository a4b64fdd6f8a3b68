/// @file
/// The choice among the engines that a burst rate opens, by the expected cost of a burst.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/engines.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/targets.hpp>

namespace cardamom::thinning {

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

  Engines<Rate, jump> make() const {
    Path path = options_.path == Path::automatic ? fastest_path() : options_.path;
    switch (path) {
      case Path::plain:
        if (options_.candidates == Candidates::levels)
          refuse("candidates", "levels, which the plain path does not know");
        return make_plain();
      case Path::clocks:
        if constexpr (constant_selective) {
          if (options_.candidates == Candidates::levels) refuse("candidates", "levels, which clocks do not know");
          return Clocks(lazy());
        }
        break;
      case Path::sparse:
        if constexpr (SparseBurstRate<Rate> || constant_selective) return make_sparse();
        break;
      case Path::separable:
        if constexpr (linked) return make_separable();
        break;
      case Path::expansion:
        if constexpr (linked && constant_sparse) {
          if (options_.candidates == Candidates::levels)
            refuse("candidates", "levels, which the expansion does not know");
          if (!ExpansionFollower<Rate, jump>::fits(*constants_)) {
            refuse("path", "expansion, which needs mrna_decay and protein_decay of all genes within a factor of " +
                               detail::to_text(DecayBasis::widest));
          }
          return SteadyEngine(ExpansionFollower<Rate, jump>(rate_, constants_, all_targets()),
                              ConstantProposals(*rate_, inputs()));
        }
        break;
      case Path::automatic:
        break;
    }
    refuse("path", std::string(name(path)) + ", which this burst rate does not allow");
  }

 private:
  // What the choice weighs; another one gives other draws of the same law. The benchmark `simulation --all-paths` times
  // every path that fits a workload.

  /// Cost of the two exponentials by which a protein moves, in multiply-adds.
  static constexpr double pair_of_exponentials = 10.0;
  /// A candidate of the expansion costs the same whatever the number of regulators, where the sparse path takes a pair
  /// of exponentials for each; but a burst writes eight terms per target, and now and then all forms are renewed. It is
  /// taken for more regulators than this …
  static constexpr double fewest_expanded_regulators = 10.0;
  /// … that are also more than this share of the nodes.
  static constexpr double least_expanded_share = 0.3;
  /// Levels spare candidates, but every burst raises the bounds of its targets. For a link of a linear form that is a
  /// multiply-add and a comparison: levels are taken up to so many targets, on average …
  static constexpr double most_linked_targets = 10.0;
  /// … and up to so many where a target's bound over a box is asked for anew, at all of its regulators.
  static constexpr double most_box_targets = 4.0;

  Index inputs() const noexcept { return constants_->inputs; }
  static constexpr bool linked = LinkedBurstRate<Rate> && ConstantBoundBurstRate<Rate>;
  static constexpr bool constant_sparse = SparseBurstRate<Rate> && ConstantBoundBurstRate<Rate>;
  static constexpr bool constant_selective = SelectiveBurstRate<Rate> && ConstantBoundBurstRate<Rate>;
  /// Linked rates have sums of their own where decays are shared.
  static constexpr bool may_share = ConstantBoundBurstRate<Rate> && !LinkedBurstRate<Rate>;

  [[noreturn]] void refuse(const char* field, const std::string& reason) const {
    throw std::invalid_argument(function_ + ": options." + field + " is " + reason);
  }

  /// By the cost of a candidate in multiply-adds.
  Path fastest_path() const {
    if constexpr (linked) {
      if (SeparableFollower<Rate, jump>::fits(*constants_)) return Path::separable;
    }
    if constexpr (SparseBurstRate<Rate>) {
      const double regulators = Targets::of(*rate_, inputs()).mean_degree();
      if constexpr (linked && constant_sparse) {
        if (regulators > fewest_expanded_regulators &&
            regulators > least_expanded_share * static_cast<double>(rate_->nodes()) &&
            ExpansionFollower<Rate, jump>::fits(*constants_)) {
          return Path::expansion;
        }
      }
      const double plain =
          pair_of_exponentials * static_cast<double>(constants_->groups.size()) + static_cast<double>(rate_->nodes());
      if (pair_of_exponentials * regulators < plain) return Path::sparse;
    }
    return LazyBurstRate<Rate> && ConstantBoundBurstRate<Rate> ? Path::sparse : Path::plain;
  }

  std::shared_ptr<const Targets> all_targets() const {
    return std::make_shared<const Targets>(rate_->interactions(), inputs(),
                                           [](Index, Index, double weight) { return weight != 0.0; });
  }
  auto lazy() const { return LazyFollower<Rate, jump>(rate_, constants_); }

  Engines<Rate, jump> make_plain() const {
    if constexpr (may_share) {
      if (SeparableProteins<jump>::fits(*constants_)) return make_shared<Path::plain>();
    }
    DenseFollower<Rate, jump> proteins(rate_, constants_);
    if constexpr (ConstantBoundBurstRate<Rate>) {
      return SteadyEngine(std::move(proteins), ConstantProposals(*rate_, inputs()));
    } else {
      return ThinningEngine(std::move(proteins), WindowProposals(*rate_));
    }
  }

  template <Path path>
  Engines<Rate, jump> make_shared() const {
    return SteadyEngine(SharedFollower<Rate, jump, path>(rate_, constants_), ConstantProposals(*rate_, inputs()));
  }

  Engines<Rate, jump> make_sparse() const {
    if constexpr (LinkedBurstRate<Rate>) {
      const auto shared = std::make_shared<const typename LinkedLevels<Rate>::Shared>(*rate_, *constants_, jump);
      if (wants_levels(shared->raises.mean_degree(), most_linked_targets)) {
        return ThinningEngine(lazy(), LinkedLevels<Rate>(shared));
      }
    } else if constexpr (SparseBurstRate<Rate> && BoxBoundBurstRate<Rate>) {
      auto targets = std::make_shared<const Targets>(Targets::of(*rate_, inputs()));
      const bool only = !ConstantBoundBurstRate<Rate>;
      if (wants_levels(only ? 0.0 : targets->mean_degree(), most_box_targets)) {
        return ThinningEngine(lazy(), BoxLevels<Rate>(targets, rate_->nodes(), inputs()));
      }
    } else if (options_.candidates == Candidates::levels) {
      refuse("candidates", "levels, which needs regulators and a bound over a box");
    }
    if constexpr (may_share) {
      if (SeparableProteins<jump>::fits(*constants_)) return make_shared<Path::sparse>();
    }
    if constexpr (ConstantBoundBurstRate<Rate>) return SteadyEngine(lazy(), ConstantProposals(*rate_, inputs()));
    refuse("candidates", "constant, which needs rate.bound(gene)");
  }

  Engines<Rate, jump> make_separable() const {
    using Sums = SeparableFollower<Rate, jump>;
    if (!Sums::fits(*constants_)) {
      refuse("path", "separable, which needs the same mrna_decay and protein_decay for all genes, well apart");
    }
    Sums sums(rate_, constants_, all_targets());
    const auto shared = std::make_shared<const typename LinkedLevels<Rate>::Shared>(*rate_, *constants_, jump);
    if (wants_levels(shared->raises.mean_degree(), most_linked_targets)) {
      return ThinningEngine(std::move(sums), LinkedLevels<Rate>(shared));
    }
    return SteadyEngine(std::move(sums), ConstantProposals(*rate_, inputs()));
  }

  /// Levels spare rejections but every burst pays for its targets.
  bool wants_levels(double mean_targets, double worthwhile) const {
    const bool possible = rate_->nodes() <= LevelTable::most_genes;
    if (options_.candidates == Candidates::automatic) return possible && mean_targets <= worthwhile;
    if (options_.candidates == Candidates::levels && !possible) refuse("candidates", "levels, for fewer genes");
    return options_.candidates == Candidates::levels;
  }

  std::string function_;
  std::shared_ptr<const GeneConstants> constants_;
  std::shared_ptr<const Rate> rate_;
  ProcessOptions options_;
};

/// The engine for a rate, kinetics and options; throws where the path asked for does not go with them.
template <Jump jump, class Rate>
Engines<Rate, jump> make_engine(const char* function, const WhereUsed<Kinetics, Rate>& kinetics, Rate rate,
                                const ProcessOptions& options) {
  validate(kinetics);
  check_size(function, "kinetics", kinetics.nodes(), static_cast<Index>(rate.nodes()));
  return EngineMaker<Rate, jump>(function, kinetics, std::make_shared<const Rate>(std::move(rate)), options).make();
}

}  // namespace cardamom::thinning
