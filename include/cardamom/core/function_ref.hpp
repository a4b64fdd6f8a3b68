/// @file
/// A reference to anything callable, of one type per signature: what algorithms take where a template parameter would
/// have them compiled anew for every caller.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace cardamom {

template <class Signature>
class FunctionRef;

/// Refers to a callable that must outlive it; one indirect call per use. Copies refer to the same callable.
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, FunctionRef> && std::is_invocable_r_v<Result, F&, Arguments...>)
      FunctionRef(F&& function)
  noexcept  // NOLINT(google-explicit-constructor): stands for the callable
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
        call_([](void* callable, Arguments... arguments) -> Result {
          return std::invoke(*static_cast<std::remove_reference_t<F>*>(callable),
                             std::forward<Arguments>(arguments)...);
        }) {}

  Result operator()(Arguments... arguments) const { return call_(callable_, std::forward<Arguments>(arguments)...); }

 private:
  void* callable_;
  Result (*call_)(void*, Arguments...);
};

}  // namespace cardamom
