// The methods of the command line. They share most of what they compile, and are compiled together.
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

/// The network by the method of the settings.
cardamom::Inference<> infer_by(const cardamom::Counts& counts, const MethodSettings& settings,
                               cardamom::ExecutorRef executor, Observer progress);

}  // namespace support
