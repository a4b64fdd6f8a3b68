/// @file
/// The one mechanism by which every verb takes its policies: `verb(data, options, policies…)`, policies in any order,
/// each recognised by the concept it models, at most one per role, all with a default.
///
/// A *role* is a type that says which policies may play it:
///
/// | expression | meaning |
/// | --- | --- |
/// | `Role::template fits<T>` | whether T models the role's concept |
/// | `Role::template check<T>()` | `static_assert`s that name role and member where T is plainly meant for the role but does not fit it; true |
///
/// A verb names its roles once, in a `RoleList`; a policy plays the first role of the list that it fits. So where a
/// type could be taken for two things, the order of the list decides, and later roles are not even asked.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace cardamom {

template <class... Roles>
struct RoleList {};

namespace detail {

inline constexpr std::size_t no_role = static_cast<std::size_t>(-1);

template <class T, std::size_t Place>
constexpr std::size_t role_among(RoleList<>) {
  return no_role;
}
template <class T, std::size_t Place, class First, class... Rest>
constexpr std::size_t role_among(RoleList<First, Rest...>) {
  if constexpr (First::template fits<T>) {
    return Place;
  } else {
    return role_among<T, Place + 1>(RoleList<Rest...>{});
  }
}

template <class Role, std::size_t Place>
constexpr std::size_t place_of(RoleList<>) {
  return no_role;
}
template <class Role, std::size_t Place, class First, class... Rest>
constexpr std::size_t place_of(RoleList<First, Rest...>) {
  if constexpr (std::is_same_v<Role, First>) {
    return Place;
  } else {
    return place_of<Role, Place + 1>(RoleList<Rest...>{});
  }
}

template <class T, class... Roles>
constexpr bool explain_misfit(RoleList<Roles...>) {
  return (Roles::template check<T>() && ...);
}

}  // namespace detail

/// Whether T fits one of the roles.
template <class T, class Roles>
inline constexpr bool has_role = detail::role_among<T, 0>(Roles{}) != detail::no_role;

/// How many of the policies play `Role` in a verb with these roles.
template <class Role, class Roles, class... Policies>
inline constexpr std::size_t count_of = (std::size_t{0} + ... +
                                         std::size_t{detail::role_among<Policies, 0>(Roles{}) ==
                                                     detail::place_of<Role, 0>(Roles{})});

/// The policy that plays `Role`, or `fallback` when none does. By value: a verb keeps what it works with.
template <class Role, class Roles, class Fallback, class... Policies>
constexpr auto policy_or(Roles, Fallback fallback, const std::tuple<const Policies&...>& policies) {
  constexpr std::size_t found = [] {
    constexpr bool plays[] = {detail::role_among<Policies, 0>(Roles{}) == detail::place_of<Role, 0>(Roles{})..., false};
    std::size_t i = 0;
    while (i < sizeof...(Policies) && !plays[i]) ++i;
    return i;
  }();
  if constexpr (found < sizeof...(Policies)) {
    return std::get<found>(policies);
  } else {
    return fallback;
  }
}

namespace detail {

template <class Roles, class T>
constexpr auto unless_it_plays(const T& policy) {
  if constexpr (has_role<T, Roles>) {
    return std::tuple<>{};
  } else {
    return std::tuple<const T&>(policy);
  }
}

}  // namespace detail

/// Calls `use(rest...)` with the policies that fit none of the roles, in their order: what a verb hands on to another
/// when it keeps these roles to itself.
template <class Roles, class Use, class... Policies>
constexpr auto with_policies_but(Roles, const Use& use, const Policies&... policies) {
  return std::apply(use, std::tuple_cat(detail::unless_it_plays<Roles>(policies)...));
}

/// Explains, by the `static_assert`s of the roles, why T fits none of them; then says so. True, so that it can stand in
/// a `static_assert` of the verb: `static_assert((policy_fits<Policies, Roles>() && ...))`.
template <class T, class Roles>
constexpr bool policy_fits() {
  if constexpr (!has_role<T, Roles>) {
    constexpr bool explained = detail::explain_misfit<T>(Roles{});
    static_assert(
        explained && has_role<T, Roles>,
        "this policy (T, below) models the concept of no role of the verb, whose comment lists them: an Executor has "
        "for_ranges, a Progress operator()(done, total), a BurstRate nodes and operator()(gene, protein), a "
        "MixtureFamily log_density and fit, a Clusterer operator()(sample, family, stream), a Loss operator()(fitted, "
        "target), a Link value and slope, a RowOptimizer minimize, an ObservationLaw observe, a NetworkEstimator "
        "estimate");
  }
  return true;
}

/// What stands where a verb has its options and is none: of a call like `infer(counts, Threads{})`, which left them
/// out. Verbs have an overload for it that says so.
template <class T, class Options>
concept InPlaceOfOptions = !std::is_convertible_v<const T&, const Options&>;

}  // namespace cardamom

/// Defines `NAME_member<T>`: whether class T has a member called NAME, whatever its type or signature. For `check` of
/// roles, which explain members that exist but do not fit.
#define CARDAMOM_DETECT_MEMBER(NAME)                                   \
  template <class T, bool = std::is_class_v<T> && !std::is_final_v<T>> \
  struct NAME##_probe {                                                \
    struct Same {                                                      \
      int NAME;                                                        \
    };                                                                 \
    struct Both : T, Same {};                                          \
    template <class U>                                                 \
    static constexpr bool clear = requires {                           \
      &U::NAME;                                                        \
    };                                                                 \
    static constexpr bool value = !clear<Both>;                        \
  };                                                                   \
  template <class T>                                                   \
  struct NAME##_probe<T, false> {                                      \
    static constexpr bool value = false;                               \
  };                                                                   \
  template <class T>                                                   \
  inline constexpr bool NAME##_member = NAME##_probe<T>::value
