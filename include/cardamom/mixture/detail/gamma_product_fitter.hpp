/// @file
/// How the mixture (6) is fitted to protein levels: as a product of the Gamma family on data scaled gene by gene.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/mixture/product_mixture.hpp>

namespace cardamom {

namespace detail {

/// Every gene is brought to a scale of its own, its largest level 1, so that one detection limit serves all.
class GammaProductFitter {
 public:
  using Parameters = ProductFitter<Gamma>::Parameters;

  template <class Use = CompiledWhereUsed>
  GammaProductFitter(const WhereUsed<MatrixIn, Use>& proteins, Index inputs,
                     const WhereUsed<GammaProduct, Use>& component)
      : component_(component),
        inputs_(inputs),
        scale_(Vector::Ones(proteins.cols())),
        fitter_(scaled(proteins), inputs,
                Product<Gamma>{Gamma{.detection_limit = component.relative_detection_limit}}) {}

  const Matrix& points() const noexcept { return fitter_.points(); }
  template <class Use = CompiledWhereUsed>
  Parameters maximise(const WhereUsed<Matrix, Use>& responsibilities, const WhereUsed<Parameters, Use>& before) const {
    return fitter_.maximise(responsibilities, before);
  }
  template <class Use = CompiledWhereUsed>
  void log_densities(const WhereUsed<Parameters, Use>& parameters, WhereUsed<Matrix, Use>& out) const {
    fitter_.log_densities(parameters, out);
  }

  template <class Use = CompiledWhereUsed>
  GammaLaws laws(const WhereUsed<Parameters, Use>& parameters, const std::vector<Index>& order) const {
    auto [shapes, rates] = fitter_.over_nodes(parameters, order);
    rates.array() /= scale_.array();
    return {component_, static_cast<Index>(order.size()), std::move(shapes), std::move(rates), inputs_};
  }

  Index free_parameters(Index components) const noexcept { return fitter_.free_parameters(components); }
  /// Log-likelihood of the scaled data minus that of the data: levels above the limit have densities.
  double log_unit() const noexcept { return log_unit_; }

 private:
  template <class Use = CompiledWhereUsed>
  Matrix scaled(const WhereUsed<MatrixIn, Use>& proteins) {
    WhereUsed<Matrix, Use> result = proteins;
    for (Index i = inputs_; i < proteins.cols(); ++i) {
      if (const double largest = proteins.col(i).maxCoeff(); largest > 0) scale_[i] = largest;
      result.col(i) /= scale_[i];
      log_unit_ += std::log(scale_[i]) *
                   static_cast<double>((result.col(i).array() >= component_.relative_detection_limit).count());
    }
    return result;
  }

  GammaProduct component_;
  Index inputs_;
  Vector scale_;
  double log_unit_ = 0.0;  // before the fitter, whose construction sets it
  ProductFitter<Gamma> fitter_;
};

}  // namespace detail

/// How `fit_mixture` fits the mixture (6), see `FittableComponent`. @param data finite and >= 0 on the genes
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline detail::GammaProductFitter mixture_fitter(const WhereUsed<GammaProduct, Use>& component,
                                                               const WhereUsed<MatrixIn, Use>& data, Index inputs) {
  validate(component);
  for (Index i = inputs; i < data.cols(); ++i) {
    check_all_nonnegative("fit_mixture", "data column " + detail::to_text(i), data.col(i));
  }
  return {data, inputs, component};
}

}  // namespace cardamom
