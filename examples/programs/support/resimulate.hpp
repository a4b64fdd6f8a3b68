// Cells of an inferred model under the protocol of the data it was inferred from. Compiled on its own: the simulation
// is heavy for the compiler.
#pragma once

#include <cstdint>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/hold_out.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/verdict/result.hpp>

#include "support/methods.hpp"

namespace support {

/// Simulates the inferred model, the inputs following the table's: with the first state and the depths that were
/// fitted, else from the cells of the first time point on. As many cells per time point as the data have on average, at
/// most 200.
/// @return counts, or levels of mRNA for continuous data, at the times of the data
cardamom::Counts resimulate(const cardamom::Counts& data, const cardamom::Inference<>& inference, bool continuous,
                            std::uint64_t seed, cardamom::ExecutorRef executor);

/// How close cells simulated from the inferred model, as many as the data have, come to the data.
cardamom::Verdict judge_fit(const cardamom::Counts& data, const cardamom::Inference<>& inference, bool continuous,
                            std::uint64_t seed, cardamom::ExecutorRef executor);

/// How close cells of time points that were left out of an inference come to their prediction.
std::vector<cardamom::HeldOut> predict_held_out(const cardamom::Counts& data, const MethodSettings& settings,
                                                const cardamom::HoldOutOptions& options, bool continuous,
                                                cardamom::ExecutorRef executor, Observer progress);

}  // namespace support
