/// @file
/// Executors: where independent pieces of work run. Results never depend on the executor: every piece owns its random
/// stream and its place in the output, so one thread, eight threads and any chunking give the same bits. So do several
/// processes, each of which computes some pieces and is handed the others.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/piece_bytes.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// | expression | meaning |
/// | --- | --- |
/// | `executor.for_ranges(count, body)` | calls `body(begin, end)` on disjoint ranges that cover [0, count), each once |
///
/// Duties no compiler checks: it returns after the last call has ended; calls may come from any thread, in any order
/// and chunking; when calls throw, one of the exceptions is rethrown to the caller after all threads have stopped.
/// `check_executor` tries these. Models: `Sequential`, `Threads`; wrapping another library's pool takes one member
/// function.
template <class E>
concept Executor = std::copy_constructible<E> &&
    requires(const E& executor, Index count, std::function<void(Index, Index)> body) {
  executor.for_ranges(count, body);
};

/// An executor of several processes, each of which runs the whole program. Verbs whose pieces are worth a message ask
/// for
///
/// | expression | meaning |
/// | --- | --- |
/// | `executor.for_shared_ranges(count, body, save, load)` | as `for_ranges`, but `body` is called on a part of [0, count) in each process, the parts covering it, each index once; then `save(i, writer)` in the process that did i and `load(i, reader)` in all others |
///
/// while `for_ranges` runs everything in every process. Duties no compiler checks: an exception in one process leaves
/// the call in all of them; a call from within a body stays in its process; one piece's bytes are read as far as they
/// were written, piece after piece in one order. Model: `Mpi`.
template <class E>
concept SharingExecutor = Executor<E> &&
    requires(const E& executor, Index count, FunctionRef<void(Index, Index)> body,
             FunctionRef<void(Index, PieceWriter&)> save, FunctionRef<void(Index, PieceReader&)> load) {
  executor.for_shared_ranges(count, body, save, load);
};

/// Everything in the calling thread, in order.
struct Sequential {
  template <std::invocable<Index, Index> Body>
  void for_ranges(Index count, Body&& body) const {
    if (count > 0) body(Index{0}, count);
  }
};

namespace detail {

/// Threads that wait for work, all of them for the same. Where one piece of work soon follows another they start on it
/// without delay; where it does not, they sleep.
class Crew {
 public:
  /// As many threads as can be had, at most `size`: where one cannot be started, those before it are the crew.
  /// @param start called with what a thread is to do; returns the thread, or throws what std::jthread does
  template <class Start>
  Crew(Index size, Start&& start) {
    try {
      threads_.reserve(static_cast<std::size_t>(size));
      for (Index t = 0; t < size; ++t) threads_.push_back(start([this] { serve(); }));
    } catch (const std::system_error&) {  // the limit of threads
    } catch (const std::bad_alloc&) {
    } catch (const std::length_error&) {
    }
  }
  explicit Crew(Index size) : Crew(size, [](auto serve) { return std::jthread(std::move(serve)); }) {}
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() {
    work_ = nullptr;
    begin_round();
  }

  Index size() const noexcept { return static_cast<Index>(threads_.size()); }

  /// Runs `work`, which must not throw, once in every thread and in the caller's.
  /// @return false, with nothing done, when the crew is at work already
  template <std::invocable Work>
  bool run(Work& work) {
    if (busy_.test_and_set(std::memory_order_acquire)) return false;
    context_ = &work;
    work_ = [](void* context) { (*static_cast<Work*>(context))(); };
    running_.store(threads_.size(), std::memory_order_relaxed);
    begin_round();
    work();
    for (std::size_t left; (left = running_.load(std::memory_order_acquire)) != 0;) wait(running_, left);
    busy_.clear(std::memory_order_release);
    return true;
  }

 private:
  void begin_round() {
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  template <class = CompiledWhereUsed>
  void serve() {
    for (std::size_t seen = 0;;) {
      wait(round_, seen);
      ++seen;
      if (work_ == nullptr) return;
      work_(context_);
      if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) running_.notify_one();
    }
  }

