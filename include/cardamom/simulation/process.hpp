/// @file
/// What all stochastic processes share: the state of a cell, the burst seen by an observer, the choice of a path,
/// counts of work done.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include <cardamom/core/types.hpp>

namespace cardamom {

/// State of one cell; both arrays have length G, entry 0 is the stimulus: its level in `protein`, nothing in `mrna`.
struct CellState {
  Vector mrna;     ///< M [molecules]
  Vector protein;  ///< P [protein units of (11)]

  /// The empty cell.
  static CellState zero(Index genes) { return {Vector::Zero(genes), Vector::Zero(genes)}; }
};

/// One burst of one gene.
struct Burst {
  double time;  ///< [h]
  Index gene;   ///< 1…G−1
  double size;  ///< molecules of mRNA, or protein units in the protein-only model
};

/// Called at every burst, either `observe(burst)` or `observe(burst, state)`; `state` is the cell just *before* the
/// burst and costs O(genes) to make. Models: `IgnoreBursts`, any lambda.
template <class O>
concept BurstObserver = std::invocable<O&, const Burst&> || std::invocable<O&, const Burst&, const CellState&>;

/// The null observer.
struct IgnoreBursts {
  constexpr void operator()(const Burst&) const noexcept {}
};

/// How bursts are found. All paths draw from the same law; they differ in speed and in what they need to know.
enum class Path {
  automatic,  ///< the fastest the rate and the kinetics allow
  plain,      ///< every protein at every candidate; any rate with a bound
  sparse,     ///< only what the candidate's rate reads or names, in closed form; needs a rate that takes `ProteinView`
              ///< or has `rate.regulators`
  separable,  ///< linear forms kept as sums over shared exponentials; needs a sigmoid of a linear form, shared d0 and
              ///< d1
  expansion,  ///< as `separable`, any d0 and d1: shared exponentials approximate, doubtful cases are computed; dense
              ///< networks
  clocks,     ///< one clock and one stream per gene: a gene's course depends on its ancestors in the network alone
};

/// How the next candidate is chosen.
enum class Candidates {
  automatic,  ///< by the expected number of candidates per burst
  constant,   ///< by bounds that always hold
  levels,  ///< composition–rejection: genes sorted into power-of-two levels of a bound that holds until the next burst
};

constexpr std::string_view name(Path path) noexcept {
  switch (path) {
    case Path::automatic:
      return "automatic";
    case Path::plain:
      return "plain";
    case Path::sparse:
      return "sparse";
    case Path::separable:
      return "separable";
    case Path::expansion:
      return "expansion";
    case Path::clocks:
      return "clocks";
  }
  return "unknown";
}
constexpr std::string_view name(Candidates candidates) noexcept {
  switch (candidates) {
    case Candidates::automatic:
      return "automatic";
    case Candidates::constant:
      return "constant";
    case Candidates::levels:
      return "levels";
  }
  return "unknown";
}

/// A process's choice of path; the defaults leave it to the library. A path the rate or the kinetics do not allow is
/// std::invalid_argument.
struct ProcessOptions {
  Path path = Path::automatic;
  Candidates candidates = Candidates::automatic;
};

/// Work done.
struct ProcessCounters {
  std::int64_t bursts = 0;      ///< accepted
  std::int64_t candidates = 0;  ///< proposed
};

}  // namespace cardamom
