/// @file
/// The interface of `BurstyProcess`, `ProteinProcess` and `TwoStateProcess`: a cell that can be set, clamped, advanced
/// and read.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>

namespace cardamom::thinning {

/// Public base of the thinned processes. Copies share everything but the state of the cell; nothing is allocated after
/// construction but by `clamp` of a node never clamped before.
/// @tparam Engine a variant of the loops that can run it
template <class Engine>
class ThinnedProcess {
 public:
  /// @param considered what the engine was chosen from, for the diagnostics
  ThinnedProcess(Index nodes, Index inputs, Engine engine, std::vector<PathCost> considered = {})
      : nodes_(nodes),
        inputs_(inputs),
        engine_(std::move(engine)),
        considered_(std::move(considered)),
        state_(CellState::zero(nodes_)),
        scratch_(state_) {
    reset(RandomStream(0, Purpose::cell));
  }
  /// @param chosen an engine, and what it was chosen from
  template <class Chosen>
  requires std::same_as<decltype(Chosen::engine), Engine> ThinnedProcess(Index nodes, Index inputs, Chosen chosen)
      : ThinnedProcess(nodes, inputs, std::move(chosen.engine), std::move(chosen.considered)) {}

  Index nodes() const noexcept { return nodes_; }
  Index inputs() const noexcept { return inputs_; }
  /// [h]
  double time() const noexcept { return time_; }

  /// An empty cell at `time`, nothing clamped. The cell draws from `stream` from here on.
  void reset(RandomStream stream, double time = 0.0) {
    begin(stream, time);
    std::visit([this](auto& engine) { engine.start_empty(time_, scratch_, stream_); }, engine_);
  }
  /// A cell in a given state (one entry per node, values finite and >= 0).
  void reset(RandomStream stream, double time, const WhereUsed<CellState, Engine>& state) {
    check_size("reset", "state.mrna", state.mrna.size(), nodes_);
    check_size("reset", "state.protein", state.protein.size(), nodes_);
    check_all_nonnegative("reset", "state.mrna", state.mrna, inputs_);
    check_all_nonnegative("reset", "state.protein", state.protein);
    begin(stream, time);
    std::visit([&](auto& engine) { engine.start(state, clamped_, time_, stream_); }, engine_);
  }

  /// From now on the protein of `node`, an input or a gene, stays at `level` >= 0, whatever the gene does. O(targets)
  /// for an input, O(nodes + edges) for a gene.
  void clamp(Index node, double level) {
    check_index("clamp", "node", node, nodes_);
    check_nonnegative("clamp", "level", level);
    const auto place =
        std::find_if(clamped_.begin(), clamped_.end(), [node](const Clamp& c) { return c.node == node; });
    if (place == clamped_.end()) {
      clamped_.push_back({node, level});
    } else {
      place->level = level;
    }
    change(node, level);
  }
  /// Ends `clamp`: the protein of a gene moves again, from that level; an input stays where it is.
  void release(Index node) {
    check_index("release", "node", node, nodes_);
    const auto place =
        std::find_if(clamped_.begin(), clamped_.end(), [node](const Clamp& c) { return c.node == node; });
    if (place == clamped_.end()) return;
    const double level = place->level;
    clamped_.erase(place);
    change(node, level);
  }

  /// Simulates up to `time` >= time() (std::invalid_argument otherwise); `observer` sees every burst on the way. The
  /// course of the cell does not depend on where a caller stops to look.
  /// @throws NumericalError when the rate leaves [0, bound] or is NaN: the message names gene, rate, bound and state
  template <BurstObserver Observer = IgnoreBursts>
  void advance_to(double time, Observer&& observer = {}) {
    if (!(time >= time_)) {
      throw std::invalid_argument("advance_to: time is " + detail::to_text(time) +
                                  ", must be at least the current time " + detail::to_text(time_));
    }
    std::visit([&](auto& engine) { engine.advance(time, stream_, counters_, scratch_, observer); }, engine_);
    time_ = time;
    current_ = false;
  }

  /// The cell now. O(nodes) at the first look after moving.
  const CellState& state() {
    sync();
    return state_;
  }
  /// P, one entry per node; of inputs their levels.
  const Vector& protein() { return state().protein; }

  /// Work done since construction.
  const ProcessCounters& counters() const noexcept { return counters_; }
  Path path() const noexcept {
    return std::visit([](const auto& engine) { return engine.path; }, engine_);
  }
  Candidates candidates() const noexcept {
    return std::visit([](const auto& engine) { return engine.candidates; }, engine_);
  }
  /// What the path was chosen from, itself among them; empty where there was no choice.
  const std::vector<PathCost>& considered() const noexcept { return considered_; }

 protected:
  const Engine& engine() const noexcept { return engine_; }

 private:
  void begin(RandomStream stream, double time) {
    check_finite("reset", "time", time);
    stream_ = stream;
    time_ = time;
    clamped_.clear();
    current_ = false;
  }
  void change(Index gene, double level) {
    std::visit([&](auto& engine) { engine.change(clamped_, gene, level, time_, scratch_, stream_); }, engine_);
    current_ = false;
  }
  void sync() {
    if (!current_) std::visit([this](auto& engine) { engine.read(time_, state_); }, engine_);
    current_ = true;
  }

  Index nodes_;
  Index inputs_;
  Engine engine_;
  std::vector<PathCost> considered_;
  WhereUsed<CellState, Engine> state_;    // valid when current_
  WhereUsed<CellState, Engine> scratch_;  // for observers and messages
  ClampedLevels clamped_;
  RandomStream stream_{0, Purpose::cell};
  ProcessCounters counters_;
  double time_ = 0.0;
  bool current_ = false;
};

}  // namespace cardamom::thinning
