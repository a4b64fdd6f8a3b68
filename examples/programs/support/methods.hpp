// The methods of the command line: the words of the options, and a translation unit for each, since inference is heavy
// for the compiler.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/regression/successive.hpp>
#include <cardamom/simulation/first_state.hpp>

#include "support/clusterer_option.hpp"

namespace support {

enum class Method { consensus, paper, propagated, refined };

const std::map<Method, std::string> method_names = {{Method::consensus, "consensus"},
                                                    {Method::paper, "paper"},
                                                    {Method::propagated, "propagated"},
                                                    {Method::refined, "refined"}};

struct MethodSettings {
  Method method = Method::consensus;
  cardamom::SuccessiveOptions regression;
  cardamom::InferenceOptions inference;
  ClustererChoice clusterer;
  std::optional<cardamom::FirstState> first_state = {};  ///< none: found by methods that simulate
  bool fit_depth = false;  ///< cells differ in depth, by how much is to be fitted; for methods that simulate
};

using Observer = cardamom::FunctionRef<bool(cardamom::Index, cardamom::Index)>;

// Each in a file of its own: infer_consensus.cpp, infer_paper.cpp, infer_propagated.cpp, infer_refined.cpp.
cardamom::Inference<> infer_consensus(const cardamom::Counts&, const MethodSettings&, cardamom::ExecutorRef, Observer);
cardamom::Inference<> infer_paper(const cardamom::Counts&, const MethodSettings&, cardamom::ExecutorRef, Observer);
cardamom::Inference<> infer_propagated(const cardamom::Counts&, const MethodSettings&, cardamom::ExecutorRef, Observer);
cardamom::Inference<> infer_refined(const cardamom::Counts&, const MethodSettings&, cardamom::ExecutorRef, Observer);

inline cardamom::Inference<> infer_by(const cardamom::Counts& counts, const MethodSettings& settings,
                                      cardamom::ExecutorRef executor, Observer progress) {
  switch (settings.method) {
    case Method::consensus:
      return infer_consensus(counts, settings, executor, progress);
    case Method::propagated:
      return infer_propagated(counts, settings, executor, progress);
    case Method::refined:
      return infer_refined(counts, settings, executor, progress);
    case Method::paper:
      break;
  }
  return infer_paper(counts, settings, executor, progress);
}

}  // namespace support
