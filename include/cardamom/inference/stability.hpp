/// @file
/// Stability selection: how often an edge is found again when the cells are drawn anew.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/checkpoint.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/fingerprint.hpp>
#include <cardamom/inference/infer.hpp>

namespace cardamom {

/// Settings of `stability`.
struct StabilityOptions {
  std::uint64_t seed = 0;  ///< of the resampling
  Index resamples = 50;    ///< >= 1: the standard error of a frequency is at most 1/(2 √resamples), .07
  Index top = 0;           ///< an edge counts as found when among so many of the highest scores; 0: as many as genes
  InferenceOptions inference = {};  ///< as `infer`
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const StabilityOptions& options) {
  check_at_least("StabilityOptions", "resamples", options.resamples, 1);
  check_at_least("StabilityOptions", "top", options.top, 0);
}

namespace detail {

/// The cells of each time point, of each condition by itself, drawn with replacement.
template <class Use = CompiledWhereUsed>
inline std::vector<Index> bootstrap_rows(const WhereUsed<Counts, Use>& counts, WhereUsed<RandomStream, Use>& random) {
  std::vector<Index> rows;
  rows.reserve(static_cast<std::size_t>(counts.cells()));
  const auto draw = [&](std::span<const Index> cells) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
      rows.push_back(cells[static_cast<std::size_t>(random.below(static_cast<Index>(cells.size())))]);
    }
  };
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    const auto cells = counts.cells_at(k);
    if (counts.conditions().empty()) {
      draw(cells);
      continue;
    }
    std::vector<std::vector<Index>> of_condition(counts.conditions().size());
    for (const Index cell : cells) {
      const Index condition = counts.condition_of_cell()[static_cast<std::size_t>(cell)];
      of_condition[static_cast<std::size_t>(condition)].push_back(cell);
    }
    for (const std::vector<Index>& own : of_condition) draw(own);
  }
  return rows;
}

/// Throws std::domain_error on the score of an edge that is NaN, which no order has a place for.
template <class Use = CompiledWhereUsed>
inline void check_scores(const WhereUsed<Matrix, Use>& scores, Index inputs) {
  for (Index j = 0; j < scores.cols(); ++j) {
    for (Index i = inputs; i < scores.rows(); ++i) {
      if (i == j || !std::isnan(scores(i, j))) continue;
      throw_domain("stability", "scores_of(counts)(" + to_text(i) + ", " + to_text(j) + ")", scores(i, j), "a number");
    }
  }
}

/// Edges (target, source) among the `top` highest scores; those that tie with the last place are all left out.
template <class Use = CompiledWhereUsed>
inline std::vector<std::pair<Index, Index>> highest(const WhereUsed<Matrix, Use>& scores, Index inputs, Index top) {
  std::vector<double> entries;
  const auto each_edge = [&](const auto& visit) {
    for (Index j = 0; j < scores.cols(); ++j) {
      for (Index i = inputs; i < scores.rows(); ++i) {
        if (i != j) visit(i, j);
      }
    }
  };
  each_edge([&](Index i, Index j) { entries.push_back(scores(i, j)); });
  double bar = 0.0;  // scores above it are among the highest
  const auto place = static_cast<std::size_t>(top);
  if (entries.size() > place) {
    std::nth_element(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(place), entries.end(),
                     std::greater<>());
    bar = std::max(0.0, entries[place]);
  }
  std::vector<std::pair<Index, Index>> result;
  each_edge([&](Index i, Index j) {
    if (scores(i, j) > bar) result.emplace_back(i, j);
  });
  return result;
}

/// The edges found in resamples, each a piece of a checkpoint: `resample_3` holds a line "target source" per edge.
class ResamplePieces {
 public:
  /// Throws std::invalid_argument when the checkpoint is that of another call.
  template <class Use = CompiledWhereUsed>
  ResamplePieces(CheckpointRef checkpoint, const WhereUsed<Counts, Use>& counts, std::uint64_t seed, Index top)
      : checkpoint_(checkpoint), nodes_(counts.nodes()) {
    const std::string call =
        "seed " + std::to_string(seed) + ", top " + to_text(top) + ", counts " + std::to_string(fingerprint(counts));
    const std::optional<std::string> kept = checkpoint_.load(name_);
    if (!kept) {
      checkpoint_.save(name_, call);
    } else if (*kept != call) {
      throw std::invalid_argument("stability: the checkpoint is of another call, with " + *kept + ", must be with " +
                                  call);
    }
  }