  /// Returns once `value` is no longer `old`: at first ready to go on at once, then asleep.
  template <class = CompiledWhereUsed>
  static void wait(const std::atomic<std::size_t>& value, std::size_t old) {
    constexpr int yields = 200;
    for (int k = 0; k < yields; ++k) {
      if (value.load(std::memory_order_acquire) != old) return;
      std::this_thread::yield();
    }
    value.wait(old, std::memory_order_acquire);
  }

  void (*work_)(void*) = nullptr;  // none: time to leave
  void* context_ = nullptr;
  std::atomic<std::size_t> round_{0};
  std::atomic<std::size_t> running_{0};  // threads that have not ended the round
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  std::vector<std::jthread> threads_;  // last, so that they end before what they use does
};

}  // namespace detail

/// A team of threads, the caller's among them, that draw chunks from a shared counter. Copies share the team; it lives
/// as long as any of them. A call from within a body, or while another thread's call runs, is done by its caller alone.
/// An exception reaches the caller as it was thrown; of several the one raised at the lowest index wins.
class Threads {
 public:
  /// @param count number of threads; 0 asks the machine. Where it starts no more, as within the limits of a cluster's
  /// node, the team is smaller, the caller's thread alone at worst.
  explicit Threads(Index count = 0) : count_(count) {
    check_at_least("Threads", "count", count, 0);
    if (count_ == 0) count_ = std::max<Index>(1, static_cast<Index>(std::thread::hardware_concurrency()));
    if (count_ > 1) {
      crew_ = std::make_shared<detail::Crew>(count_ - 1);
      count_ = 1 + crew_->size();
    }
  }
  // Copied where it could be moved: what it is moved from keeps working.
  Threads(const Threads&) = default;
  Threads& operator=(const Threads&) = default;

  /// Threads at work, the caller's among them.
  Index count() const noexcept { return count_; }

  template <std::invocable<Index, Index> Body>
  void for_ranges(Index count, Body&& body) const {
    const Index team = std::min(count_, count);
    if (team <= 1) return Sequential{}.for_ranges(count, body);

    // Small enough that the last chunk does not keep the others waiting, large enough that set-up per chunk is rare.
    const Index chunk = std::max<Index>(1, count / (64 * team));
    std::atomic<Index> next{0};
    std::mutex mutex;
    std::exception_ptr failure;
    Index failed_at = std::numeric_limits<Index>::max();

    auto work = [&] {
      for (;;) {
        const Index begin = next.fetch_add(chunk, std::memory_order_relaxed);
        if (begin >= count) return;
        try {
          body(begin, std::min(begin + chunk, count));
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (begin < failed_at) {
            failed_at = begin;
            failure = std::current_exception();
          }
          next.store(count, std::memory_order_relaxed);
        }
      }
    };
    if (!crew_->run(work)) work();
    if (failure) std::rethrow_exception(failure);
  }

 private:
  Index count_;
  std::shared_ptr<detail::Crew> crew_;
};

namespace detail {

/// Whether ranges cover [0, count), each index once, by a sum over them of h(end) − h(begin), h a hash. Of ranges
/// within [0, count] only those that make one way from 0 to count have the sum h(count) − h(0), but for a chance of
/// 2^-64.
class CoverageCount {
 public:
  explicit CoverageCount(Index count) : count_(count) {}

