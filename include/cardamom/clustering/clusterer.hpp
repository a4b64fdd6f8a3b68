/// @file
/// What a clusterer is: the policy that finds the modes of one gene.
#pragma once

#include <concepts>
#include <type_traits>

#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `clusterer(sample, family, random)` | `GeneClustering` | modes of one gene with at least two distinct values, and
/// the mode of each of its observations |
///
/// Duties no compiler checks: shapes > 0 (>= 0 where the family allows it) and not decreasing, weights that sum to 1,
/// callable from several threads at once, the random stream the only source of chance; `check_clusterer` tries these. A
/// clusterer refuses options out
/// of range when it is made; where that is not possible, a free function `validate(clusterer)` is called before any
/// work. Models: `Binarize`, `FixedModes`, `Rjmcmc`, `NoClustering`, any function object or generic lambda.
template <class C, class Family>
concept Clusterer = MixtureFamily<Family> && std::copy_constructible<C> &&
    requires(const C& clusterer, const GeneSample& sample, const Family& family, RandomStream& random) {
  { clusterer(sample, family, random) } -> std::same_as<GeneClustering>;
};

namespace detail {

/// Becomes whatever family a clusterer asks for.
struct AnyFamily {
  template <class Family>
  operator Family&() const;
};

}  // namespace detail

/// The role of a verb's clusterer, `Binarize` where none is given. What a clusterer can be depends on the family.
template <class Family>
struct ClustererRole {
  template <class T>
  static constexpr bool fits = Clusterer<T, Family>;
  template <class T>
  static constexpr bool check() {
    constexpr bool called = std::is_invocable_v<const T&, const GeneSample&, const Family&, RandomStream&>;
    static_assert(fits<T> || !called || !std::copy_constructible<T>,
                  "Clusterer: operator()(sample, family, random) const must return GeneClustering");
    static_assert(fits<T> || !called || std::copy_constructible<T>, "Clusterer: must be copyable");
    static_assert(called || !std::is_invocable_v<T&, const GeneSample&, const Family&, RandomStream&>,
                  "Clusterer: operator()(sample, family, random) must be const");
    static_assert(called || !std::is_invocable_v<const T&, const GeneSample&, const Family&>,
                  "Clusterer: operator()(sample, family, random) const must take the RandomStream& as its third "
                  "argument, used or not");
    static_assert(called || !std::is_invocable_v<const T&, const GeneSample&, RandomStream&>,
                  "Clusterer: operator()(sample, family, random) const must take the mixture family as its second "
                  "argument, used or not");
    if constexpr (!called) {
      static_assert(!std::is_invocable_v<const T&, const GeneSample&, const detail::AnyFamily&, RandomStream&>,
                    "Clusterer: operator()(sample, family, random) const must take the mixture family of this verb, "
                    "NegativeBinomial where none is given");
    }
    return true;
  }
};

}  // namespace cardamom
