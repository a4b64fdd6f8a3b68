// What the figures of the paper share: where they write, how they report, and the data sets they start from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core.hpp>
#include <cardamom/data.hpp>
#include <cardamom/evaluation/ranking_measures.hpp>
#include <cardamom/model/named_networks.hpp>
#include <support/picture.hpp>

namespace paper {

/// A figure's way to the outside.
struct Context {
  std::filesystem::path folder;  ///< receives CSV files, gnuplot scripts and pictures
  bool quick = false;            ///< fewer data sets and cells: shows that all works, with less precise numbers
  cardamom::Threads executor{1};
  /// Parts of this figure that are done.
  std::function<void(cardamom::Index done, cardamom::Index total)> progress;
  /// A statement of the paper, the number that carries it here, when it is taken to hold, and whether it does.
  std::function<void(std::string statement, std::string measured, std::string criterion, bool holds)> claim;
  /// Runs gnuplot commands on the CSV files of the folder.
  std::function<void(std::string name, std::string commands, support::PictureSize size)> draw;
};

/// Figures 2, 3, 4 and 14 show the program toggle_landscape, which runs once for all of them.
void figure_2(const Context& context);
void figure_3(const Context& context);
void figure_4(const Context& context);
void figure_14(const Context& context);
void figure_6(const Context& context);
void figure_7(const Context& context);
void figure_8(const Context& context);
void figure_9(const Context& context);
void figure_10(const Context& context);
void figure_11(const Context& context);
void figure_12(const Context& context);

/// "0.912" with the given number of decimals.
std::string text(double value, int decimals = 3);

struct Mean {
  double value = 0.0;
  double standard_error = 0.0;
};
Mean mean(const std::vector<double>& sample);

/// "0.912 ± 0.013": mean and standard error.
std::string text(const Mean& mean, int decimals = 3);

/// A published experiment, simulated with as many cells per time point as asked (0: as published).
cardamom::Counts simulate_published(const cardamom::NamedExperiment& published, std::uint64_t seed,
                                    const cardamom::Threads& executor, cardamom::Index cells_per_time_point = 0);

/// The same protocol with another model (the inferred one, say).
cardamom::Counts simulate_as(const cardamom::NamedExperiment& published, const cardamom::Model& model,
                             std::uint64_t seed, const cardamom::Threads& executor,
                             cardamom::Index cells_per_time_point = 0);

/// What a random ranking scores in AUPR: the share of true edges among the candidates.
double random_aupr(const cardamom::Network& truth);

/// Mean of several curves at equally spaced x in [0, 1].
cardamom::Curve average(const std::vector<cardamom::Curve>& curves, int points = 201);

/// Rows of the table where the time is the given one, as a matrix cells × nodes.
cardamom::Matrix snapshot(const cardamom::Counts& counts, cardamom::Index time_point);

}  // namespace paper
