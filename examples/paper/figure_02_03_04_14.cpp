// Figures 2, 3, 4 and 14: the landscape of the toggle switch. The program toggle_landscape computes and draws them;
// here its tables are read again and what the paper says about them is checked.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "figure.hpp"

namespace paper {

using namespace cardamom;

namespace {

/// Rows of numbers of a CSV file, without its first line.
std::vector<std::vector<double>> read_table(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<std::vector<double>> rows;
  while (std::getline(file, line)) {
    if (line.empty()) continue;
    std::vector<double> row;
    const char* position = line.c_str();
    for (;;) {
      char* end = nullptr;
      row.push_back(std::strtod(position, &end));
      if (*end != ',') break;
      position = end + 1;
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) throw IoError(path.string(), "holds no numbers");
  return rows;
}

/// The folder of toggle_landscape's results; the program runs at the first call.
std::filesystem::path landscape(const Context& context) {
  const std::filesystem::path folder = context.folder / "toggle_landscape";
  static bool done = false;
  if (!done) {
    std::filesystem::create_directories(folder);
    const std::string command = std::string("'" CARDAMOM_TOGGLE_LANDSCAPE "' --cells ") +
                                (context.quick ? "300 --replicates 2" : "2000") + " --threads " +
                                std::to_string(context.executor.count()) + " --output '" + folder.string() + "' > '" +
                                (folder / "report.txt").string() + "'";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
    done = true;
  }
  return folder;
}

void show(const Context& context, const std::filesystem::path& folder, const std::string& name, int figure) {
  for (const std::string extension : {".png", ".svg"}) {
    const std::filesystem::path picture = folder / (name + extension);
    if (!std::filesystem::exists(picture)) continue;
    std::filesystem::copy_file(picture, context.folder / ("figure_" + std::to_string(figure) + extension),
                               std::filesystem::copy_options::overwrite_existing);
  }
}

}  // namespace

void figure_2(const Context& context) {
  const auto folder = landscape(context);
  show(context, folder, "trajectories", 2);
  // A transition: the other gene has become the higher one by half the distance between the attractors.
  const auto transitions = [rows = read_table(folder / "trajectories.csv")](double inverse_epsilon) {
    Index count = 0;
    int side = 0;
    for (const auto& row : rows) {
      const double difference = row[2] - row[3];
      if (row[0] != inverse_epsilon || std::abs(difference) < 0.45) continue;
      const int now = difference > 0.0 ? 1 : -1;
      if (side != 0 && now != side) ++count;
      side = now;
    }
    return count;
  };
  // The program follows sixty cells for 600 h each and says how often they left each basin.
  Index departures = 0;
  std::ifstream report(folder / "report.txt");
  for (std::string line; std::getline(report, line);) {
    const auto bracket = line.find('(');
    if (line.find("mean stay in basin") == std::string::npos || bracket == std::string::npos) continue;
    departures += static_cast<Index>(std::strtol(line.c_str() + bracket + 1, nullptr, 10));
  }
  context.claim("For ε = 1/10 there are random transitions between the two basins.",
                std::to_string(departures) + " transitions of 60 cells in 600 h", "at least one", departures > 0);
  context.claim("Without noise there are none, and they are rare for small ε.",
                std::to_string(transitions(0)) + " for ε = 0, " + std::to_string(transitions(50)) + " for ε = 1/50",
                "none in 1500 h", transitions(0) == 0 && transitions(50) == 0);
}

void figure_3(const Context& context) {
  const auto folder = landscape(context);
  show(context, folder, "distances", 3);
  bool below = true;
  double largest = 0.0;
  double gamma = 0.0;
  double gaussian = 0.0;
  for (const auto& row : read_table(folder / "distances.csv")) {
    below = below && row[1] < row[2];
    largest = std::max(largest, row[1] / row[2]);
    gamma += row[1];
    gaussian += row[2];
  }
  // The few cells of a quick run leave single points to chance.
  context.claim("The Gamma mixture is closer to the cells than a Gaussian mixture, for every ε.",
                "ratio of the distances: mean " + text(gamma / gaussian, 2) + ", largest " + text(largest, 2),
                context.quick ? "mean below 1" : "all below 1", context.quick ? gamma < gaussian : below);
}

void figure_4(const Context& context) {
  const auto folder = landscape(context);
  show(context, folder, "basins", 4);
  double high = 0.0;
  double low = 0.0;
  Index stable = 0;
  for (const auto& row : read_table(folder / "equilibria.csv")) {
    if (row[0] != 0.0) continue;
    ++stable;
    high = std::max(row[1], row[2]);
    low = std::min(row[1], row[2]);
  }
  context.claim("Every cell relaxes to one of two attractors.",
                std::to_string(stable) + " attractors, (" + text(high, 4) + ", " + text(low, 4) + ") and its mirror",
                "two, at (0.9905, 0.0512) within 5e-5",
                stable == 2 && std::abs(high - 0.9905) < 5e-5 && std::abs(low - 0.0512) < 5e-5);
  const auto weights = read_table(folder / "weights.csv");
  context.claim("By symmetry both basins hold half of the cells.",
                "weight of the first " + text(weights[0][1]) + " ± " + text(weights[0][2]),
                "½ within 4 standard errors", std::abs(weights[0][1] - 0.5) < 4.0 * weights[0][2]);
}

void figure_14(const Context& context) {
  const auto folder = landscape(context);
  show(context, folder, "rates", 14);
  // Near an attractor (a standard deviation of a basin is about 0.3) and on the border between the two.
  double near = 0.0;
  double border = 0.0;
  for (const auto& row : read_table(folder / "maps.csv")) {
    const double to_first = std::hypot(row[0] - 0.9905, row[1] - 0.0512);
    const double to_second = std::hypot(row[0] - 0.0512, row[1] - 0.9905);
    if (std::min(to_first, to_second) < 0.15) near = std::max(near, row[4]);
    if (std::abs(row[0] - row[1]) < 0.3) border = std::max(border, row[4]);
  }
  context.claim(
      "The mixture's burst rate is that of the network near the attractors, and differs at the border.",
      "largest difference over k1 within 0.15 of an attractor " + text(near) + ", near the border " + text(border),
      "smaller near the attractors", near < border);
}

}  // namespace paper
