// How close simulated cells come to those of an experiment: marginals, correlations and joint law.
//
//   cells DATA SIMULATED...
//
// Panel files of the same nodes and time points. Per simulated file: W1 between the counts of a gene [molecules], mean
// over genes and times; the root mean square difference between the correlations of log(1 + count) of pairs of genes
// whose mean in the data of that time is above .05, and the energy distance of log(1 + count), both mean over times. A
// first line compares two halves of the data, which chance keeps further apart than samples of all cells.
#include <cmath>
#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <cardamom/evaluation.hpp>
#include <cardamom/evaluation/energy_distance.hpp>
#include <cardamom/io/panel.hpp>

namespace {

using namespace cardamom;

Matrix genes_of(const Counts& counts, const std::vector<Index>& cells) {
  return counts.values()(cells, Eigen::all).rightCols(counts.genes());
}

Matrix correlations(const Matrix& logs) {
  const Matrix centred = logs.rowwise() - logs.colwise().mean();
  const Vector norm = centred.colwise().norm().transpose();
  const Vector inverse = (norm.array() > 0.0).select(norm.array().inverse(), 0.0);
  return inverse.asDiagonal() * (centred.transpose() * centred) * inverse.asDiagonal();
}

struct Closeness {
  double marginal = 0.0, correlation = 0.0, joint = 0.0;
};

Closeness compare(const Matrix& data, const Matrix& simulated) {
  constexpr double least_mean = 0.05;
  const Matrix data_logs = data.array().log1p();
  const Matrix simulated_logs = simulated.array().log1p();
  const Matrix gap = correlations(data_logs) - correlations(simulated_logs);
  double squares = 0.0;
  double pairs = 0.0;
  for (Index a = 0; a < gap.cols(); ++a) {
    for (Index b = 0; b < a; ++b) {
      if (data.col(a).mean() <= least_mean || data.col(b).mean() <= least_mean) continue;
      squares += gap(a, b) * gap(a, b);
      pairs += 1.0;
    }
  }
  return {marginal_wasserstein(data, simulated, {.inputs = 0}).mean(), pairs > 0.0 ? std::sqrt(squares / pairs) : 0.0,
          energy_distance(data_logs, simulated_logs, {.inputs = 0})};
}

void print(const std::string& name, const std::vector<Closeness>& times) {
  Closeness sum;
  for (const Closeness& time : times) {
    sum.marginal += time.marginal;
    sum.correlation += time.correlation;
    sum.joint += time.joint;
  }
  const auto n = static_cast<double>(times.size());
  std::printf("%-30s %8.4f %8.4f %8.4f  ", name.c_str(), sum.marginal / n, sum.correlation / n, sum.joint / n);
  for (const Closeness& time : times) std::printf(" %.3f", time.joint);
  std::printf("\n");
}

std::vector<Closeness> halves(const Counts& data) {
  std::vector<Closeness> result;
  for (Index k = 0; k < data.time_points().size(); ++k) {
    std::vector<Index> even;
    std::vector<Index> odd;
    const auto cells = data.cells_at(k);
    for (std::size_t c = 0; c < cells.size(); ++c) (c % 2 == 0 ? even : odd).push_back(cells[c]);
    result.push_back(compare(genes_of(data, even), genes_of(data, odd)));
  }
  return result;
}

std::vector<Closeness> against(const Counts& data, const Counts& simulated) {
  if (simulated.nodes() != data.nodes() || simulated.time_points() != data.time_points()) {
    throw std::invalid_argument("the files are not of the same nodes and time points");
  }
  std::vector<Closeness> result;
  for (Index k = 0; k < data.time_points().size(); ++k) {
    const auto observed = data.cells_at(k);
    const auto cells = simulated.cells_at(k);
    result.push_back(
        compare(genes_of(data, {observed.begin(), observed.end()}), genes_of(simulated, {cells.begin(), cells.end()})));
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: cells DATA SIMULATED...\n";
    return 2;
  }
  try {
    const Counts data = read_panel(argv[1]);
    std::printf("%-30s %8s %8s %8s   %s\n", "", "W1", "correl.", "energy", "energy by time");
    print("two halves of the data", halves(data));
    for (int i = 2; i < argc; ++i) print(argv[i], against(data, read_panel(argv[i])));
  } catch (const std::exception& error) {
    std::cerr << "cells: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
