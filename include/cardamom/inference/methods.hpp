/// @file
/// The three methods of inference behind one call, from the paper's chain to the refinement by simulation.
#pragma once

#include <stdexcept>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/refine.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

enum class Method {
  paper,       ///< the successive fit (16): fastest, needs counts alone
  propagated,  ///< then `propagate`: better where proteins outlive the gaps between time points; rates help
  refined,     ///< then `refine`: best, slowest; degradation rates are required
};

struct MethodOptions {
  Method method = Method::paper;
  InferenceOptions paper = {};
  PropagationOptions propagation = {};  ///< its protein_decay, if empty, is taken from `rates`
  RefinementOptions refinement = {};
  DecayRates rates = {};  ///< d0 and d1 [1/h]; without them `propagated` assumes 1/(median time step) for d1
};

/// Infers by the method chosen, with negative binomial counts and `Binarize`.
/// @throws std::invalid_argument, before any work, when `refined` lacks rates; else as `infer`, `propagate`, `refine`
template <Executor E = Sequential, Progress P = IgnoreProgress>
Inference infer_by(const Counts& counts, const MethodOptions& options, const E& executor = {}, P progress = {}) {
  if (options.method == Method::refined && (options.rates.mrna.size() == 0 || options.rates.protein.size() == 0)) {
    throw std::invalid_argument(
        "infer_by: rates are missing; the method refined requires degradation rates of mRNA and protein, because "
        "simulated dynamics are compared with the data");
  }
  if (options.rates.mrna.size() > 0) {
    check_size("infer_by", "rates.mrna", options.rates.mrna.size(), counts.genes());
    check_all_positive("infer_by", "rates.mrna", options.rates.mrna, 1);
  }
  PropagationOptions propagation = options.propagation;
  if (propagation.protein_decay.size() == 0) propagation.protein_decay = options.rates.protein;
  validate(propagation, counts.genes());
  if (options.method == Method::paper) return infer(counts, options.paper, executor, progress);
  Inference result = infer(counts, options.paper, PropagatedProteins{propagation}, executor, progress);
  if (options.method == Method::propagated) return result;
  return refine(counts, result, options.rates, options.refinement, executor, progress).inference;
}

}  // namespace cardamom