  /// The edges of a resample, none where it is not done yet.
  template <class = CompiledWhereUsed>
  std::optional<std::vector<std::pair<Index, Index>>> load(Index resample) const {
    const std::optional<std::string> bytes = checkpoint_.load(piece(resample));
    if (!bytes) return std::nullopt;
    std::vector<std::pair<Index, Index>> edges;
    std::string_view rest = *bytes;
    const auto next = [&rest](Index& value, char after) {
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
      const auto length = static_cast<std::size_t>(end - rest.data());
      const bool good = error == std::errc() && length < rest.size() && *end == after;
      if (good) rest.remove_prefix(length + 1);
      return good;
    };
    while (!rest.empty()) {
      Index target = 0;
      Index source = 0;
      if (!next(target, ' ') || !next(source, '\n') || std::min(target, source) < 0 ||
          std::max(target, source) >= nodes_) {
        throw std::invalid_argument("stability: piece " + piece(resample) + " of the checkpoint holds no edges");
      }
      edges.emplace_back(target, source);
    }
    return edges;
  }

  template <class = CompiledWhereUsed>
  void save(Index resample, const std::vector<std::pair<Index, Index>>& edges) const {
    std::string bytes;
    for (const auto& [target, source] : edges) bytes += to_text(target) + ' ' + to_text(source) + '\n';
    checkpoint_.save(piece(resample), bytes);
  }

 private:
  static std::string piece(Index resample) { return "resample_" + to_text(resample); }

  static constexpr const char* name_ = "stability";
  CheckpointRef checkpoint_;
  Index nodes_;
};

/// Resamples that several processes do before one of them saves what they found: a kill costs no more, and waiting for
/// the slowest of a round costs little.
inline constexpr Index resamples_per_round = 32;

template <class Use = CompiledWhereUsed>
inline Matrix found_again(const WhereUsed<Counts, Use>& counts, FunctionRef<Matrix(const Counts&)> scores_of,
                          const WhereUsed<StabilityOptions, Use>& options, ExecutorRef executor,
                          FunctionRef<bool(Index, Index)> progress, CheckpointRef checkpoint) {
  validate(options);
  const Index nodes = counts.nodes();
  const Index top = options.top > 0 ? options.top : std::max<Index>(counts.genes(), 1);
  std::vector<std::vector<std::pair<Index, Index>>> found(static_cast<std::size_t>(options.resamples));
  ProgressCounter counter(progress, options.resamples);

  // Of several processes one reads the checkpoint, the one that does piece 0, and only it writes.
  std::optional<ResamplePieces> pieces;
  std::vector<bool> kept(found.size(), false);
  if (checkpoint.keeps()) {
    for_shared_ranges(
        executor, 1,
        [&](Index, Index) {
          pieces.emplace(checkpoint, counts, options.seed, top);
          for (Index r = 0; r < options.resamples; ++r) {
            auto edges = pieces->load(r);
            if (!edges) continue;
            kept[static_cast<std::size_t>(r)] = true;
            found[static_cast<std::size_t>(r)] = std::move(*edges);
          }
        },
        [&](Index, auto& bytes) {
          std::vector<std::uint8_t> there(kept.begin(), kept.end());
          bytes(there);
          kept.assign(there.begin(), there.end());
          for (auto& edges : found) bytes(edges);
        });
  }
  std::vector<Index> todo;
  for (Index r = 0; r < options.resamples; ++r) {
    if (kept[static_cast<std::size_t>(r)]) {
      counter.add();
    } else {
      todo.push_back(r);
    }
  }

  const bool saves_at_once = pieces && !executor.shares();
  const auto resample = [&](Index r) {
    auto& edges = found[static_cast<std::size_t>(r)];
    RandomStream random(options.seed, Purpose::bootstrap, static_cast<std::uint64_t>(r));
    const WhereUsed<Matrix, Use> scores = scores_of(counts.select_cells(bootstrap_rows(counts, random)));
    check_shape("stability", "scores_of(counts)", scores, nodes, nodes);
    check_scores(scores, counts.inputs());
    edges = highest(scores, counts.inputs(), top);
    if (saves_at_once) pieces->save(r, edges);
    counter.add();
  };
  // What other processes found is known at the end of a round, and saved then.
  const auto all = static_cast<Index>(todo.size());
  const Index round = checkpoint.keeps() && executor.shares() ? resamples_per_round : std::max<Index>(all, 1);
  for (Index first = 0; first < all; first += round) {
    const Index length = std::min(round, all - first);
    const auto at = [&](Index k) { return todo[static_cast<std::size_t>(first + k)]; };
    for_shared_ranges(
        executor, length,
        [&](Index begin, Index end) {
          for (Index k = begin; k < end; ++k) resample(at(k));
        },
        [&](Index k, auto& bytes) {
          bytes(found[static_cast<std::size_t>(at(k))]);
          if constexpr (std::remove_cvref_t<decltype(bytes)>::reads) counter.add();
        });
    if (saves_at_once || !checkpoint.keeps()) continue;
    for_shared_ranges(
        executor, 1,
        [&](Index, Index) {
          for (Index k = 0; k < length; ++k) pieces->save(at(k), found[static_cast<std::size_t>(at(k))]);
        },
        [](Index, auto&) {});
  }
  WhereUsed<Matrix, Use> frequency = Matrix::Zero(nodes, nodes);
  for (const auto& edges : found) {
    for (const auto& [i, j] : edges) frequency(i, j) += 1.0;
  }
  return frequency / static_cast<double>(options.resamples);
}

