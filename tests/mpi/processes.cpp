// What verbs give under mpirun, as a hash of all bytes that this process has: `processes THREADS [CASE]`. Cases of
// failure: "error" throws in one piece, "killed" ends one process in the midst of the work.
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/core/mpi/mpi.hpp>
#include <cardamom/inference/stability.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

namespace {

using namespace cardamom;

class Hash {
 public:
  template <class M>
  void add(const Eigen::PlainObjectBase<M>& values) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(values.derived().data());
    const auto size = static_cast<std::size_t>(values.size()) * sizeof(typename M::Scalar);
    for (std::size_t k = 0; k < size; ++k) hash_ = (hash_ ^ bytes[k]) * 1099511628211U;
  }
  void add(double value) { add(Vector(Vector::Constant(1, value))); }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 14695981039346656037U;
};

const auto covariances = [](const Counts& counts) -> Matrix {
  const Matrix centred = counts.values().rowwise() - counts.values().colwise().mean();
  return (centred.transpose() * centred).cwiseAbs();
};

void simulate_cells(Hash& hash, const Mpi& executor) {
  const Population population = simulate(fn4(), {}, {.seed = 3, .keep_latent = true},
                                         PoissonCapture{.efficiency = 0.5, .depth_variation = 0.3}, executor);
  hash.add(population.counts.values());
  hash.add(population.counts.times());
  hash.add(population.counts.depth());
  hash.add(population.mrna);
  hash.add(population.protein);
  hash.add(static_cast<double>(population.diagnostics.work.bursts));
  hash.add(static_cast<double>(population.diagnostics.work.candidates));

  const Clustering clustering = cluster(population.counts, {.seed = 2}, executor);
  hash.add(clustering.modes);
  for (const GeneModes& modes : clustering.of_node) {
    hash.add(modes.shapes);
    hash.add(modes.weights);
    hash.add(modes.inverse_burst_size);
    hash.add(modes.convergence.residual);
  }
  // More resamples than processes, and fewer.
  for (const Index resamples : {1, 7})
    hash.add(stability(population.counts, {.resamples = resamples}, covariances, executor));
}

// Pieces in the memory of the first process: the others may not ask for them.
class Kept {
 public:
  explicit Kept(const Mpi& executor) : first_(executor.rank() == 0) {}
  std::optional<std::string> load(const std::string& name) const {
    const auto found = at().find(name);
    return found == at().end() ? std::nullopt : std::optional(found->second);
  }
  void save(const std::string& name, const std::string& bytes) const {
    const std::lock_guard lock(*mutex_);
    at()[name] = bytes;
  }
  std::size_t size() const { return pieces_->size(); }

 private:
  std::map<std::string, std::string>& at() const {
    if (!first_) throw std::logic_error("a process that is not the first asks for a checkpoint");
    return *pieces_;
  }
  bool first_;
  std::shared_ptr<std::mutex> mutex_ = std::make_shared<std::mutex>();
  std::shared_ptr<std::map<std::string, std::string>> pieces_ = std::make_shared<std::map<std::string, std::string>>();
};

// A run that goes on has what one has that was never stopped, and what was kept is not done again.
void go_on(Hash& hash, const Mpi& executor) {
  const Counts counts = simulate(fn4(), {.time_points = {0, 12, 48}, .cells_per_time_point = 20}, {.seed = 4}).counts;
  const Kept kept(executor);
  std::atomic<int> done{0};
  const auto count = [&done](const Counts& sample) -> Matrix {
    ++done;
    return covariances(sample);
  };
  const auto expect = [&](bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("checkpoint: ") + what);
  };
  hash.add(stability(counts, {.resamples = 35}, count, executor, kept));
  expect(kept.size() == (executor.rank() == 0 ? 36U : 0U), "pieces after the first run");
  const Matrix more = stability(counts, {.resamples = 40}, count, executor, kept);
  hash.add(more);
  expect(more == stability(counts, {.resamples = 40}, covariances), "another result");
  const int before = done;
  expect(more == stability(counts, {.resamples = 40}, count, executor, kept), "another result when all is kept");
  expect(done == before, "a resample was done again");
}

// A piece of many bytes beside empty ones: bytes go in rounds.
void exchange(Hash& hash, const Mpi& executor) {
  std::vector<Vector> pieces(5);
  for_shared_ranges(
      executor, 5,
      [&](Index begin, Index end) {
        for (Index i = begin; i < end; ++i) {
          pieces[static_cast<std::size_t>(i)] = Vector::LinSpaced(i == 3 ? 20'000'000 : i, 0.0, 1.0);
        }
      },
      [&](Index i, auto& bytes) { bytes(pieces[static_cast<std::size_t>(i)]); });
  for (const Vector& piece : pieces) hash.add(piece);
}

// Work within work, and in a body that every process runs, stays where it is.
void nest(Hash& hash, const Mpi& executor) {
  Vector sums = Vector::Zero(6);
  const auto inner = [&](Index i) {
    Vector values = Vector::Zero(10);
    for_shared_ranges(
        executor, 10,
        [&](Index begin, Index end) {
          for (Index k = begin; k < end; ++k) values[k] = static_cast<double>(i * k);
        },
        [&](Index k, auto& bytes) { bytes(values[k]); });
    return values.sum();
  };
  for_shared_ranges(
      executor, 6,
      [&](Index begin, Index end) {
        for (Index i = begin; i < end; ++i) sums[i] = inner(i);
      },
      [&](Index i, auto& bytes) { bytes(sums[i]); });
  hash.add(sums);
  executor.for_ranges(6, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) sums[i] = inner(i + 1);
  });
  hash.add(sums);
}

void fail(const Mpi& executor, bool killed) {
  double last = 0.0;
  for_shared_ranges(
      executor, 100,
      [&](Index begin, Index end) {
        for (Index i = begin; i < end; ++i) {
          if (i < 1 || i > 1) continue;
          if (killed) std::raise(SIGKILL);
          throw NumericalError("piece 1 is ill");
        }
      },
      [&](Index, auto& bytes) { bytes(last); });
}

}  // namespace

int main(int argc, char** argv) {
  MpiSession session(argc, argv);
  const Mpi executor{Threads(argc > 1 ? std::atol(argv[1]) : 1)};
  const std::string what = argc > 2 ? argv[2] : "";
  try {
    if (!what.empty()) fail(executor, what == "killed");
    Hash hash;
    simulate_cells(hash, executor);
    go_on(hash, executor);
    exchange(hash, executor);
    nest(hash, executor);
    std::printf("%016llx\n", static_cast<unsigned long long>(hash.value()));
    return 0;
  } catch (const std::exception& error) {
    // All processes come here, so MPI can end in order.
    std::printf("%s\n", error.what());
    return 3;
  }
}
