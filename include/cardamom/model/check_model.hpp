/// @file
/// Whether the burst rate of a model keeps its duties on the scale of the model's proteins, and agrees with its
/// kinetics.
#pragma once

#include <cmath>
#include <concepts>
#include <string>
#include <utility>

#include <cardamom/burst_rate/check_rate.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

namespace detail {

[[noreturn]] inline void fail_frequency(const std::string& name, double value, const std::string& field, Index gene,
                                        double expected) {
  throw NumericalError("check_model: " + name + " of gene " + to_text(gene) + " is " + to_text(value) +
                       ", must agree with kinetics." + field + "[" + to_text(gene) + "], which is " +
                       to_text(expected));
}

template <class Use = CompiledWhereUsed>
void check_same_frequencies(const char* field, const WhereUsed<Vector, Use>& of_rate,
                            const WhereUsed<Vector, Use>& of_kinetics, Index inputs) {
  for (Index i = inputs; i < of_kinetics.size(); ++i) {
    if (!nearly_equal(of_rate[i], of_kinetics[i], 1e-6)) {
      fail_frequency("rate." + std::string(field) + "()", of_rate[i], field, i, of_kinetics[i]);
    }
  }
}

/// The proteins of every gene are on the scale given.
template <class Use = CompiledWhereUsed>
void check_protein_scale(const WhereUsed<Kinetics, Use>& kinetics, const WhereUsed<Vector, Use>& scale) {
  const WhereUsed<Vector, Use> found = kinetics.protein_scale();
  for (Index i = kinetics.inputs(); i < kinetics.nodes(); ++i) {
    if (nearly_equal(found[i], scale[i], 1e-6)) continue;
    throw NumericalError("check_model: gene " + to_text(i) + ", fully expressed, has " + to_text(found[i]) +
                         " of protein on average, must have " + to_text(scale[i]) +
                         ": call kinetics.scale_proteins() after a change of decay rates, burst sizes or k1, or say "
                         "options.scale of a model whose proteins have other units");
  }
}

}  // namespace detail

/// `check_rate` on the scale of the model's proteins, and whether kinetics and rate agree: `rate.frequency_min()` and
/// `rate.frequency_max()` are those of the kinetics where the rate has them; of any other rate no value is above k1. A
/// perturbed model keeps the kinetics of the wild type: check that one.
/// @param options scale: of a fully expressed gene's protein, per node, as `kinetics.protein_scale()` has to be; empty:
/// 1, as (11) has it, which no longer holds once decay rates are changed and s1 is not
/// @throws as `validate(model)` and `check_rate`; NumericalError on another scale
template <BurstRate Rate>
void check_model(const BasicModel<Rate>& model, CheckRateOptions options = {}) {
  validate(model);
  const WhereUsed<Kinetics, Rate>& kinetics = model.kinetics;
  const Index inputs = model.inputs();
  if (options.scale.size() == 0) options.scale = Vector::Ones(model.nodes());
  validate(options);
  check_size("check_model", "options.scale", options.scale.size(), model.nodes());
  detail::check_protein_scale(kinetics, options.scale);
  detail::RateCheck<Rate> check(model.rate, options);
  check.run();
  if constexpr (requires {
                  { model.rate.frequency_min() } -> std::convertible_to<const Vector&>;
                  { model.rate.frequency_max() } -> std::convertible_to<const Vector&>;
                }) {
    detail::check_same_frequencies("frequency_min", model.rate.frequency_min(), kinetics.frequency_min, inputs);
    detail::check_same_frequencies("frequency_max", model.rate.frequency_max(), kinetics.frequency_max, inputs);
  } else {
    for (Index i = inputs; i < model.nodes(); ++i) {
      if (!(check.largest()[i] <= kinetics.frequency_max[i] * (1.0 + 1e-6))) {
        detail::fail_frequency("a value of rate(gene, protein)", check.largest()[i], "frequency_max", i,
                               kinetics.frequency_max[i]);
      }
    }
  }
}

}  // namespace cardamom