/// A function of one's own in place of `infer`.
struct ScoresOfRole {
  template <class T>
  static constexpr bool fits = std::is_invocable_r_v<Matrix, const T&, const Counts&>;
  template <class T>
  static constexpr bool check() {
    static_assert(fits<T> || !std::is_invocable_v<const T&, const Counts&>,
                  "stability: the function of counts must return a matrix of scores");
    return true;
  }
};

}  // namespace detail

/// Draws the cells of each time point with replacement, infers, and counts.
///
/// Policies are those of `infer`, which runs on every resample; the executor runs resamples side by side, and the
/// observer is told of finished ones. In place of `infer`, a function of counts may give the scores:
///
///     stability(counts, {.resamples = 100}, PropagatedProteins{}, Threads{});
///     stability(counts, {}, [](const Counts& c) { return correlations(c); });
///
/// With a `Checkpoint`, every finished resample is kept, and a later call with the same counts, seed and policies goes
/// on from there to the same result, to the bit; it may ask for more resamples. What policies it has is for the caller
/// to compare.
///
/// @return nodes × nodes: share of the resamples in which each edge j → i, i ≠ j, is among the highest scores; edges
/// that tie with the last place are all left out, and edges without score never count
/// @throws std::invalid_argument on options, and on a checkpoint of other counts, seed or `top`; std::domain_error on a
/// score that is NaN; whatever inference and the checkpoint throw; Cancelled
template <class... Policies>
[[nodiscard]] Matrix stability(const Counts& counts, const StabilityOptions& options = {},
                               const Policies&... policies) {
  using Outer = RoleList<detail::ScoresOfRole, CheckpointRole, ExecutorRole, ProgressRole>;
  constexpr bool own = count_of<detail::ScoresOfRole, Outer, Policies...> != 0;
  static_assert(count_of<detail::ScoresOfRole, Outer, Policies...> <= 1, "stability: more than one function of counts");
  static_assert(count_of<CheckpointRole, Outer, Policies...> <= 1, "stability: more than one Checkpoint");
  static_assert(count_of<ExecutorRole, Outer, Policies...> <= 1, "stability: more than one Executor");
  static_assert(count_of<ProgressRole, Outer, Policies...> <= 1, "stability: more than one Progress");
  const std::tuple<const Policies&...> all(policies...);
  const auto executor = policy_or<ExecutorRole>(Outer{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Outer{}, IgnoreProgress{}, all);
  const auto checkpoint = policy_or<CheckpointRole>(Outer{}, NoCheckpoint{}, all);
  if constexpr (own) {
    static_assert((policy_fits<Policies, Outer>() && ...));
    const auto scores_of = policy_or<detail::ScoresOfRole>(Outer{}, nullptr, all);
    return detail::found_again(counts, scores_of, options, executor, progress, CheckpointRef(checkpoint));
  } else {
    // What runs side by side is a resample: within it, and unobserved, one thread.
    const auto scores_of = [&](const Counts& sample) {
      return with_policies_but(
          RoleList<CheckpointRole, ExecutorRole, ProgressRole>{},
          [&](const auto&... rest) -> Matrix { return infer(sample, options.inference, rest...).scores; }, policies...);
    };
    return detail::found_again(counts, scores_of, options, executor, progress, CheckpointRef(checkpoint));
  }
}

}  // namespace cardamom
