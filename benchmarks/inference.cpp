// Time and memory of inference by genes, cells, method and stage, on cells simulated from random sparse networks.
//
// Prints a table, or with --tsv lines `genes<TAB>cells<TAB>stage<TAB>threads<TAB>seconds<TAB>peak_mb`. Seconds are
// those of the wall clock, the best of --repeats runs. Memory is the peak of the whole program so far less what it held
// before the stage ran, the counts not included.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <cardamom/clustering.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/simulation/population.hpp>

#include "workloads.hpp"

namespace {

using namespace cardamom;

struct Options {
  std::vector<Index> genes;
  std::vector<Index> cells;
  std::vector<std::string> stages;
  Index threads = 1;
  int repeats = 3;
  bool tsv = false;

  bool wants(const std::string& stage) const {
    return stages.empty() || std::find(stages.begin(), stages.end(), stage) != stages.end();
  }
};

// A line of /proc/self/status in MB; 0 where there is no such file.
double memory(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(key, 0) == 0) return std::strtod(line.c_str() + key.size() + 1, nullptr) / 1024.0;
  }
  return 0.0;
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

class Report {
 public:
  explicit Report(const Options& options) : options_(options) {}

  void run(const Counts& counts, const std::string& stage, const std::function<void()>& work) {
    if (!options_.wants(stage)) return;
    double best = std::numeric_limits<double>::infinity();
    double peak = 0.0;
    for (int r = 0; r < options_.repeats; ++r) {
      forget_peak();
      const double before = memory("VmRSS:");
      const auto start = std::chrono::steady_clock::now();
      work();
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      peak = std::max(peak, memory("VmHWM:") - before);
    }
    const auto genes = static_cast<long>(counts.genes());
    const auto cells = static_cast<long>(counts.cells());
    const auto threads = static_cast<long>(options_.threads);
    if (options_.tsv) {
      std::printf("%ld\t%ld\t%s\t%ld\t%.4f\t%.1f\n", genes, cells, stage.c_str(), threads, best, peak);
    } else {
      if (!header_) std::printf("%6s %7s  %-12s %7s %10s %9s\n", "genes", "cells", "stage", "threads", "seconds", "MB");
      header_ = true;
      std::printf("%6ld %7ld  %-12s %7ld %10.3f %9.1f\n", genes, cells, stage.c_str(), threads, best, peak);
    }
    std::fflush(stdout);
  }

 private:
  Options options_;
  bool header_ = false;
};

void measure(const Options& options, Report& report, Index genes, Index cells) {
  const Model model = workloads::sparse(genes + 1);
  Protocol protocol;
  protocol.time_points = {0, 2, 5, 8, 11, 13, 16, 19, 22, 25};
  protocol.cells_per_time_point = std::max<Index>(1, cells / 10);
  const Counts counts = simulate(model, protocol, {.seed = 1}, Threads()).counts;
  const Threads executor(options.threads);
  const NegativeBinomial family;
  const Binarize pooled({.modes = BinarizeModes::pooled});

  report.run(counts, "modes", [&] { static_cast<void>(cluster(counts, {}, family, executor)); });
  report.run(counts, "paper", [&] { static_cast<void>(infer(counts, {}, executor)); });
  report.run(counts, "one-modes", [&] { static_cast<void>(infer(counts, {}, Successive{}, executor)); });
  if (!options.wants("propagated") && !options.wants("refined")) return;
  const Inference first = infer(counts, {}, executor);
  const DecayRates rates{model.kinetics.mrna_decay, model.kinetics.protein_decay};
  Clustering modes;
  Propagation propagated;
  const auto propagate_all = [&] {
    modes = cluster(counts, {}, family, pooled, executor);
    propagated = propagate(counts, modes, first.scores, {.protein_decay = rates.protein}, CrossEntropy{},
                           ProximalNewton{}, executor);
  };
  report.run(counts, "propagated", propagate_all);
  if (!options.wants("refined")) return;
  if (modes.nodes() == 0) propagate_all();
  report.run(counts, "refined", [&] {
    static_cast<void>(fit_moments(counts, modes, propagated.coefficients, propagated.scores, rates, {}, executor));
  });
}

int usage(std::FILE* out) {
  std::fprintf(out,
               "usage: inference [--genes N]... [--cells N]... [--stage NAME]... [--threads N] [--repeats N] [--tsv]\n"
               "  --genes N    genes of the network (10, 30, 100)\n"
               "  --cells N    cells over ten time points (1000)\n"
               "  --stage NAME modes: clustering; one-modes, paper: the successive fit from one or both estimates of\n"
               "               the modes, clustering included; propagated, refined: what these add. Default: all\n"
               "  --threads N  threads (1)\n"
               "  --repeats N  best of N runs (3)\n"
               "  --tsv        tab-separated: genes, cells, stage, threads, seconds, MB\n");
  return out == stdout ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help") return usage(stdout);
    if (argument == "--tsv") {
      options.tsv = true;
      continue;
    }
    if (i + 1 >= argc) return usage(stderr);
    const std::string value = argv[++i];
    if (argument == "--genes") {
      options.genes.push_back(std::max<Index>(1, std::atol(value.c_str())));
    } else if (argument == "--cells") {
      options.cells.push_back(std::max<Index>(10, std::atol(value.c_str())));
    } else if (argument == "--stage") {
      options.stages.push_back(value);
    } else if (argument == "--threads") {
      options.threads = std::max<Index>(1, std::atol(value.c_str()));
    } else if (argument == "--repeats") {
      options.repeats = std::max(1, std::atoi(value.c_str()));
    } else {
      return usage(stderr);
    }
  }
  if (options.genes.empty()) options.genes = {10, 30, 100};
  if (options.cells.empty()) options.cells = {1000};
  Report report(options);
  for (const Index genes : options.genes) {
    for (const Index cells : options.cells) measure(options, report, genes, cells);
  }
}
