/// @file
/// What all stochastic processes share: the concept `CellProcess`, the state of a cell, the burst seen by an observer,
/// the choice of a path, counts of work done.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// State of one cell; both arrays have one entry per node. Of inputs `protein` holds the levels and `mrna` nothing.
struct CellState {
  Vector mrna;     ///< M [molecules]
  Vector protein;  ///< P [protein units of (11)]

  /// The empty cell.
  template <class = CompiledWhereUsed>
  static CellState zero(Index nodes) {
    return {Vector::Zero(nodes), Vector::Zero(nodes)};
  }
};

/// One burst of one gene.
struct Burst {
  double time;  ///< [h]
  Index gene;   ///< its node
  double size;  ///< molecules of mRNA, or protein units in the protein-only model
};

/// Called at every burst, either `observe(burst)` or `observe(burst, state)`; `state` is the cell just *before* the
/// burst and costs O(nodes) to make. Models: `IgnoreBursts`, any lambda.
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
  expansion,  ///< as `separable`, d0 and d1 up to 1e6-fold apart: shared exponentials approximate, doubtful cases are
              ///< computed; dense networks
  clocks,     ///< one clock and one stream per gene: a gene's course depends on its ancestors in the network alone
};

/// How the next candidate is chosen.
enum class Candidates {
  automatic,  ///< by the expected number of candidates per burst
  constant,   ///< by bounds that always hold
  levels,  ///< composition–rejection: genes sorted into power-of-two levels of a bound that holds until the next burst
};

/// The name of the choice.
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
/// The name of the choice.
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

/// A process's choice of path; the defaults leave it to the library: it takes the one of the least cost by a model
/// whose counts, of candidates per burst above all, come from a short trial with a random stream of its own. No clock
/// has a say, so the choice, and with it every bit of the results, depends on the model alone. A path the rate or the
/// kinetics do not allow is std::invalid_argument.
struct ProcessOptions {
  Path path = Path::automatic;
  Candidates candidates = Candidates::automatic;
};

/// A way of finding bursts that was considered when the path was chosen, and what it was expected to cost.
struct PathCost {
  Path path;
  Candidates candidates;
  double candidates_per_burst;  ///< counted in a trial where constant bounds and levels were both possible, else 1
  double cost;  ///< of a burst, in nanoseconds of the machine on which the model of cost was fitted: ratios matter
};

/// Work done.
struct ProcessCounters {
  std::int64_t bursts = 0;      ///< accepted
  std::int64_t candidates = 0;  ///< proposed
};

/// A stochastic model of one cell, of which `simulate` makes populations.
///
/// | expression | meaning |
/// | --- | --- |
/// | `Process copy(process)` | another cell of the same model; its state does not matter |
/// | `process.nodes()` | number of nodes, inputs first |
/// | `process.reset(stream, time, state)` | a cell in the given state (one entry per node) at `time` [h], nothing clamped; from here on it draws from its copy of the `RandomStream` alone |
/// | `process.clamp(node, level)` | from now on the protein of `node`, an input or a gene, stays at `level` >= 0 |
/// | `process.release(node)` | ends `clamp` of a gene; its protein moves again, from that level |
/// | `process.advance_to(time)` | simulates up to `time`, not before the present |
/// | `process.protein()` | P now, a `Vector` with one entry per node; of inputs their levels |
/// | `process.mrna()` or `process.draw_mrna(key)` | M now [molecules], a `Vector` with one entry per node; drawn given the proteins by a process without mRNA, from streams keyed by the 64-bit `key` |
///
/// and, where the process has them,
///
/// | expression | meaning |
/// | --- | --- |
/// | `process.inputs()` | number of inputs; 1 where the process does not say |
/// | `process.reset(stream, time)` | an empty cell, cheaper than from a state of zeros |
/// | `process.counters()` | work done since construction, `ProcessCounters` |
/// | `process.path()`, `process.candidates()`, `process.considered()` | for the diagnostics |
/// | `process.advance_to(time, observer)`, `process.state()` | see `ObservableProcess` |
///
/// Duties no compiler checks: the course depends on the stream, the state, the clamps and nothing else, not on where
/// `advance_to` stops on the way; copies may be used in different threads. Models: `BurstyProcess`, `ProteinProcess`,
/// `TwoStateProcess`.
template <class P>
concept CellProcess = std::copy_constructible<P> && requires(P& process, const P& constant, const RandomStream& stream,
                                                             double number, Index node, const CellState& state) {
  { constant.nodes() } -> std::convertible_to<Index>;
  process.reset(stream, number, state);
  process.clamp(node, number);
  process.release(node);
  process.advance_to(number);
  { process.protein() } -> std::convertible_to<const Vector&>;
} &&(
    requires(P& process) {
      { process.mrna() } -> std::convertible_to<const Vector&>;
    } ||
    requires(P & process, std::uint64_t key) {
      { process.draw_mrna(key) } -> std::convertible_to<const Vector&>;
    });

namespace detail {

/// `static_assert`s that name what a process lacks.
template <class P>
constexpr bool explain_process() {
  constexpr bool moves = requires(P & process, double time) { process.advance_to(time); };
  static_assert(
      moves, "CellProcess: simulate takes a BasicModel or a process; a process has a member advance_to(double time)");
  if constexpr (moves) {
    static_assert(
        requires(const P& process) { static_cast<Index>(process.nodes()); },
        "CellProcess: member nodes() const must return the number of nodes");
    static_assert(
        requires(P & process, const RandomStream& stream, double time, const CellState& state) {
          process.reset(stream, time, state);
        },
        "CellProcess: member reset(const RandomStream& stream, double time, const CellState& state) is missing");
    static_assert(
        requires(P & process, Index node, double level) { process.clamp(node, level); },
        "CellProcess: member clamp(Index node, double level) is missing");
    static_assert(
        requires(P & process, Index node) { process.release(node); },
        "CellProcess: member release(Index node) is missing");
    static_assert(
        requires(P & process) {
          { process.protein() } -> std::convertible_to<const Vector&>;
        },
        "CellProcess: member protein() must return const Vector&, one entry per node");
    static_assert(
        requires(P & process) {
          { process.mrna() } -> std::convertible_to<const Vector&>;
        } ||
            requires(P & process, std::uint64_t key) {
              { process.draw_mrna(key) } -> std::convertible_to<const Vector&>;
            },
        "CellProcess: member mrna(), or draw_mrna(std::uint64_t key), must return const Vector&, one entry per node");
    static_assert(std::copy_constructible<P>, "CellProcess: the process must be copyable");
  }
  return true;
}

}  // namespace detail

/// A process whose bursts can be followed: `process.advance_to(time, observer)` with a `BurstObserver`, and
/// `process.state()`, the `CellState` now.
template <class P>
concept ObservableProcess = CellProcess<P> && requires(P& process, double time, IgnoreBursts& observer) {
  process.advance_to(time, observer);
  { process.state() } -> std::convertible_to<const CellState&>;
};

/// Number of inputs of a process; 1 where it does not say.
template <CellProcess P>
[[nodiscard]] Index inputs_of(const P& process) {
  if constexpr (requires { process.inputs(); }) {
    return static_cast<Index>(process.inputs());
  } else {
    return 1;
  }
}

/// Work a process has done; none where it does not count.
template <CellProcess P>
[[nodiscard]] ProcessCounters counters_of(const P& process) {
  if constexpr (requires { process.counters(); }) {
    return process.counters();
  } else {
    return {};
  }
}

}  // namespace cardamom
