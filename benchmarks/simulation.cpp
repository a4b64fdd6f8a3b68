// Cost of exact simulation, in nanoseconds per true burst, by workload and path.
//
// Prints a table, or with --tsv lines `workload<TAB>path<TAB>threads<TAB>true_bursts<TAB>ns_per_burst<TAB>us_per_cell`.
// The first line is a fixed kernel, one exponential draw (xoshiro256++ and Boost's ziggurat), to compare machines and
// moments by: on a busy machine the ratio to the kernel is steadier than the nanoseconds. One thread is timed by its
// processor time, several by the wall clock; each figure is the best of --repeats runs.
//
// The workloads hawkes<V> are multivariate Hawkes processes with exponential kernels on Erdos-Renyi graphs of V nodes,
// as in the benchmark of SciML's jump processes, with exponential marks: bursts of proteins at rates that are linear in
// the proteins. hawkes<V>-bound have a constant bound, far above what is met, beside.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/model/generators.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protein_process.hpp>

#include "workloads.hpp"

namespace {

using namespace cardamom;

struct Options {
  bool tsv = false;
  bool quick = false;      // a tenth of the cells
  bool all_paths = false;  // every path that fits, not only the one chosen
  int repeats = 3;
  std::string only;  // workloads whose name contains this
};

struct Row {
  std::string workload;
  std::string path;
  Index threads;
  std::int64_t bursts;
  double candidates;
  double nanoseconds;
  double cells = 0.0;
};

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

const std::vector<double> slow_times = {0, 6, 12, 24, 36, 48, 60, 72, 84, 96};
const std::vector<double> fast_times = {0, 2, 5, 8, 11, 13, 16, 19, 22, 25};

// All of 100 genes and the stimulus act on all genes with weights of standard deviation 10/√100.
Model dense100() {
  RandomStream stream(1, Purpose::network);
  std::vector<Edge> edges;
  for (Index target = 1; target <= 100; ++target) {
    for (Index source = 0; source <= 100; ++source) edges.push_back({source, target, stream.normal()});
  }
  return make_model(tree_kinetics(101), Network(Vector(Vector::Constant(101, -3.0)), edges));
}

// Every gene its own d0 and d1, within a factor of three.
Model heterogeneous(Model model) {
  RandomStream stream(3, Purpose::network);
  for (Index i = 1; i < model.nodes(); ++i) {
    model.kinetics.mrna_decay[i] *= 0.5 + stream.uniform();
    model.kinetics.protein_decay[i] *= 0.5 + stream.uniform();
  }
  model.kinetics.scale_proteins();
  return model;
}

// The burst rate of the trees as users write theirs: what it computes is known to the compiler alone.
struct OwnRate {
  explicit OwnRate(const Model& model)
      : minimum(model.kinetics.frequency_min),
        range(model.kinetics.frequency_max - minimum),
        basal(model.network().basal()),
        edges(model.network().interactions()) {}

  // The simulator computes the proteins that are read.
  double operator()(Index gene, const auto& protein) const {
    double sum = basal[gene];
    for (SparseMatrix::InnerIterator edge(edges, gene); edge; ++edge) sum += edge.value() * protein[edge.col()];
    return minimum[gene] + range[gene] / (1.0 + std::exp(-sum));
  }

  Vector minimum;
  Vector range;
  Vector basal;
  SparseMatrix edges;
};

// A value and a constant bound alone.
auto lazy_lambda(const Model& model) {
  const auto f = [rate = OwnRate(model)](Index gene, const auto& protein) { return rate(gene, protein); };
  return BoundedFunctionRate(f, model.kinetics.frequency_max);
}

// The same, asking for all proteins.
auto vector_lambda(const Model& model) {
  const auto f = [rate = OwnRate(model)](Index gene, const VectorIn& protein) { return rate(gene, protein); };
  return BoundedFunctionRate(f, model.kinetics.frequency_max);
}

// The same, naming each gene's regulators as well.
auto sparse_lambda(const Model& model) {
  const Sigmoid rate = model.rate;
  std::vector<std::vector<Index>> regulators(static_cast<std::size_t>(model.nodes()));
  for (Index i = 1; i < model.nodes(); ++i) {
    for (const auto j : rate.regulators(i)) regulators[static_cast<std::size_t>(i)].push_back(j);
  }
  const auto f = [rate = OwnRate(model)](Index gene, const VectorIn& protein) { return rate(gene, protein); };
  return SparseFunctionRate(f, model.kinetics.frequency_max, regulators);
}

// lambda + the proteins of the neighbours: every gene excites its neighbours by marks of mean alpha that decay at rate
// beta.
struct Hawkes {
  static constexpr double lambda = 0.5;
  static constexpr double alpha = 0.1;
  static constexpr double beta = 5.0;

