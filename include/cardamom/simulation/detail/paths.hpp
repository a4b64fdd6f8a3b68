/// @file
/// Which paths a rate opens, and the choice among them.
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/simulation/detail/box_levels.hpp>
#include <cardamom/simulation/detail/candidates.hpp>
#include <cardamom/simulation/detail/clocks.hpp>
#include <cardamom/simulation/detail/dense_proteins.hpp>
#include <cardamom/simulation/detail/expanded_forms.hpp>
#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/lazy_proteins.hpp>
#include <cardamom/simulation/detail/levels.hpp>
#include <cardamom/simulation/detail/selective.hpp>
#include <cardamom/simulation/detail/separable_proteins.hpp>
#include <cardamom/simulation/detail/separable_sums.hpp>
#include <cardamom/simulation/detail/shared_proteins.hpp>
#include <cardamom/simulation/detail/steady_thinning.hpp>
#include <cardamom/simulation/detail/thinning.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// What each rung of the ladder opens, as a tuple of engines.
template <class Rate, Jump jump>
struct PlainEngines {
  using Proteins = DenseProteins<Rate, jump>;
  using Engine =
      std::conditional_t<ConstantBoundBurstRate<Rate>, SteadyThinning<Proteins>, Thinning<Proteins, WindowCandidates>>;
  using type = std::tuple<Engine>;
};
template <class Rate, Jump jump>
struct SharedEngines {
  using type = std::tuple<>;
};
template <class Rate, Jump jump>
requires ConstantBoundBurstRate<Rate> &&(!LinkedBurstRate<Rate>)struct SharedEngines<Rate, jump> {
  template <Path path>
  using Engine = SteadyThinning<SharedProteins<Rate, jump, path>>;
  using type = std::conditional_t<SelectiveBurstRate<Rate>, std::tuple<Engine<Path::plain>, Engine<Path::sparse>>,
                                  std::tuple<Engine<Path::plain>>>;
};
template <class Rate, Jump jump>
struct SparseEngines {
  using type = std::tuple<>;
};
template <class Rate, Jump jump>
requires SelectiveBurstRate<Rate> && ConstantBoundBurstRate<Rate>
struct SparseEngines<Rate, jump> {
  using type = std::tuple<SteadyThinning<LazyProteins<Rate, jump>>, Clocks<LazyProteins<Rate, jump>>>;
};
template <class Rate, Jump jump>
struct LevelEngines {
  using type = std::tuple<>;
};
template <class Rate, Jump jump>
requires SparseBurstRate<Rate> && BoxBoundBurstRate<Rate> &&(!LinkedBurstRate<Rate>)struct LevelEngines<Rate, jump> {
  using type = std::tuple<Thinning<LazyProteins<Rate, jump>, BoxLevels<Rate>>>;
};
template <class Rate, Jump jump>
requires SparseBurstRate<Rate> && LinkedBurstRate<Rate>
struct LevelEngines<Rate, jump> {
  using type = std::tuple<Thinning<LazyProteins<Rate, jump>, LinkedLevels<Rate>>>;
};
template <class Rate, Jump jump>
struct SeparableEngines {
  using type = std::tuple<>;
};
template <class Rate, Jump jump>
requires LinkedBurstRate<Rate> && ConstantBoundBurstRate<Rate>
struct SeparableEngines<Rate, jump> {
  using type =
      std::tuple<SteadyThinning<SeparableSums<Rate, jump>>, Thinning<SeparableSums<Rate, jump>, LinkedLevels<Rate>>>;
};

template <class Rate, Jump jump>
struct ExpansionEngines {
  using type = std::tuple<>;
};
template <class Rate, Jump jump>
requires LinkedBurstRate<Rate> && SparseBurstRate<Rate> && ConstantBoundBurstRate<Rate>
struct ExpansionEngines<Rate, jump> {
  using type = std::tuple<SteadyThinning<ExpandedForms<Rate, jump>>>;
};

template <class Tuple>
struct AsVariant;
template <class... T>
struct AsVariant<std::tuple<T...>> {
  using type = std::variant<T...>;
};

template <class Rate, Jump jump>
using Engines = typename AsVariant<decltype(std::tuple_cat(
    std::declval<typename PlainEngines<Rate, jump>::type>(), std::declval<typename SharedEngines<Rate, jump>::type>(),
    std::declval<typename SparseEngines<Rate, jump>::type>(), std::declval<typename LevelEngines<Rate, jump>::type>(),
    std::declval<typename SeparableEngines<Rate, jump>::type>(),
    std::declval<typename ExpansionEngines<Rate, jump>::type>()))>::type;

