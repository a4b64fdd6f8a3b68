// The landscape of the toggle switch (Table 1 of the paper): its attractors and their basins, the Gamma mixture that
// approximates its stationary law, and how good that approximation is. Writes tidy CSV files and gnuplot scripts, and
// the pictures themselves when gnuplot is installed.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/burst_rate.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/landscape.hpp>
#include <cardamom/mixture.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation.hpp>
#include <support/picture.hpp>

using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;
using support::Csv;

namespace {

struct Settings {
  std::filesystem::path folder = "toggle_landscape";
  Index cells = 2000;
  Index replicates = 4;
  std::uint64_t seed = 1;
  cardamom::Threads threads{};
};

// The toggle switch with noise epsilon: bursts more frequent and smaller by the same factor leave the attractors alone.
cardamom::Model toggle_with_noise(double epsilon) {
  const cardamom::Model model = cardamom::toggle_switch();
  cardamom::Kinetics kinetics = model.kinetics;
  const double factor = 0.1 / epsilon;
  kinetics.frequency_min *= factor;
  kinetics.frequency_max *= factor;
  kinetics.scale_proteins();
  return cardamom::make_model(kinetics, model.network());
}

// Cells 150 h after a start at the given protein levels: thirty mean lifetimes of a protein.
cardamom::ProteinCells stationary_cells(const cardamom::Model& model, const Settings& settings, Index cells,
                                        std::uint64_t seed, const Vector& start) {
  cardamom::Protocol protocol;
  protocol.time_points = {150.0};
  protocol.cells_per_time_point = cells;
  protocol.burn_in = 0.0;
  protocol.initial_states = {cardamom::CellState::zero(3)};
  protocol.initial_states.front().protein = start;
  return cardamom::simulate_proteins(model, protocol, {.seed = seed}, settings.threads);
}

// Half of the cells start near either attractor: by symmetry that is the share of either basin for ever, while cells
// that rarely change basins keep the shares of a start at zero, which are left to chance.
cardamom::ProteinCells balanced_cells(const cardamom::Model& model, const Settings& settings, std::uint64_t seed) {
  const Index half = settings.cells / 2;
  const auto first = stationary_cells(model, settings, half, 2 * seed, Vector{{0.0, 1.0, 0.0}});
  const auto second = stationary_cells(model, settings, half, 2 * seed + 1, Vector{{0.0, 0.0, 1.0}});
  cardamom::ProteinCells cells{Matrix(2 * half, 3), Vector(2 * half)};
  cells.proteins << first.proteins, second.proteins;
  cells.times << first.times, second.times;
  return cells;
}

// "0.0512 ± …" is easier to read than all the digits a CSV needs.
std::string fixed(double value, int digits = 4) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << value;
  return text.str();
}

void report(const char* what, const cardamom::Equilibrium& equilibrium) {
  std::cout << "  " << what << " (" << fixed(equilibrium.protein[1]) << ", " << fixed(equilibrium.protein[2])
            << ")   burst rates " << fixed(equilibrium.frequency[1], 3) << ", " << fixed(equilibrium.frequency[2], 3)
            << " /h   eigenvalues";
  for (const auto& eigenvalue : equilibrium.eigenvalues) std::cout << "  " << fixed(eigenvalue.real(), 3);
  std::cout << " /h\n";
}

// Figure 2: one cell at three levels of noise.
void write_trajectories(const Settings& settings) {
  Csv csv(settings.folder / "trajectories.csv", {"inverse_epsilon", "time_h", "protein_1", "protein_2"});
  const double duration = 1500.0;
  const double step = 1.0;
  {
    const cardamom::Model model = cardamom::toggle_switch();
    cardamom::DeterministicLimit limit(model.kinetics, model.rate);
    limit.reset(Vector{{0.0, 0.3, 0.2}});
    for (double time = 0.0; time <= duration; time += step) {
      limit.advance_to(time);
      csv.row(0, time, limit.protein()[1], limit.protein()[2]);
    }
  }
  for (const double inverse : {50.0, 10.0}) {
    const cardamom::Model model = toggle_with_noise(1.0 / inverse);
    cardamom::ProteinProcess cell(model.kinetics, model.rate);
    cardamom::CellState start = cardamom::CellState::zero(3);
    start.protein << 0.0, 0.3, 0.2;
    cell.reset(cardamom::RandomStream(settings.seed + 1, cardamom::Purpose::cell), 0.0, start);
    for (double time = 0.0; time <= duration; time += step) {
      cell.advance_to(time);
      csv.row(inverse, time, cell.protein()[1], cell.protein()[2]);
    }
  }
}