  explicit Hawkes(Index nodes) : basal_(Vector::Constant(nodes, lambda)), neighbours_(nodes, nodes) {
    RandomStream stream(6221, Purpose::network);
    std::vector<Eigen::Triplet<double>> edges;
    for (Index i = 0; i < nodes; ++i) {
      for (Index j = 0; j < i; ++j) {
        if (stream.uniform() >= 0.2) continue;
        edges.emplace_back(i, j, 1.0);
        edges.emplace_back(j, i, 1.0);
      }
    }
    neighbours_.setFromTriplets(edges.begin(), edges.end());
  }
  Kinetics kinetics() const {
    Kinetics k = Kinetics::uniform(nodes(), beta, beta, 1.0 / alpha, 0.0, 1.0, 0);
    k.protein_synthesis.setConstant(beta);  // bursts of proteins are those of mRNA
    return k;
  }

  Index nodes() const { return basal_.size(); }
  Index inputs() const { return 0; }
  double operator()(Index gene, const VectorIn& protein) const {
    double sum = basal_[gene];
    for (SparseMatrix::InnerIterator edge(neighbours_, gene); edge; ++edge) sum += edge.value() * protein[edge.col()];
    return sum;
  }
  double bound(Index gene, const VectorIn&, const VectorIn& upper) const { return (*this)(gene, upper); }
  std::span<const SparseMatrix::StorageIndex> regulators(Index gene) const {
    const auto* first = neighbours_.outerIndexPtr() + gene;
    return {neighbours_.innerIndexPtr() + first[0], static_cast<std::size_t>(first[1] - first[0])};
  }
  const Vector& basal() const { return basal_; }
  const SparseMatrix& interactions() const { return neighbours_; }
  double link(Index, double argument) const { return argument; }

 private:
  Vector basal_;
  SparseMatrix neighbours_;
};
struct BoundedHawkes : Hawkes {
  using Hawkes::bound;
  using Hawkes::Hawkes;
  double bound(Index) const { return 40.0 * lambda; }
};

class Report {
 public:
  explicit Report(const Options& options) : options_(options) {}

  void kernel() {
    const std::int64_t draws = options_.quick ? 10'000'000 : 100'000'000;
    double best = 1e300;
    double sum = 0.0;
    for (int r = 0; r < options_.repeats; ++r) {
      RandomStream stream(1, Purpose::user);
      const double start = processor_seconds();
      for (std::int64_t i = 0; i < draws; ++i) sum += stream.exponential();
      best = std::min(best, processor_seconds() - start);
    }
    if (sum < 0.0) std::abort();  // keeps the draws from being optimised away
    kernel_ = best * 1e9 / static_cast<double>(draws);
    print({"kernel", "exponential", 1, draws, 1.0, kernel_});
  }

  template <class Rate>
  void run(const std::string& workload, const Kinetics& kinetics, const Rate& rate, const std::vector<double>& times,
           Index cells_per_time, const ProcessOptions& process = {}, Index threads = 1) {
    if (workload.find(options_.only) == std::string::npos) return;
    Protocol protocol;
    protocol.time_points = times;
    protocol.cells_per_time_point = std::max<Index>(1, options_.quick ? cells_per_time / 10 : cells_per_time);
    double best = 1e300;
    SimulationDiagnostics diagnostics;
    for (int r = 0; r < options_.repeats; ++r) {
      const double start = threads == 1 ? processor_seconds() : wall_seconds();
      diagnostics =
          simulate(BasicModel{kinetics, rate}, protocol, {.seed = 1, .process = process}, Threads(threads)).diagnostics;
      best = std::min(best, (threads == 1 ? processor_seconds() : wall_seconds()) - start);
    }
    const auto bursts = static_cast<double>(diagnostics.work.bursts);
    print({workload, std::string(name(diagnostics.path)) + "/" + std::string(name(diagnostics.candidates)), threads,
           diagnostics.work.bursts, static_cast<double>(diagnostics.work.candidates) / bursts, best * 1e9 / bursts,
           static_cast<double>(protocol.cells())});
  }

  // Runs of a process from nothing over 25 units of time.
  template <class Rate>
  void run_hawkes(const std::string& workload, const Rate& rate, const ProcessOptions& options = {}) {
    if (workload.find(options_.only) == std::string::npos) return;
    ProteinProcess process(rate.kinetics(), rate, options);
    const auto runs = static_cast<std::uint64_t>((options_.quick ? 2000 : 20000) / rate.nodes());
    double best = 1e300;
    ProcessCounters before;
    for (int r = 0; r < options_.repeats; ++r) {
      before = process.counters();
      const double start = processor_seconds();
      for (std::uint64_t k = 0; k < runs; ++k) {
        process.reset(RandomStream(1, Purpose::cell, k));
        process.advance_to(25.0);
      }
      best = std::min(best, processor_seconds() - start);
    }
    const std::int64_t bursts = process.counters().bursts - before.bursts;
    const auto candidates = static_cast<double>(process.counters().candidates - before.candidates);
    print({workload, std::string(name(process.path())) + "/" + std::string(name(process.candidates())), 1, bursts,
           candidates / static_cast<double>(bursts), best * 1e9 / static_cast<double>(bursts),
           static_cast<double>(runs)});
  }
  template <class Rate>
  void run_hawkes_on_all_paths(const std::string& workload, const Rate& rate) {
    run_hawkes(workload, rate);
    if (options_.all_paths) each_path([&](const ProcessOptions& options) { run_hawkes(workload, rate, options); });
  }

