/// @file
/// MPI as an executor: the processes of one `mpirun` share the work of a verb, and each has the whole result. Needs
/// MPI's C library, target `cardamom::mpi`; no other header includes this one.
///
///     int main(int argc, char** argv) {
///       cardamom::MpiSession session(argc, argv);
///       const auto population = simulate(model, protocol, {.seed = 1}, cardamom::Mpi(cardamom::Threads(4)));
///       if (session.rank() == 0) write(population);
///     }
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
// The C interface alone.
#ifndef OMPI_SKIP_MPICXX
/// Tells Open MPI to leave out its C++ interface.
#define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
/// Tells MPICH the same.
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/piece_bytes.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// What processes throw that hear of an error of another one: "rank 2: " and its message. That one throws what it met.
class RankError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// MPI from here to the end of the scope; one per program, made by the main thread. An exception that leaves the scope
/// ends the processes of all ranks: the others may wait for this one.
class MpiSession {
 public:
  /// @throws std::runtime_error when MPI cannot be started or gives its threads no leave to compute
  MpiSession(int& argc, char**& argv) : exceptions_(std::uncaught_exceptions()) {
    int threads = MPI_THREAD_SINGLE;
    if (MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &threads) != MPI_SUCCESS)
      throw std::runtime_error("MpiSession: MPI_Init_thread failed");
    if (threads < MPI_THREAD_FUNNELED)
      throw std::runtime_error("MpiSession: this MPI has no support for threads beside the one that communicates");
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;
  ~MpiSession() {
    if (std::uncaught_exceptions() > exceptions_) MPI_Abort(MPI_COMM_WORLD, 1);
    MPI_Finalize();
  }

  /// Number of this process, from 0.
  int rank() const noexcept { return rank_; }
  /// Number of processes.
  int size() const noexcept { return size_; }

 private:
  int exceptions_;
  int rank_ = 0;
  int size_ = 1;
};

/// Pieces of work are dealt to the processes in blocks, in turn, and each process's are drawn by its threads; then
/// everyone has all results. Bit for bit what one process has: pieces do not know where they run, and verbs add them up
/// in order. What a verb does not share runs in every process alike.
///
/// All processes call the same verbs with the same arguments in the same order, from the thread that made the
/// `MpiSession`. A call from within a body stays in its process. An exception in one process leaves the verb in all: of
/// several that of the lowest block, elsewhere as `RankError`. A progress observer hears of the pieces of its own
/// process as they end, and of the others' at the end.
class Mpi {
 public:
  /// @param threads of this process
  /// @param communicator whose processes share the work
  explicit Mpi(Threads threads = Threads(1), MPI_Comm communicator = MPI_COMM_WORLD)
      : threads_(std::move(threads)), communicator_(communicator), inside_(std::make_shared<std::atomic<int>>(0)) {
    MPI_Comm_rank(communicator_, &rank_);
    MPI_Comm_size(communicator_, &size_);
  }

  int rank() const noexcept { return rank_; }
  int size() const noexcept { return size_; }
  /// Whether there is another process.
  bool shares() const noexcept { return size_ > 1; }

  /// In every process all of it.
  template <std::invocable<Index, Index> Body>
  void for_ranges(Index count, Body&& body) const {
    const Inside inside(*inside_);
    threads_.for_ranges(count, body);
  }

  /// In every process its part; then `save` and `load` take the results of the others over.
  void for_shared_ranges(Index count, FunctionRef<void(Index, Index)> body, FunctionRef<void(Index, PieceWriter&)> save,
                         FunctionRef<void(Index, PieceReader&)> load) const {
    if (size_ == 1 || *inside_ > 0 || count <= 0) return for_ranges(count, body);
    const Blocks blocks{count, size_, std::max<Index>(1, count / (Index{64} * size_))};
    std::string bytes;
    Failure failure;
    {
      const Inside inside(*inside_);
      compute(blocks, body, failure);
      if (!failure.exception) {
        failure.run(0, [&] {
          PieceWriter writer(bytes);
          blocks.each(rank_, [&](Index i) { save(i, writer); });
        });
      }
    }
    agree(failure);
    const std::vector<std::string> all = gather(bytes);
    failure.run(0, [&] {
      for (int rank = 0; rank < size_; ++rank) {
        if (rank == rank_) continue;
        PieceReader reader(all[static_cast<std::size_t>(rank)]);
        blocks.each(rank, [&](Index i) { load(i, reader); });
      }
    });
    agree(failure);
  }

 private:
  /// While it lives, work stays in the process.
  class Inside {
   public:
    explicit Inside(std::atomic<int>& depth) : depth_(depth) { ++depth_; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { --depth_; }

   private:
    std::atomic<int>& depth_;
  };

