// Cost of clustering, and what each clusterer is worth to the inference.
//
//   clustering                        times on simulated genes
//   clustering DATA                   also: RJMCMC on DATA/semrau, and directed AUPR and AP by clusterer on
//                                     DATA/benchmark/FN4 (mean of its sets), with the number of modes it finds
//
// Times are processor time of one thread, best of five (of one for RJMCMC).
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <cardamom/clustering.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/io.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

namespace {

using namespace cardamom;

double seconds(const std::function<void()>& work, int repeats) {
  double best = std::numeric_limits<double>::infinity();
  for (int r = 0; r < repeats; ++r) {
    const std::clock_t start = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

void print(const std::string& what, double time) { std::printf("%-64s %10.3f ms\n", what.c_str(), 1e3 * time); }

/// Genes that go from shape 0.01 to 2 over ten time points, b = 0.02: counts as in the published benchmark.
Counts simulated(Index genes, Index cells, Index times) {
  RandomStream random(1, Purpose::user);
  Matrix table = Matrix::Zero(cells, genes + 1);
  Vector time(cells);
  for (Index cell = 0; cell < cells; ++cell) {
    time[cell] = static_cast<double>(cell * times / cells);
    table(cell, 0) = time[cell] > 0 ? 1.0 : 0.0;
    for (Index gene = 1; gene <= genes; ++gene) {
      const bool on = random.uniform() * static_cast<double>(times) < time[cell];
      table(cell, gene) = NegativeBinomial().draw(on ? 2.0 : 0.01, 0.02, 1.0, random);
    }
  }
  return {table, time};
}

void kinetics(const Counts& counts) {
  double steps = 0.0;
  const double time = seconds(
      [&] {
        steps = 0.0;
        for (Index gene = 1; gene < counts.nodes(); ++gene) {
          const GeneSample sample = pool_cells(counts, gene);
          steps += static_cast<double>(NegativeBinomial().fit(sample, sample.cells_at).convergence.iterations);
        }
      },
      5);
  print("kinetics fit, 100 genes x 1000 cells x 10 times", time);
  std::printf("  %.1f Newton steps per gene\n", steps / static_cast<double>(counts.genes()));
}

template <class Family, class C>
void whole(const std::string& what, const Counts& counts, const Family& family, const C& clusterer, int repeats = 5) {
  print(what, seconds([&] { static_cast<void>(cluster(counts, {}, family, clusterer)); }, repeats));
}

struct Score {
  double aupr = 0.0, average_precision = 0.0;
  std::vector<int> modes = std::vector<int>(11, 0);
};

template <class C>
void score(const std::string& name, const std::filesystem::path& folder, const C& clusterer) {
  Score total;
  int sets = 0;
  for (int set = 1; std::filesystem::exists(folder / ("data_" + std::to_string(set) + ".tsv")); ++set, ++sets) {
    const Counts counts = read_panel((folder / ("data_" + std::to_string(set) + ".tsv")).string());
    const Inference inference = infer(counts, {.seed = 1}, Successive{}, clusterer);
    for (Index gene = 1; gene < counts.nodes(); ++gene) {
      ++total.modes[static_cast<std::size_t>(std::min<ModeIndex>(inference.clustering.gene(gene).count(), 10))];
    }
    const auto truth = read_edges((folder / ("truth_" + std::to_string(set) + ".tsv")).string());
    const EdgeRanking ranking = rank_edges(inference.scores, truth);
    total.aupr += aupr(ranking);
    total.average_precision += average_precision(ranking);
  }
  std::printf("%-28s %6.3f %6.3f   ", name.c_str(), total.aupr / sets, total.average_precision / sets);
  for (std::size_t k = 1; k <= 10; ++k) {
    if (total.modes[k] > 0) std::printf(" %s%zu:%d", k == 10 ? ">=" : "", k, total.modes[k]);
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const Counts counts = simulated(100, 1000, 10);
  kinetics(counts);
  whole("binarize, time points, 100 x 1000", counts, NegativeBinomial{}, Binarize{});
  whole("binarize, pooled, 100 x 1000", counts, NegativeBinomial{}, Binarize{{.modes = BinarizeModes::pooled}});
  whole("binarize, time points, 100 x 1000, Gamma", counts, Gamma{}, Binarize{});
  whole("fixed:3, 100 x 1000", counts, NegativeBinomial{}, FixedModes{3}, 1);
  whole("each cell, 100 x 1000", counts, NegativeBinomial{}, NoClustering{});
  if (argc < 2) return 0;

  const std::filesystem::path data = argv[1];
  const Counts semrau = read_panel((data / "semrau" / "panel_real.txt").string());
  whole("rjmcmc, semrau 41 x 2449, 4 x (500 + 2500) sweeps", semrau, NegativeBinomial{}, Rjmcmc{}, 1);

  std::printf("\nFN4                            AUPR     AP    genes by number of modes\n");
  const std::filesystem::path fn4 = data / "benchmark" / "FN4";
  score("binarize, time points", fn4, Binarize{});
  score("binarize, pooled", fn4, Binarize{{.modes = BinarizeModes::pooled}});
  score("fixed:2", fn4, FixedModes{2});
  score("fixed:3", fn4, FixedModes{3});
  score("fixed:4", fn4, FixedModes{4});
  score("rjmcmc", fn4, Rjmcmc{});
  score("rjmcmc, uniform prior", fn4, Rjmcmc{{.mode_ratio = 1.0}});
  score("each cell", fn4, NoClustering{});
  score("each cell, saturated", fn4, NoClustering{.saturate = true});
}