  void run(const std::string& workload, const Model& model, const std::vector<double>& times, Index cells_per_time) {
    const Sigmoid rate = model.rate;
    run(workload, model.kinetics, rate, times, cells_per_time);
    if (!options_.all_paths) return;
    each_path([&](const ProcessOptions& options) {
      run(workload, model.kinetics, rate, times, std::max<Index>(1, cells_per_time / 10), options);
    });
  }

 private:
  template <class Run>
  static void each_path(const Run& run) {
    for (const Path path : {Path::plain, Path::sparse, Path::separable, Path::expansion, Path::clocks}) {
      for (const Candidates candidates : {Candidates::constant, Candidates::levels}) {
        try {
          run({path, candidates});
        } catch (const std::invalid_argument&) {
          // This workload does not allow this path.
        }
      }
    }
  }

  void print(const Row& row) {
    if (options_.tsv) {
      std::printf("%s\t%s\t%ld\t%ld\t%.3f\t%.3f\n", row.workload.c_str(), row.path.c_str(),
                  static_cast<long>(row.threads), static_cast<long>(row.bursts), row.nanoseconds, per_cell(row));
    } else {
      if (!header_)
        std::printf("%-22s %-20s %7s %12s %16s %13s %9s %12s\n", "workload", "path", "threads", "true bursts",
                    "candidates/burst", "ns per burst", "/ kernel", "us per cell");
      header_ = true;
      std::printf("%-22s %-20s %7ld %12ld %16.2f %13.1f %9.1f %12.2f\n", row.workload.c_str(), row.path.c_str(),
                  static_cast<long>(row.threads), static_cast<long>(row.bursts), row.candidates, row.nanoseconds,
                  row.nanoseconds / kernel_, per_cell(row));
    }
    std::fflush(stdout);
  }

  static double per_cell(const Row& row) {
    return row.cells > 0.0 ? 1e-3 * row.nanoseconds * static_cast<double>(row.bursts) / row.cells : 0.0;
  }

  Options options_;
  double kernel_ = 1.0;
  bool header_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--tsv") {
      options.tsv = true;
    } else if (argument == "--quick") {
      options.quick = true;
    } else if (argument == "--all-paths") {
      options.all_paths = true;
    } else if (argument == "--repeats" && i + 1 < argc) {
      options.repeats = std::max(1, std::atoi(argv[++i]));
    } else if (argument == "--only" && i + 1 < argc) {
      options.only = argv[++i];
    } else {
      const bool help = argument == "--help";
      std::fprintf(help ? stdout : stderr,
                   "usage: simulation [--tsv] [--quick] [--all-paths] [--repeats N] [--only TEXT]\n"
                   "  --tsv        tab-separated: workload, path, threads, true bursts, ns per burst, us per cell\n"
                   "  --quick      a tenth of the draws and cells\n"
                   "  --all-paths  every path that fits a workload, on a tenth of the cells\n"
                   "  --repeats N  best of N runs (3)\n"
                   "  --only TEXT  workloads whose name contains TEXT\n");
      return help ? 0 : 2;
    }
  }
  Report report(options);
  report.kernel();

  const Model tree100 = benchmark_tree(101, 1);
  const Model dense = dense100();
  const Model sparse1000 = workloads::sparse(1001);
  report.run("fn4", fn4(), slow_times, 4000);
  report.run("trees10", benchmark_tree(11, 1), fast_times, 1000);
  report.run("trees100", tree100, fast_times, 1000);
  report.run("dense100", dense, fast_times, 20);
  report.run("sparse1000", sparse1000, fast_times, 10);
  report.run("sparse10000", workloads::genome(10001), fast_times, 10);
  report.run("fn4-rates", heterogeneous(fn4()), slow_times, 1000);
  report.run("trees100-rates", heterogeneous(tree100), fast_times, 100);
  report.run("dense100-rates", heterogeneous(dense), fast_times, 20);
  report.run("sparse1000-rates", heterogeneous(sparse1000), fast_times, 10);
  report.run("trees100-lambda", tree100.kinetics, lazy_lambda(tree100), fast_times, 20);
  report.run("trees100-lambda-vector", tree100.kinetics, vector_lambda(tree100), fast_times, 20);
  report.run("trees100-lambda-sparse", tree100.kinetics, sparse_lambda(tree100), fast_times, 20);
  const Model rates100 = heterogeneous(tree100);
  report.run("trees100-rates-lambda", rates100.kinetics, lazy_lambda(rates100), fast_times, 20);
  for (const Index nodes : {1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90}) {
    report.run_hawkes_on_all_paths("hawkes" + std::to_string(nodes), Hawkes(nodes));
    report.run_hawkes_on_all_paths("hawkes" + std::to_string(nodes) + "-bound", BoundedHawkes(nodes));
  }
  report.run("fn4", fn4().kinetics, fn4().rate, slow_times, 4000, {}, 2);
  report.run("trees100", tree100.kinetics, tree100.rate, fast_times, 1000, {}, 2);
}
