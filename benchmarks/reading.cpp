// Speed and memory of reading counts, one thread: a panel, a 10x folder (MTX, and the same compressed), AnnData files
// dense and sparse, stored by blocks and compressed. It makes its files in a temporary folder: negative binomial
// counts, a quarter of them not 0.
//
//     reading [--benchmark_filter=mtx] [--cells=20000] [--genes=1000]
//
// Of each: bytes of the file per second of processor time, the same in bytes of the table that it becomes (cells ×
// genes × 8), and the memory that reading took at its peak, as a multiple of the table.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include <benchmark/benchmark.h>

#include <cardamom/core/random.hpp>
#include <cardamom/io/hdf5/anndata.hpp>
#include <cardamom/io/hdf5/anndata_format.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/zlib/gzip.hpp>

namespace {

using cardamom::Index;

/// A number of kB of /proc/self/status, as bytes.
double status(std::string_view key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key)) return 1024.0 * std::atof(line.c_str() + key.size() + 1);
  }
  return 0.0;
}

/// From here on the peak is counted anew.
void forget_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

struct Files {
  Files(Index cell_count, Index gene_count) : cells(cell_count), genes(gene_count) {
    std::filesystem::create_directories(folder / "mtx");
    std::filesystem::create_directories(folder / "mtx_gz");
    cardamom::RandomStream stream(1, cardamom::Purpose::network);
    cardamom::Matrix values(cells, genes + 1);
    cardamom::Vector times(cells);
    for (Index cell = 0; cell < cells; ++cell) {
      times[cell] = 6.0 * static_cast<double>(cell / std::max<Index>(1, cells / 4));
      values(cell, 0) = times[cell] > 0 ? 1.0 : 0.0;
    }
    for (Index gene = 1; gene <= genes; ++gene) {
      const double mean = stream.gamma(0.3) * 2.0;
      for (Index cell = 0; cell < cells; ++cell) {
        values(cell, gene) = static_cast<double>(stream.poisson(mean * stream.gamma(1.0)));
      }
    }
    write(cardamom::Counts(values, times));
  }
  ~Files() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  void write(const cardamom::Counts& counts) const {
    cardamom::write_panel(path("panel.tsv"), counts);
    cardamom::write_anndata(path("dense.h5ad"), {counts, {}, {}});
    cardamom::write_anndata(path("csr.h5ad"), {counts, {}, {}}, cardamom::AnnDataEncoding::csr);
    std::string barcodes;
    std::string times;
    std::string features;
    std::string entries;
    for (Index cell = 0; cell < cells; ++cell) {
      const std::string name = "AAACCTGAG" + std::to_string(cell) + "-1";
      barcodes += name + "\n";
      times += name + "\t" + cardamom::to_text(counts.times()[cell]) + "\n";
      for (Index gene = 1; gene <= genes; ++gene) {
        if (const double value = counts.values()(cell, gene); value != 0.0) {
          entries += std::to_string(gene) + " " + std::to_string(cell + 1) + " " + cardamom::to_text(value) + "\n";
        }
      }
    }
    for (Index gene = 1; gene <= genes; ++gene) {
      features += "ENSG" + std::to_string(gene) + "\tGene" + std::to_string(gene) + "\tGene Expression\n";
    }
    const auto lines = std::count(entries.begin(), entries.end(), '\n');
    const std::string matrix = "%%MatrixMarket matrix coordinate integer general\n%\n" + std::to_string(genes) + " " +
                               std::to_string(cells) + " " + std::to_string(lines) + "\n" + entries;
    std::ofstream(path("times.tsv")) << times;
    for (const char* const name : {"mtx", "mtx_gz"}) {
      std::ofstream(folder / name / "features.tsv") << features;
      std::ofstream(folder / name / "barcodes.tsv") << barcodes;
    }
    std::ofstream(folder / "mtx" / "matrix.mtx") << matrix;
    const gzFile packed = gzopen((folder / "mtx_gz" / "matrix.mtx.gz").c_str(), "wb");
    gzwrite(packed, matrix.data(), static_cast<unsigned>(matrix.size()));
    gzclose(packed);
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }

  Index cells;
  Index genes;
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("cardamom_reading_" + std::to_string(getpid()));
};

/// @param file whose bytes are counted; @param options of the reader, the times apart
void read(benchmark::State& state, const Files& files, const std::string& name, const std::string& file, bool times) {
  const cardamom::ReadCountsOptions options{.times = times ? files.path("times.tsv") : "",
                                            .read = cardamom::GzipFileReader{}};
  double peak = 0.0;
  for (auto _ : state) {
    state.PauseTiming();
    forget_peak();
    const double before = status("VmRSS:");
    state.ResumeTiming();
    std::optional<cardamom::CountsFile> counts =
        cardamom::read_counts(files.path(name), options, cardamom::AnnDataFormat{});
    benchmark::DoNotOptimize(counts->counts.values().data());
    state.PauseTiming();
    peak = std::max(peak, status("VmHWM:") - before);
    counts.reset();
    state.ResumeTiming();
  }
  const double table = static_cast<double>(files.cells * files.genes) * sizeof(double);
  const auto rate = [&](double bytes) {
    return benchmark::Counter(bytes, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
  };
  state.counters["file_bytes"] = rate(static_cast<double>(std::filesystem::file_size(files.path(file))));
  state.counters["table_bytes"] = rate(table);
  state.counters["peak/table"] = peak / table;
}

/// Takes `--name=number` out of the arguments.
Index take(int& count, char** arguments, std::string_view name, Index otherwise) {
  const std::string begin = "--" + std::string(name) + "=";
  for (int k = 1; k < count; ++k) {
    if (!std::string_view(arguments[k]).starts_with(begin)) continue;
    otherwise = std::atol(arguments[k] + begin.size());
    std::copy(arguments + k + 1, arguments + count, arguments + k);
    --count;
    break;
  }
  return otherwise;
}

}  // namespace

int main(int count, char** arguments) {
  const Index cells = take(count, arguments, "cells", 20000);
  const Index genes = take(count, arguments, "genes", 1000);
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  const Files files(cells, genes);
  struct Case {
    const char* name;
    const char* path;
    const char* file;
    bool times;
  };
  for (const Case& c :
       {Case{"panel", "panel.tsv", "panel.tsv", false}, Case{"mtx", "mtx", "mtx/matrix.mtx", true},
        Case{"mtx.gz", "mtx_gz", "mtx_gz/matrix.mtx.gz", true}, Case{"h5ad dense", "dense.h5ad", "dense.h5ad", false},
        Case{"h5ad csr", "csr.h5ad", "csr.h5ad", false}}) {
    benchmark::RegisterBenchmark(c.name, [&files, c](benchmark::State& state) {
      read(state, files, c.path, c.file, c.times);
    })->Unit(benchmark::kMillisecond);
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