// A sample with exactly its share of cells in every component. With independent draws the shares would differ from
// those of the data by chance, which moves the distance more than anything within the basins.
template <class OfComponent>
Matrix stratified_sample(const Vector& weights, Index cells, std::uint64_t seed, OfComponent&& of_component) {
  Matrix sample(cells, 3);
  Index row = 0;
  double share = 0.0;
  for (Index z = 0; z < weights.size(); ++z) {
    share += weights[z];
    const Index end = z + 1 == weights.size() ? cells : std::lround(share * static_cast<double>(cells));
    sample.middleRows(row, end - row) = of_component(z).sample(end - row, seed * 1000 + static_cast<std::uint64_t>(z));
    row = end;
  }
  return sample;
}

// Figure 3: how far the Gamma mixture and a Gaussian mixture of as many components are from cells. The mixtures come
// from other cells than those they are compared with, or the Gaussian one would follow the chances of its sample.
bool write_distances(const Settings& settings) {
  Csv csv(settings.folder / "distances.csv",
          {"inverse_epsilon", "gamma_mixture", "gaussian_mixture", "second_sample", "gaussian_less_gamma_s_e"});
  std::cout << "\nWasserstein distance between " << settings.cells << " simulated cells and as many from (means of "
            << settings.replicates
            << ") [protein units]\n"
               "  1/epsilon   Gamma mixture   Gaussian mixture   another simulation   Gaussian - Gamma\n";
  bool gamma_is_closer = true;
  for (const double inverse : {5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0}) {
    const cardamom::Model model = toggle_with_noise(1.0 / inverse);
    const cardamom::ProteinCells cells = balanced_cells(model, settings, settings.seed);
    const auto landscape = cardamom::map_landscape(model, cells, {}, settings.threads);
    const auto gamma = cardamom::gamma_mixture(model, landscape, 0);
    const auto gaussian = cardamom::fit_mixture(
        cells.proteins, cardamom::Gaussian{}, {.components = gamma.components(), .restarts = 4, .seed = settings.seed},
        settings.threads);
    const auto size = cells.proteins.rows();
    std::vector<Matrix> samples;
    std::vector<Matrix> references;
    for (Index k = 0; k < settings.replicates; ++k) {
      const std::uint64_t seed = settings.seed + 1 + static_cast<std::uint64_t>(k);
      references.push_back(balanced_cells(model, settings, seed).proteins);
      samples.push_back(stratified_sample(gamma.weights(), size, seed, [&](Index z) {
        return gamma.with_weights(Vector::Unit(gamma.components(), z));
      }));
      const cardamom::GaussianMixture& normal = gaussian.mixture;
      samples.push_back(stratified_sample(normal.weights(), size, seed, [&](Index z) {
        return cardamom::GaussianMixture(Vector::Unit(normal.components(), z), normal.means(), normal.covariances());
      }));
      samples.push_back(cells.proteins);
    }
    Vector distances(static_cast<Index>(samples.size()));
    cardamom::for_each_index(settings.threads, distances.size(), [&](Index k) {
      const auto sample = static_cast<std::size_t>(k);
      distances[k] = cardamom::joint_wasserstein(references[sample / 3], samples[sample]);
    });
    const Matrix by_sample = distances.reshaped(3, settings.replicates);
    const Vector mean = by_sample.rowwise().mean();
    const Vector gain = by_sample.row(1) - by_sample.row(0);
    const auto replicates = static_cast<double>(settings.replicates);
    const double error = (gain.array() - gain.mean()).matrix().norm() / std::sqrt(replicates * (replicates - 1.0));
    csv.row(inverse, mean[0], mean[1], mean[2], error);
    std::cout << std::setw(11) << inverse << std::setw(16) << fixed(mean[0]) << std::setw(19) << fixed(mean[1])
              << std::setw(21) << fixed(mean[2]) << std::setw(12) << fixed(gain.mean()) << " ± " << fixed(error)
              << '\n';
    gamma_is_closer = gamma_is_closer && mean[0] < mean[1];
  }
  return gamma_is_closer;
}

