/// @file
/// The interface of `BurstyProcess`, `ProteinProcess` and `TwoStateProcess`: a cell that can be set, held, advanced and
/// read.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <utility>
#include <variant>

#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// Public base of the thinned processes. Copies share everything but the state of the cell; nothing is allocated after
/// construction but by `hold` of a gene never held before.
/// @tparam Engine a variant of the loops that can run it
template <class Engine>
class ThinnedProcess {
 public:
  ThinnedProcess(Index genes, Engine engine)
      : genes_(genes), engine_(std::move(engine)), state_(CellState::zero(genes_)), scratch_(state_) {
    reset(RandomStream(0, Purpose::cell));
  }

  /// G, the stimulus included.
  Index genes() const noexcept { return genes_; }
  /// [h]
  double time() const noexcept { return time_; }

  /// An empty cell at `time`, nothing held. The cell draws from `stream` from here on.
  void reset(RandomStream stream, double time = 0.0) {
    begin(stream, time);
    std::visit([this](auto& engine) { engine.start_empty(time_, scratch_, stream_); }, engine_);
  }
  /// A cell in a given state (lengths G, values finite and >= 0).
  void reset(RandomStream stream, double time, const CellState& state) {
    check_size("reset", "state.mrna", state.mrna.size(), genes_);
    check_size("reset", "state.protein", state.protein.size(), genes_);
    check_all_nonnegative("reset", "state.mrna", state.mrna, 1);
    check_all_nonnegative("reset", "state.protein", state.protein);
    begin(stream, time);
    std::visit([&](auto& engine) { engine.start(state, held_, time_, stream_); }, engine_);
  }

  /// From now on the protein of `gene` (0: the stimulus) stays at `level` >= 0, whatever the gene does. O(targets) for
  /// the stimulus, O(G + edges) for a gene.
  void hold(Index gene, double level) {
    check_index("hold", "gene", gene, genes_);
    check_nonnegative("hold", "level", level);
    const auto place = std::find_if(held_.begin(), held_.end(), [gene](const Held& h) { return h.gene == gene; });
    if (place == held_.end()) {
      held_.push_back({gene, level});
    } else {
      place->level = level;
    }
    change(gene, level);
  }
  /// Ends `hold`: the protein of `gene` moves again, from its held level.
  void release(Index gene) {
    check_index("release", "gene", gene, genes_);
    const auto place = std::find_if(held_.begin(), held_.end(), [gene](const Held& h) { return h.gene == gene; });
    if (place == held_.end()) return;
    const double level = place->level;
    held_.erase(place);
    change(gene, level);
  }

  /// Simulates up to `time` >= time() (std::invalid_argument otherwise); `observer` sees every burst on the way. The
  /// course of the cell does not depend on where a caller stops to look.
  /// @throws NumericalError when the rate leaves [0, bound] or is NaN: the message names gene, rate, bound and state
  template <BurstObserver Observer = IgnoreBursts>
  void advance_to(double time, Observer&& observer = {}) {
    if (!(time >= time_)) {
      throw std::invalid_argument("advance_to: time is " + to_text(time) + ", must be at least the current time " +
                                  to_text(time_));
    }
    std::visit([&](auto& engine) { engine.advance(time, stream_, counters_, scratch_, observer); }, engine_);
    time_ = time;
    current_ = false;
  }

  /// The cell now. O(G) at the first look after moving.
  const CellState& state() {
    sync();
    return state_;
  }
  /// P, length G; entry 0 is the stimulus.
  const Vector& protein() { return state().protein; }

  /// Work done since construction.
  const ProcessCounters& counters() const noexcept { return counters_; }
  Path path() const noexcept {
    return std::visit([](const auto& engine) { return engine.path; }, engine_);
  }
  Candidates candidates() const noexcept {
    return std::visit([](const auto& engine) { return engine.candidates; }, engine_);
  }

 protected:
  const Engine& engine() const noexcept { return engine_; }

 private:
  void begin(RandomStream stream, double time) {
    check_finite("reset", "time", time);
    stream_ = stream;
    time_ = time;
    held_.clear();
    current_ = false;
  }
  void change(Index gene, double level) {
    std::visit([&](auto& engine) { engine.change(held_, gene, level, time_, scratch_, stream_); }, engine_);
    current_ = false;
  }
  void sync() {
    if (!current_) std::visit([this](auto& engine) { engine.read(time_, state_); }, engine_);
    current_ = true;
  }

  Index genes_;
  Engine engine_;
  CellState state_;    // valid when current_
  CellState scratch_;  // for observers and messages
  HeldLevels held_;
  RandomStream stream_{0, Purpose::cell};
  ProcessCounters counters_;
  double time_ = 0.0;
  bool current_ = false;
};

}  // namespace cardamom::detail
