/// @file
/// Picks policies out of an argument list by their role, so that a call names only those it replaces.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace cardamom::detail {

/// The first of `policies` for which Role<type>::value holds, or `fallback`.
template <template <class> class Role, class Fallback, class... Policies>
auto pick(Fallback fallback, const std::tuple<Policies...>& policies) {
  constexpr std::size_t found = [] {
    constexpr bool matches[] = {Role<Policies>::value..., false};
    std::size_t i = 0;
    while (i < sizeof...(Policies) && !matches[i]) ++i;
    return i;
  }();
  if constexpr (found < sizeof...(Policies)) {
    return std::get<found>(policies);
  } else {
    return fallback;
  }
}

/// How many of the types have the role.
template <template <class> class Role, class... Policies>
inline constexpr std::size_t count_of = (std::size_t{0} + ... + std::size_t{Role<Policies>::value});

}  // namespace cardamom::detail