// Figure 4: relaxation of a hundred cells, five hundred cells by basin, the weights of the basins.
void write_basins(const Settings& settings, const cardamom::Model& model, const cardamom::ProteinCells& cells,
                  const cardamom::Landscape& landscape) {
  Csv paths(settings.folder / "relaxation.csv", {"cell", "basin", "time_h", "protein_1", "protein_2"});
  for (Index cell = 0; cell < std::min<Index>(100, settings.cells); ++cell) {
    const auto path = cardamom::relax(model, cells.proteins.row(cell).transpose());
    const Index basin = landscape.attractors.of_start[static_cast<std::size_t>(cell)];
    for (Index k = 0; k < path.times.size(); ++k) {
      paths.row(cell, basin + 1, path.times[k], path.proteins(k, 1), path.proteins(k, 2));
    }
    paths.gap();
  }
  Csv states(settings.folder / "cells.csv", {"basin", "protein_1", "protein_2"});
  for (Index cell = 0; cell < std::min<Index>(500, settings.cells); ++cell) {
    states.row(landscape.attractors.of_start[static_cast<std::size_t>(cell)] + 1, cells.proteins(cell, 1),
               cells.proteins(cell, 2));
  }
  Csv weights(settings.folder / "weights.csv", {"basin", "weight", "standard_error"});
  for (Index z = 0; z < landscape.attractors.count(); ++z) {
    const double weight = landscape.weights(0, z);
    weights.row(z + 1, weight, std::sqrt(weight * (1.0 - weight) / landscape.cells.sum()));
  }
  Csv points(settings.folder / "equilibria.csv", {"unstable", "protein_1", "protein_2"});
  for (const auto* list : {&landscape.attractors.stable, &landscape.attractors.saddles}) {
    for (const auto& point : *list) points.row(point.unstable, point.protein[1], point.protein[2]);
  }
}

// Figure 14, with the potential beside it.
void write_maps(const Settings& settings, const cardamom::Model& model, const cardamom::GammaMixture& mixture) {
  const cardamom::Sigmoid network_rate = model.rate;
  const cardamom::MixtureRate mixture_rate(mixture, model.kinetics.protein_decay);
  const double k1 = model.kinetics.frequency_max[1];
  Csv csv(settings.folder / "maps.csv",
          {"protein_1", "protein_2", "network_rate", "mixture_rate", "difference", "potential"});
  const int steps = 120;
  for (int a = 0; a <= steps; ++a) {
    for (int b = 0; b <= steps; ++b) {
      const Vector x{{0.0, 1.5 * (a + 0.5) / steps, 1.5 * (b + 0.5) / steps}};
      const double from_network = network_rate(1, x) / k1;
      const double from_mixture = mixture_rate(1, x) / k1;
      csv.row(x[1], x[2], from_network, from_mixture, std::abs(from_network - from_mixture),
              cardamom::potential(mixture, x));
    }
    csv.gap();
  }
}