  /// Blocks of [0, count), dealt in turn: late pieces often take longer than early ones.
  struct Blocks {
    Index of(int rank) const {
      const Index all = (count + length - 1) / length;
      return rank < all ? (all - rank + ranks - 1) / ranks : 0;
    }
    Index begin(int rank, Index k) const { return (k * ranks + rank) * length; }
    Index end(int rank, Index k) const { return std::min(count, begin(rank, k) + length); }
    template <class Visit>
    void each(int rank, const Visit& visit) const {
      for (Index k = 0; k < of(rank); ++k) {
        for (Index i = begin(rank, k); i < end(rank, k); ++i) visit(i);
      }
    }
    Index count;
    Index ranks;
    Index length;
  };

  /// The exception of the lowest piece.
  struct Failure {
    static constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    template <class Body>
    void run(Index at, const Body& body) {
      try {
        body();
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (at < place) {
          place = at;
          exception = std::current_exception();
        }
      }
    }
    std::int64_t place = none;
    std::exception_ptr exception;
    std::mutex mutex;
  };

  void compute(const Blocks& blocks, FunctionRef<void(Index, Index)> body, Failure& failure) const {
    std::atomic<bool> failed{false};
    threads_.for_ranges(blocks.of(rank_), [&](Index first, Index last) {
      for (Index k = first; k < last && !failed; ++k) {
        const Index begin = blocks.begin(rank_, k);
        failure.run(begin, [&] { body(begin, blocks.end(rank_, k)); });
        const std::lock_guard lock(failure.mutex);
        if (failure.exception) failed = true;
      }
    });
  }

  /// Returns if no process failed; else all throw.
  void agree(const Failure& failure) const {
    struct {
      std::int64_t place;
      std::int64_t rank;
    } mine{failure.place, rank_};
    std::vector<std::int64_t> all(static_cast<std::size_t>(2 * size_));
    check(MPI_Allgather(&mine, 2, MPI_INT64_T, all.data(), 2, MPI_INT64_T, communicator_));
    std::int64_t place = Failure::none;
    int rank = 0;
    for (int r = 0; r < size_; ++r) {
      if (all[static_cast<std::size_t>(2 * r)] < place) {
        place = all[static_cast<std::size_t>(2 * r)];
        rank = r;
      }
    }
    if (place == Failure::none) return;
    std::string message = "rank " + detail::to_text(Index{rank}) + ": ";
    if (rank == rank_) {
      try {
        std::rethrow_exception(failure.exception);
      } catch (const std::exception& error) {
        message += error.what();
      } catch (...) {
        message += "an exception that is no std::exception";
      }
    }
    auto length = static_cast<std::int64_t>(message.size());
    check(MPI_Bcast(&length, 1, MPI_INT64_T, rank, communicator_));
    message.resize(static_cast<std::size_t>(length));
    check(MPI_Bcast(message.data(), static_cast<int>(length), MPI_CHAR, rank, communicator_));
    if (rank == rank_) std::rethrow_exception(failure.exception);
    throw RankError(message);
  }

  /// The bytes of every process, in all; in rounds, because MPI counts by int.
  std::vector<std::string> gather(const std::string& bytes) const {
    const auto ranks = static_cast<std::size_t>(size_);
    const auto size = static_cast<std::int64_t>(bytes.size());
    std::vector<std::int64_t> sizes(ranks);
    check(MPI_Allgather(&size, 1, MPI_INT64_T, sizes.data(), 1, MPI_INT64_T, communicator_));
    std::vector<std::string> all(ranks);
    for (std::size_t r = 0; r < ranks; ++r) all[r].reserve(static_cast<std::size_t>(sizes[r]));
    const std::int64_t most = most_bytes / size_;
    const std::int64_t longest = *std::max_element(sizes.begin(), sizes.end());
    std::string round;
    std::vector<int> lengths(ranks);
    std::vector<int> places(ranks);
    for (std::int64_t done = 0; done < longest; done += most) {
      int total = 0;
      for (std::size_t r = 0; r < ranks; ++r) {
        lengths[r] = static_cast<int>(std::clamp<std::int64_t>(sizes[r] - done, 0, most));
        places[r] = total;
        total += lengths[r];
      }
      round.resize(static_cast<std::size_t>(total));
      const char* const from = bytes.data() + std::min(done, size);
      check(MPI_Allgatherv(from, lengths[static_cast<std::size_t>(rank_)], MPI_BYTE, round.data(), lengths.data(),
                           places.data(), MPI_BYTE, communicator_));
      for (std::size_t r = 0; r < ranks; ++r)
        all[r].append(round, static_cast<std::size_t>(places[r]), static_cast<std::size_t>(lengths[r]));
    }
    return all;
  }

  static void check(int result) {
    if (result != MPI_SUCCESS) throw std::runtime_error("Mpi: a process is not reached any more");
  }

  /// Of a round: small beside what is gathered, large beside the cost of a message.
  static constexpr std::int64_t most_bytes = std::int64_t{1} << 26;

  Threads threads_;
  MPI_Comm communicator_;
  std::shared_ptr<std::atomic<int>> inside_;  // calls at work; copies know of each other
  int rank_ = 0;
  int size_ = 1;
};

static_assert(SharingExecutor<Mpi>);

}  // namespace cardamom
