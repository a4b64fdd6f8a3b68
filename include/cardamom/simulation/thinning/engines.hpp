/// @file
/// Which engines a burst rate opens: the more it says about itself, the more.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/box_levels.hpp>
#include <cardamom/simulation/thinning/clocks.hpp>
#include <cardamom/simulation/thinning/constant_proposals.hpp>
#include <cardamom/simulation/thinning/dense_follower.hpp>
#include <cardamom/simulation/thinning/engine.hpp>
#include <cardamom/simulation/thinning/expansion_follower.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/growing_levels.hpp>
#include <cardamom/simulation/thinning/lazy_follower.hpp>
#include <cardamom/simulation/thinning/linked_levels.hpp>
#include <cardamom/simulation/thinning/selective_rate.hpp>
#include <cardamom/simulation/thinning/separable_follower.hpp>
#include <cardamom/simulation/thinning/separable_proteins.hpp>
#include <cardamom/simulation/thinning/shared_follower.hpp>
#include <cardamom/simulation/thinning/steady_engine.hpp>
#include <cardamom/simulation/thinning/window_proposals.hpp>

namespace cardamom::thinning {

/// What each rung of the ladder opens, as a tuple of engines.
template <class Rate, Jump jump>
struct PlainEngines {
  using Proteins = DenseFollower<Rate, jump>;
  using Engine = std::conditional_t<ConstantBoundBurstRate<Rate>, SteadyEngine<Proteins>,
                                    ThinningEngine<Proteins, WindowProposals>>;
  using type = std::tuple<Engine>;
};
/// Engines for genes that share d0 and d1: none for rates without a constant bound.
template <class Rate, Jump jump>
struct SharedEngines {
  using type = std::tuple<>;
};
/// Engines for genes that share d0 and d1.
template <class Rate, Jump jump>
requires ConstantBoundBurstRate<Rate> &&(!LinkedBurstRate<Rate>)struct SharedEngines<Rate, jump> {
  template <Path path>
  using Engine = SteadyEngine<SharedFollower<Rate, jump, path>>;
  using type = std::conditional_t<SelectiveBurstRate<Rate>, std::tuple<Engine<Path::plain>, Engine<Path::sparse>>,
                                  std::tuple<Engine<Path::plain>>>;
};
/// Engines that compute those proteins alone which a candidate reads: none for rates that read all.
template <class Rate, Jump jump>
struct SparseEngines {
  using type = std::tuple<>;
};
/// Engines that compute those proteins alone which a candidate reads.
template <class Rate, Jump jump>
requires SelectiveBurstRate<Rate> && ConstantBoundBurstRate<Rate>
struct SparseEngines<Rate, jump> {
  using type = std::tuple<SteadyEngine<LazyFollower<Rate, jump>>, Clocks<LazyFollower<Rate, jump>>>;
};
/// Engines that sort genes by a bound that holds until the next burst: none unless the rate has such a bound.
template <class Rate, Jump jump>
struct LevelEngines {
  using type = std::tuple<>;
};
/// Engines that sort genes by a bound that holds until the next burst.
template <class Rate, Jump jump>
requires SparseBurstRate<Rate> && BoxBoundBurstRate<Rate> &&(!LinkedBurstRate<Rate>)struct LevelEngines<Rate, jump> {
  using type = std::tuple<ThinningEngine<LazyFollower<Rate, jump>, BoxLevels<Rate>>>;
};
/// The levels of a link of a linear form.
template <class Rate>
struct LevelsOfLink {
  using type = GrowingLevels<Rate>;
};
/// The levels of a link of a linear form.
template <class Rate>
requires ConstantBoundBurstRate<Rate>
struct LevelsOfLink<Rate> {
  using type = LinkedLevels<Rate>;
};
/// Engines that sort genes by a bound that holds until the next burst.
template <LinkedBurstRate Rate, Jump jump>
struct LevelEngines<Rate, jump> {
  using type = std::tuple<ThinningEngine<LazyFollower<Rate, jump>, typename LevelsOfLink<Rate>::type>>;
};
/// Engines for linear forms whose genes share their rates: none for other burst rates.
template <class Rate, Jump jump>
struct SeparableEngines {
  using type = std::tuple<>;
};
/// Engines for linear forms whose genes share their rates.
template <LinkedBurstRate Rate, Jump jump>
struct SeparableEngines<Rate, jump> {
  using type = std::tuple<ThinningEngine<SeparableFollower<Rate, jump>, GrowingLevels<Rate>>>;
};
/// Engines for linear forms whose genes share their rates.
template <LinkedBurstRate Rate, Jump jump>
requires ConstantBoundBurstRate<Rate>
struct SeparableEngines<Rate, jump> {
  using type = std::tuple<SteadyEngine<SeparableFollower<Rate, jump>>,
                          ThinningEngine<SeparableFollower<Rate, jump>, LinkedLevels<Rate>>>;
};

/// Engines for linear forms whose genes differ in their rates: none unless the rate says enough about itself.
template <class Rate, Jump jump>
struct ExpansionEngines {
  using type = std::tuple<>;
};
/// Engines for linear forms whose genes differ in their rates.
template <class Rate, Jump jump>
requires LinkedBurstRate<Rate> && SparseBurstRate<Rate> && ConstantBoundBurstRate<Rate>
struct ExpansionEngines<Rate, jump> {
  using type = std::tuple<SteadyEngine<ExpansionFollower<Rate, jump>>>;
};

template <class Tuple>
struct AsVariant;
/// The types of a tuple as alternatives of a variant.
template <class... T>
struct AsVariant<std::tuple<T...>> {
  using type = std::variant<T...>;
};

/// All engines that a rate opens, one of which is chosen when the process is made.
template <class Rate, Jump jump>
using Engines = typename AsVariant<decltype(std::tuple_cat(
    std::declval<typename PlainEngines<Rate, jump>::type>(), std::declval<typename SharedEngines<Rate, jump>::type>(),
    std::declval<typename SparseEngines<Rate, jump>::type>(), std::declval<typename LevelEngines<Rate, jump>::type>(),
    std::declval<typename SeparableEngines<Rate, jump>::type>(),
    std::declval<typename ExpansionEngines<Rate, jump>::type>()))>::type;

}  // namespace cardamom::thinning