bool draw_all(const Settings& settings) {
  const std::filesystem::path& folder = settings.folder;
  bool drawn = true;
  const auto picture = [&](const char* name, const char* commands, support::PictureSize size) {
    drawn = support::draw(folder, name, commands, size) == support::Drawn::png_and_svg && drawn;
  };
  picture("trajectories",
          "set multiplot layout 3,1 title 'Toggle switch: one cell at three levels of noise'\n"
          "set yrange [0:2.4]\nset xrange [0:1500]\nset ytics 0.5\nset key top right horizontal\n"
          "do for [inverse in '0 50 10'] {\n"
          "  set ylabel (inverse eq '0' ? 'ε = 0' : 'ε = 1/' . inverse) . \"\\nprotein\"\n"
          "  if (inverse eq '10') { set xlabel 'time [h]' }\n"
          "  plot 'trajectories.csv' using ($1==inverse+0 ? $2 : NaN):3 with lines lt 1 lw 1.2 title 'gene 1', \\\n"
          "       '' using ($1==inverse+0 ? $2 : NaN):4 with lines lt 2 lw 1.2 title 'gene 2'\n}\n"
          "unset multiplot",
          {900, 750});
  picture("distances",
          "set xlabel '1/ε'\nset ylabel 'Wasserstein distance to simulated cells [protein]'\nset key top right\n"
          "set yrange [0:*]\nset xrange [0:55]\n"
          "plot 'distances.csv' using 1:3 with linespoints lt 3 title 'Gaussian mixture', \\\n"
          "     '' using 1:2 with linespoints lt 2 title 'Gamma mixture', \\\n"
          "     '' using 1:4 with linespoints lt 1 dt 2 title 'another simulation'",
          {700, 500});
  picture(
      "basins",
      "set multiplot layout 1,3 title 'Toggle switch, ε = 1/10: from cells to basins'\n"
      "set xlabel 'protein 1'\nset ylabel 'protein 2'\nset xrange [0:2]\nset yrange [0:2]\nset size square\n"
      "set key top right\nset title 'A. relaxation of 100 cells'\n"
      "plot 'relaxation.csv' using ($2==1 ? $4 : NaN):5 with lines lt 6 lw 1 notitle, \\\n"
      "     '' using ($2==2 ? $4 : NaN):5 with lines lt 5 lw 1 notitle, \\\n"
      "     '' using ($3==0 ? $4 : NaN):5 with points pt 7 ps 0.5 lc rgb 'black' title 'cell', \\\n"
      "     'equilibria.csv' using ($1==0 ? $2 : NaN):3 with points pt 7 ps 1.6 lc rgb '#D55E00' title 'attractor', "
      "\\\n"
      "     '' using ($1>0 ? $2 : NaN):3 with points pt 2 ps 1.6 lc rgb '#D55E00' title 'saddle'\n"
      "set title 'B. 500 cells by basin'\n"
      "plot 'cells.csv' using ($1==1 ? $2 : NaN):3 with points lt 1 ps 0.5 title 'basin 1', \\\n"
      "     '' using ($1==2 ? $2 : NaN):3 with points lt 5 ps 0.5 title 'basin 2'\n"
      "set title 'C. weight of the basins'\nset xlabel 'basin'\nset ylabel 'share of cells'\nset xrange [0.4:2.6]\n"
      "set yrange [0:0.7]\nset xtics 1\nset boxwidth 0.6\nset style fill solid 0.6\n"
      "plot 'weights.csv' using 1:2 with boxes lt 1 notitle, '' using 1:2:3 with yerrorbars lc rgb 'black' pt -1 "
      "title '± 1 s.e.'\n"
      "unset multiplot",
      {1350, 500});
  picture("rates",
          "set multiplot layout 1,3 title 'Burst rate of gene 1 over k_1'\n"
          "set xlabel 'protein 1'\nset ylabel 'protein 2'\nset xrange [0:1.5]\nset yrange [0:1.5]\nset size square\n"
          "set palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')\n"
          "set cbrange [0:1]\nunset key\n"
          "set title 'A. of the network'\nplot 'maps.csv' using 1:2:3 with image\n"
          "set title 'B. of the Gamma mixture'\nplot 'maps.csv' using 1:2:4 with image\n"
          "set title 'C. difference'\nplot 'maps.csv' using 1:2:5 with image\nunset multiplot",
          {1350, 480});
  picture(
      "potential",
      "set xlabel 'protein 1'\nset ylabel 'protein 2'\nset cblabel 'potential V = -ln û [nats]'\nset size square\n"
      "set xrange [0:1.5]\nset yrange [0:1.5]\nset cbrange [*:6]\nset key outside below\n"
      "set palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')\n"
      "plot 'maps.csv' using 1:2:6 with image notitle, \\\n"
      "     'equilibria.csv' using ($1==0 ? $2 : NaN):3 with points pt 7 ps 1.6 lc rgb '#D55E00' title 'attractor', "
      "\\\n"
      "     '' using ($1>0 ? $2 : NaN):3 with points pt 2 ps 1.8 lw 3 lc rgb '#D55E00' title 'saddle'",
      {650, 600});
  return drawn;
}