/// Chooses and builds the engine of a process. Its parts are shared by all copies.
template <class Rate, Jump jump>
class EngineMaker {
 public:
  EngineMaker(std::string function, const Kinetics& kinetics, std::shared_ptr<const Rate> rate,
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
          return SteadyThinning(ExpandedForms<Rate, jump>(rate_, constants_, all_targets()),
                                ConstantCandidates(*rate_));
        }
        break;
      case Path::automatic:
        break;
    }
    refuse("path", std::string(name(path)) + ", which this burst rate does not allow");
  }

 private:
  static constexpr bool linked = LinkedBurstRate<Rate> && ConstantBoundBurstRate<Rate>;
  static constexpr bool constant_sparse = SparseBurstRate<Rate> && ConstantBoundBurstRate<Rate>;
  static constexpr bool constant_selective = SelectiveBurstRate<Rate> && ConstantBoundBurstRate<Rate>;
  /// Linked rates have sums of their own where decays are shared.
  static constexpr bool may_share = ConstantBoundBurstRate<Rate> && !LinkedBurstRate<Rate>;

  [[noreturn]] void refuse(const char* field, const std::string& reason) const {
    throw std::invalid_argument(function_ + ": options." + field + " is " + reason);
  }

  /// By the cost of a candidate in units of one multiply-add; a pair of exponentials counts as ten.
  Path fastest_path() const {
    if constexpr (linked) {
      if (SeparableSums<Rate, jump>::fits(*constants_)) return Path::separable;
    }
    if constexpr (SparseBurstRate<Rate>) {
      const double regulators = Targets::of(*rate_).mean_degree();
      if constexpr (linked && constant_sparse) {
        if (regulators > 10.0 && regulators > 0.3 * static_cast<double>(rate_->genes())) return Path::expansion;
      }
      const double plain = 10.0 * static_cast<double>(constants_->groups.size()) + static_cast<double>(rate_->genes());
      if (10.0 * regulators < plain) return Path::sparse;
    }
    return LazyBurstRate<Rate> && ConstantBoundBurstRate<Rate> ? Path::sparse : Path::plain;
  }

  std::shared_ptr<const Targets> all_targets() const {
    return std::make_shared<const Targets>(rate_->interactions(),
                                           [](Index, Index, double weight) { return weight != 0.0; });
  }
  auto lazy() const { return LazyProteins<Rate, jump>(rate_, constants_); }

  Engines<Rate, jump> make_plain() const {
    if constexpr (may_share) {
      if (SeparableProteins<jump>::fits(*constants_)) return make_shared<Path::plain>();
    }
    DenseProteins<Rate, jump> proteins(rate_, constants_);
    if constexpr (ConstantBoundBurstRate<Rate>) {
      return SteadyThinning(std::move(proteins), ConstantCandidates(*rate_));
    } else {
      return Thinning(std::move(proteins), WindowCandidates(*rate_));
    }
  }

  template <Path path>
  Engines<Rate, jump> make_shared() const {
    return SteadyThinning(SharedProteins<Rate, jump, path>(rate_, constants_), ConstantCandidates(*rate_));
  }

  Engines<Rate, jump> make_sparse() const {
    if constexpr (LinkedBurstRate<Rate>) {
      const auto shared = std::make_shared<const typename LinkedLevels<Rate>::Shared>(*rate_, *constants_, jump);
      if (wants_levels(shared->raises.mean_degree(), 10.0)) return Thinning(lazy(), LinkedLevels<Rate>(shared));
    } else if constexpr (SparseBurstRate<Rate> && BoxBoundBurstRate<Rate>) {
      auto targets = std::make_shared<const Targets>(Targets::of(*rate_));
      const bool only = !ConstantBoundBurstRate<Rate>;
      if (wants_levels(only ? 0.0 : targets->mean_degree(), 4.0)) {
        return Thinning(lazy(), BoxLevels<Rate>(targets, rate_->genes()));
      }
    } else if (options_.candidates == Candidates::levels) {
      refuse("candidates", "levels, which needs regulators and a bound over a box");
    }
    if constexpr (may_share) {
      if (SeparableProteins<jump>::fits(*constants_)) return make_shared<Path::sparse>();
    }
    if constexpr (ConstantBoundBurstRate<Rate>) return SteadyThinning(lazy(), ConstantCandidates(*rate_));
    refuse("candidates", "constant, which needs rate.bound(gene)");
  }

  Engines<Rate, jump> make_separable() const {
    using Sums = SeparableSums<Rate, jump>;
    if (!Sums::fits(*constants_)) {
      refuse("path", "separable, which needs the same mrna_decay and protein_decay for all genes, well apart");
    }
    Sums sums(rate_, constants_, all_targets());
    const auto shared = std::make_shared<const typename LinkedLevels<Rate>::Shared>(*rate_, *constants_, jump);
    if (wants_levels(shared->raises.mean_degree(), 10.0)) return Thinning(std::move(sums), LinkedLevels<Rate>(shared));
    return SteadyThinning(std::move(sums), ConstantCandidates(*rate_));
  }

  /// Levels spare rejections but every burst pays for its targets.
  bool wants_levels(double mean_targets, double worthwhile) const {
    const bool possible = rate_->genes() <= LevelTable::most_genes;
    if (options_.candidates == Candidates::automatic) return possible && mean_targets <= worthwhile;
    if (options_.candidates == Candidates::levels && !possible) refuse("candidates", "levels, for fewer genes");
    return options_.candidates == Candidates::levels;
  }

  std::string function_;
  std::shared_ptr<const GeneConstants> constants_;
  std::shared_ptr<const Rate> rate_;
  ProcessOptions options_;
};

template <Jump jump, class Rate>
Engines<Rate, jump> make_engine(const char* function, const Kinetics& kinetics, Rate rate,
                                const ProcessOptions& options) {
  validate(kinetics);
  check_size(function, "kinetics", kinetics.genes(), static_cast<Index>(rate.genes()));
  return EngineMaker<Rate, jump>(function, kinetics, std::make_shared<const Rate>(std::move(rate)), options).make();
}

}  // namespace cardamom::detail
