/// @file
/// Proteins that are computed when they are read. Between bursts every protein moves in closed form, so a simulator
/// need not bring a thousand of them to the time of a candidate for a burst rate that looks at two.
#pragma once

#include <Eigen/Core>

#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// Coefficient j of a view. @tparam Source knows `double protein(Index) const`, the level now
template <class Source>
struct ProteinAt {
  const Source* source;
  double operator()(Index gene) const { return source->protein(gene); }
};

/// Stands for any source where a rate is asked whether it takes views. Nothing calls it, but a compiler that does not
/// optimise may keep what would.
struct AnyProteins {
  double protein(Index) const { return 0.0; }
};

}  // namespace cardamom::detail

/// @cond a specialisation in another library's namespace: Doxygen does not find its scope
// Eigen would evaluate a whole view into a temporary wherever it is part of an expression.
template <class Source>
struct Eigen::internal::functor_traits<cardamom::detail::ProteinAt<Source>> {
  enum { Cost = 8, PacketAccess = false, IsRepeatable = true };
};
/// @endcond

namespace cardamom {

/// Levels of all nodes, as an Eigen expression: `protein[j]`, `protein.head(3).sum()`, `w.dot(protein)`. A
/// level costs a few nanoseconds each time it is read, so a function that reads most of them does better with `const
/// VectorIn&`. Valid during the call it is passed to: keep `Vector(protein)`, not the view.
template <class Source>
using ProteinView = Eigen::CwiseNullaryOp<detail::ProteinAt<Source>, Vector>;

namespace detail {

/// @param source must outlive the view
template <class Source>
ProteinView<Source> view_of(const Source& source, Index nodes) {
  return {nodes, 1, ProteinAt<Source>{&source}};
}

}  // namespace detail
}  // namespace cardamom