  template <class = CompiledWhereUsed>
  void check(Index begin, Index end) const {
    if (begin >= 0 && begin <= end && end <= count_) return;
    fail("called body(" + to_text(begin) + ", " + to_text(end) +
         "), must call it with 0 <= begin <= end <= " + to_text(count_));
  }
  void add(Index begin, Index end) noexcept { sum_.fetch_add(hash(end) - hash(begin), std::memory_order_relaxed); }
  template <class = CompiledWhereUsed>
  void finish() const {
    if (count_ > 0 && sum_.load() != hash(count_) - hash(0)) fail("did not reach every index exactly once");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw NumericalError("Executor: for_ranges(" + to_text(count_) + ", body) " + what + "; check_executor tells more");
  }
  static constexpr std::uint64_t hash(Index i) noexcept {
    auto x = (static_cast<std::uint64_t>(i) + 1) * 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  Index count_;
  std::atomic<std::uint64_t> sum_{0};
};

}  // namespace detail

/// Any executor, by reference, as one type: verbs hand it on, so that their algorithms are compiled once for all
/// executors. The executor must outlive it. One that is not of this library is watched: NumericalError when it leaves
/// an index out or takes it twice.
class ExecutorRef {
 public:
  template <class E>
  requires(!std::same_as<E, ExecutorRef> && Executor<E>) ExecutorRef(const E& executor)
  noexcept  // NOLINT(google-explicit-constructor): stands for the executor
      : executor_(&executor), run_([](const void* self, Index count, FunctionRef<void(Index, Index)> body) {
          const E& watched = *static_cast<const E*>(self);
          if constexpr (std::same_as<E, Sequential> || std::same_as<E, Threads>) {
            watched.for_ranges(count, body);
          } else {
            detail::CoverageCount covered(count);
            watched.for_ranges(count, [&](Index begin, Index end) {
              covered.check(begin, end);
              body(begin, end);
              covered.add(begin, end);
            });
            covered.finish();
          }
        }) {
    if constexpr (SharingExecutor<E>) {
      shares_ = true;
      if constexpr (requires { bool{executor.shares()}; }) shares_ = executor.shares();
      share_ = [](const void* self, Index count, FunctionRef<void(Index, Index)> body, Save save, Load load) {
        detail::CoverageCount covered(count);
        static_cast<const E*>(self)->for_shared_ranges(
            count,
            [&](Index begin, Index end) {
              covered.check(begin, end);
              body(begin, end);
              covered.add(begin, end);
            },
            save,
            [&](Index i, PieceReader& reader) {
              covered.check(i, i + 1);
              load(i, reader);
              covered.add(i, i + 1);
            });
        covered.finish();
      };
    }
  }

  void for_ranges(Index count, FunctionRef<void(Index, Index)> body) const { run_(executor_, count, body); }

  /// Whether there may be other processes: of a `SharingExecutor`, unless it says by a member of this name that there
  /// are none.
  bool shares() const noexcept { return shares_; }

  /// Of a `SharingExecutor` its own; else `for_ranges`, after which everyone has everything.
  void for_shared_ranges(Index count, FunctionRef<void(Index, Index)> body, FunctionRef<void(Index, PieceWriter&)> save,
                         FunctionRef<void(Index, PieceReader&)> load) const {
    share_ != nullptr ? share_(executor_, count, body, save, load) : run_(executor_, count, body);
  }

 private:
  using Save = FunctionRef<void(Index, PieceWriter&)>;
  using Load = FunctionRef<void(Index, PieceReader&)>;

  const void* executor_;
  void (*run_)(const void*, Index, FunctionRef<void(Index, Index)>);
  void (*share_)(const void*, Index, FunctionRef<void(Index, Index)>, Save, Load) = nullptr;
  bool shares_ = false;
};

static_assert(Executor<ExecutorRef> && Executor<Sequential> && Executor<Threads>);

namespace detail {
CARDAMOM_DETECT_MEMBER(for_ranges);
}  // namespace detail

/// The role of a verb's executor; `Sequential` where none is given.
struct ExecutorRole {
  template <class T>
  static constexpr bool fits = Executor<T>;
  template <class T>
  static constexpr bool check() {
    static_assert(
        fits<T> || !detail::for_ranges_member<T>,
        "Executor: member for_ranges(Index count, body) must be const, callable with any body(Index begin, Index "
        "end), and the executor copyable");
    return true;
  }
};

/// Computes the pieces [0, count) by `body(begin, end)`; then every process has them all.
/// @param piece `piece(i, bytes)` names what piece i consists of to a `PieceWriter` or a `PieceReader`
template <std::invocable<Index, Index> Body, class Piece>
void for_shared_ranges(ExecutorRef executor, Index count, Body&& body, Piece&& piece) {
  executor.for_shared_ranges(
      count, body, [&piece](Index i, PieceWriter& bytes) { piece(i, bytes); },
      [&piece](Index i, PieceReader& bytes) { piece(i, bytes); });
}

/// `body(i)` for every i in [0, count); the convenience for work without per-range set-up.
template <Executor E, std::invocable<Index> Body>
void for_each_index(const E& executor, Index count, Body&& body) {
  executor.for_ranges(count, [&body](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) body(i);
  });
}

}  // namespace cardamom
