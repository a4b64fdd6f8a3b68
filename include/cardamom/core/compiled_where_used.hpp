/// @file
/// What makes a function cost a compiler nothing where it is not called.
#pragma once

namespace cardamom {

/// The default parameter of a function that depends on no type of its caller:
///
///     template <class = CompiledWhereUsed>
///     Vector stationary_mean(const Vector& on, const Vector& off);
///
/// It is called like any function. A compiler instantiates every expression in an inline function of a header it
/// includes, whether or not somebody calls the function, and an expression of matrices costs it a tenth of a second and
/// more; in a template it waits until it is called. As one instance it may also be compiled once for many programs
/// (`extern template`). Functions whose bodies are a few words stay what they are.
struct CompiledWhereUsed {};

namespace detail {

template <class T, class>
struct DependentType {
  using Type = T;
};

}  // namespace detail

/// T, known only once the template parameter Use is: for arguments and variables whose expressions would cost a
/// compiler much as soon as it reads them, in a template, too.
///
///     template <class Use = CompiledWhereUsed>
///     Vector stationary_mean(const WhereUsed<Vector, Use>& on, const WhereUsed<Vector, Use>& off);
///
/// A class template does the same with a parameter of its own, for members and for what its functions take and compute:
/// `WhereUsed<Vector, Rate> weights_`. One operand makes a whole expression wait.
template <class T, class Use>
using WhereUsed = typename detail::DependentType<T, Use>::Type;

}  // namespace cardamom
