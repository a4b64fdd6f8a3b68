// The processes of one mpirun, where the programs are built with MPI (CARDAMOM_PROGRAMS_WITH_MPI): all of them read and
// compute, the first one speaks and writes. Elsewhere, and without mpirun, there is one process.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <cardamom/core/executor.hpp>
#ifdef PROGRAMS_WITH_MPI
#include <memory>

#include <cardamom/core/mpi/mpi.hpp>
#endif

namespace support {

namespace detail {
inline int rank = 0;
inline int ranks = 1;
}  // namespace detail

/// Whether this process is the one that speaks and writes.
inline bool is_first_process() { return detail::rank == 0; }

/// As long as it lives the processes belong together; made before anything is read.
class Processes {
 public:
  Processes(int& argc, char**& argv) {
#ifdef PROGRAMS_WITH_MPI
    // Started on its own a program needs no other: MPI takes its time to find that out.
    for (const char* const name : {"OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMIX_RANK"}) {
      if (session_ == nullptr && std::getenv(name) != nullptr)
        session_ = std::make_unique<cardamom::MpiSession>(argc, argv);
    }
    if (session_ != nullptr) {
      detail::rank = session_->rank();
      detail::ranks = session_->size();
    }
    if (!is_first_process() && std::freopen("/dev/null", "w", stdout) == nullptr) std::abort();
#else
    static_cast<void>(argc);
    static_cast<void>(argv);
#endif
  }

  /// Ends all processes after an error of this one, about which `tell` speaks. One that is not the first waits a
  /// moment: as a rule all have met the same error, and it is told once.
  template <class Tell>
  int fail(int code, const Tell& tell) const {
    if (!is_first_process()) std::this_thread::sleep_for(std::chrono::seconds(2));
    tell();
#ifdef PROGRAMS_WITH_MPI
    std::fflush(stderr);
    if (detail::ranks > 1) MPI_Abort(MPI_COMM_WORLD, code);
#endif
    return code;
  }

 private:
#ifdef PROGRAMS_WITH_MPI
  std::unique_ptr<cardamom::MpiSession> session_;
#endif
};

/// What the programs run their work on.
inline auto executor(cardamom::Index threads) {
#ifdef PROGRAMS_WITH_MPI
  // Without a session there is nobody to share with.
  class Executor {
   public:
    explicit Executor(cardamom::Index threads) : threads_(threads) {
      if (detail::ranks > 1) mpi_ = std::make_shared<const cardamom::Mpi>(threads_);
    }
    void for_ranges(cardamom::Index count, cardamom::FunctionRef<void(cardamom::Index, cardamom::Index)> body) const {
      mpi_ ? mpi_->for_ranges(count, body) : threads_.for_ranges(count, body);
    }
    void for_shared_ranges(cardamom::Index count, cardamom::FunctionRef<void(cardamom::Index, cardamom::Index)> body,
                           cardamom::FunctionRef<void(cardamom::Index, cardamom::PieceWriter&)> save,
                           cardamom::FunctionRef<void(cardamom::Index, cardamom::PieceReader&)> load) const {
      mpi_ ? mpi_->for_shared_ranges(count, body, save, load) : threads_.for_ranges(count, body);
    }
    bool shares() const { return mpi_ != nullptr; }

   private:
    cardamom::Threads threads_;
    std::shared_ptr<const cardamom::Mpi> mpi_;
  };
  return Executor(threads);
#else
  return cardamom::Threads(threads);
#endif
}

}  // namespace support