int run(const Settings& settings) {
  std::filesystem::create_directories(settings.folder);
  const cardamom::Model model = cardamom::toggle_switch();

  const cardamom::ProteinCells cells =
      stationary_cells(model, settings, settings.cells, settings.seed, Vector::Zero(3));
  const auto landscape = cardamom::map_landscape(model, cells, {}, settings.threads);
  const auto& attractors = landscape.attractors;
  std::cout << "Toggle switch: " << attractors.count() << " attractors from " << settings.cells
            << " simulated cells (protein 1, protein 2)\n";
  for (const auto& attractor : attractors.stable) report("attractor", attractor);
  for (const auto& saddle : attractors.saddles) report("saddle   ", saddle);
  for (Index z = 0; z < attractors.count(); ++z) {
    const double weight = landscape.weights(0, z);
    std::cout << "  weight of basin " << z + 1 << ": " << fixed(weight, 3) << " ± "
              << fixed(std::sqrt(weight * (1.0 - weight) / landscape.cells.sum()), 3) << '\n';
  }

  const auto chain = cardamom::basin_transitions(
      model, attractors, {.seed = settings.seed, .cells = 60, .duration = 600.0, .interval = 1.0}, settings.threads);
  for (Index z = 0; z < attractors.count(); ++z) {
    std::cout << "  mean stay in basin " << z + 1 << ": " << fixed(chain.sojourn[z], 0) << " h ("
              << chain.counts.row(z).sum() << " departures)\n";
  }
  const cardamom::GammaMixture mixture = cardamom::gamma_mixture(model, landscape, 0);
  const auto impulsion = cardamom::impulsion(model, mixture, {.seed = settings.seed}, settings.threads);
  std::cout << "  impulsion of the Gamma mixture: at most " << fixed(impulsion.value, 3) << " ± "
            << fixed(impulsion.standard_error, 3) << " /h\n";

  write_trajectories(settings);
  write_basins(settings, model, cells, landscape);
  write_maps(settings, model, mixture);
  const bool gamma_is_closer = write_distances(settings);
  std::cout << (gamma_is_closer ? "The Gamma mixture is closer at every level of noise.\n"
                                : "The Gamma mixture is not closer at every level of noise.\n");

  const bool drawn = draw_all(settings);
  std::cout << "\nTables and gnuplot scripts are in " << settings.folder.string()
            << (drawn ? ", with the pictures as PNG and SVG.\n"
                      : "; no pictures were drawn: install gnuplot and run the scripts there.\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  Index threads = 0;
  CLI::App app("Attractors, basins and Gamma mixture of the toggle switch, as tables and pictures");
  app.add_option("--output", settings.folder, "folder for tables and pictures")->capture_default_str();
  app.add_option("--cells", settings.cells, "simulated cells, at most a few thousand")
      ->capture_default_str()
      ->check(CLI::Range(10, 5000));
  app.add_option("--replicates", settings.replicates, "samples behind each distance")
      ->capture_default_str()
      ->check(CLI::Range(2, 100));
  app.add_option("--threads", threads, "number of threads, 0: all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--seed", settings.seed, "seed of all random numbers")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    settings.threads = cardamom::Threads(threads);
    return run(settings);
  } catch (const std::exception& error) {
    std::cerr << "toggle_landscape: " << error.what() << '\n';
    return 1;
  }
}
