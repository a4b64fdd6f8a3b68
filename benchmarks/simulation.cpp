// Cost of exact simulation, in nanoseconds per true burst, by workload and path.
//
// Prints a table, or with --tsv lines `workload<TAB>path<TAB>threads<TAB>true_bursts<TAB>ns_per_burst`. The first line
// is a fixed kernel, one exponential draw (xoshiro256++ and Boost's ziggurat), to compare machines and moments by: on a
// busy machine the ratio to the kernel is steadier than the nanoseconds. One thread is timed by its processor time,
// several by the wall clock; each figure is the best of --repeats runs.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/model/generators.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

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
           diagnostics.work.bursts, static_cast<double>(diagnostics.work.candidates) / bursts, best * 1e9 / bursts});
  }

  void run(const std::string& workload, const Model& model, const std::vector<double>& times, Index cells_per_time) {
    const Sigmoid rate = model.rate;
    run(workload, model.kinetics, rate, times, cells_per_time);
    if (!options_.all_paths) return;
    for (const Path path : {Path::plain, Path::sparse, Path::separable, Path::expansion, Path::clocks}) {
      for (const Candidates candidates : {Candidates::constant, Candidates::levels}) {
        try {
          run(workload, model.kinetics, rate, times, std::max<Index>(1, cells_per_time / 10), {path, candidates});
        } catch (const std::invalid_argument&) {
          // This workload does not allow this path.
        }
      }
    }
  }

 private:
  void print(const Row& row) {
    if (options_.tsv) {
      std::printf("%s\t%s\t%ld\t%ld\t%.3f\n", row.workload.c_str(), row.path.c_str(), static_cast<long>(row.threads),
                  static_cast<long>(row.bursts), row.nanoseconds);
    } else {
      if (!header_)
        std::printf("%-22s %-20s %7s %12s %16s %13s %9s\n", "workload", "path", "threads", "true bursts",
                    "candidates/burst", "ns per burst", "/ kernel");
      header_ = true;
      std::printf("%-22s %-20s %7ld %12ld %16.2f %13.1f %9.1f\n", row.workload.c_str(), row.path.c_str(),
                  static_cast<long>(row.threads), static_cast<long>(row.bursts), row.candidates, row.nanoseconds,
                  row.nanoseconds / kernel_);
    }
    std::fflush(stdout);
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
                   "  --tsv        tab-separated: workload, path, threads, true bursts, ns per burst\n"
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
  report.run("fn4", fn4().kinetics, fn4().rate, slow_times, 4000, {}, 2);
  report.run("trees100", tree100.kinetics, tree100.rate, fast_times, 1000, {}, 2);
}
