/// @file
/// The first bursts of a process, for the choice of its engine: how many candidates each way of proposing them takes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>

namespace cardamom::thinning {

/// Counts of a trial.
struct TrialRun {
  double bursts = 0.0;
  double level_candidates = 0.0;
  double constant_candidates = 0.0;  ///< expected in the same time: Σ bound · time
  bool settled = false;              ///< the longest-lived protein has had one life
  std::vector<double> bursts_of{};   ///< per node
};

/// Runs cells from nothing by levels, with inputs at 1 as they are by default for most of the time, each for some lives
/// of its proteins. Nothing when the rate throws: it will do so again where the cell is named.
/// @param bound constant bounds of all genes
/// @param clear whether a trial so far leaves no doubt; asked after 32 bursts and whenever their number has doubled, up
/// to 1024 bursts and two per gene
template <class Engine, class Clear>
std::optional<TrialRun> run_trial(Engine engine, const WhereUsed<Vector, Engine>& bound, const GeneConstants& constants,
                                  const Clear& clear) {
  constexpr double fewest = 32.0;
  const double most = 1024.0 + 2.0 * static_cast<double>(bound.size());
  constexpr double rare = 50.0;        // so many candidates of constant bounds per burst leave no doubt either
  constexpr double lives = 2.0;        // as experiments last, in which proteins come and stay for a while
  constexpr std::uint64_t cells = 64;  // where bursts are so rare that these do not show enough

  TrialRun trial;
  trial.bursts_of.assign(static_cast<std::size_t>(bound.size()), 0.0);
  const double total = bound.sum();
  if (!(total > 0.0)) return trial;
  double slowest = constants.fastest_protein_decay;
  for (const Motion& motion : constants.groups) slowest = std::min(slowest, motion.protein_decay());
  ClampedLevels on;
  for (Index input = 0; input < constants.inputs; ++input) on.push_back({input, 1.0});

  // Looked at often enough that not many more bursts are made than are needed.
  const double look = std::min(lives / slowest, 0.5 * fewest / total);
  CellState scratch = CellState::zero(bound.size());
  ProcessCounters work;
  const auto observe = [&](const Burst& burst) { trial.bursts_of[static_cast<std::size_t>(burst.gene)] += 1.0; };
  double spent = 0.0;
  double asked = 0.5 * fewest;
  try {
    for (std::uint64_t cell = 0; cell < cells; ++cell) {
      RandomStream stream(0, Purpose::trial, cell);
      engine.start_empty(0.0, scratch, stream);
      for (const Clamp& input : on) engine.change(on, input.node, input.level, 0.0, scratch, stream);
      for (double time = 0.0; time < lives / slowest;) {
        time += look;
        spent += look;
        engine.advance(time, stream, work, scratch, observe);
        trial.bursts = static_cast<double>(work.bursts);
        trial.level_candidates = static_cast<double>(work.candidates);
        trial.constant_candidates = total * spent;
        if (trial.bursts >= most || trial.constant_candidates >= rare * most) return trial;
        if (trial.bursts < 2.0 * asked) continue;
        trial.settled = spent * slowest >= 1.0;
        asked = trial.bursts;
        if (clear(trial)) return trial;
      }
    }
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return trial;
}

}  // namespace cardamom::thinning
