// The modes of one gene: its histogram of counts with the fitted mixture, as a tidy table and a picture.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/clustering.hpp>
#include <cardamom/io.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

#include "support/clusterer_option.hpp"
#include "support/picture.hpp"
#include "support/program.hpp"
#include "support/progress_bar.hpp"

using cardamom::Index;

namespace {

constexpr const char* program = "modes";

struct Options {
  std::string counts;
  std::string genes;
  std::string gene;
  std::string folder = "picture";
  std::uint64_t seed = 0;
  support::ClustererChoice clusterer{"rjmcmc", "nb"};
};

/// Two populations of cells, so that the program shows something without data.
cardamom::Counts example_counts() {
  cardamom::RandomStream random(1, cardamom::Purpose::user);
  cardamom::Matrix table = cardamom::Matrix::Zero(1000, 2);
  for (Index cell = 0; cell < 1000; ++cell) {
    const double shape = random.uniform() < 0.4 ? 0.2 : 8.0;
    table(cell, 1) = cardamom::NegativeBinomial().draw(shape, 0.2, 1.0, random);
  }
  return {table, cardamom::Vector::Zero(1000), {"Stimulus", "example"}};
}

cardamom::Counts load(const Options& options) {
  if (options.counts.empty()) return example_counts();
  const cardamom::Counts counts = cardamom::read_panel(options.counts);
  if (options.genes.empty()) return counts;
  return {
      counts.values(), counts.times(), cardamom::read_gene_names(options.genes, counts.nodes()), {}, counts.inputs()};
}

Index find_gene(const cardamom::Counts& counts, const std::string& gene) {
  if (gene.empty()) return counts.inputs();
  const auto found = std::find(counts.names().begin() + counts.inputs(), counts.names().end(), gene);
  if (found != counts.names().end()) return found - counts.names().begin();
  throw support::UsageError("--gene: value is \"" + gene + "\", must be the name of a gene of the table");
}

/// Width of the histogram's bars: one count, or more so that about eighty bars reach the 99.5 % quantile.
double bar_width(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double top = values[static_cast<std::size_t>(0.995 * static_cast<double>(values.size() - 1))];
  return std::max(1.0, std::ceil((top + 1.0) / 80.0));
}

/// Writes modes.csv (count, law, share: observed, each mode, their mixture) and the picture.
void draw_modes(const Options& options, const std::string& name, const cardamom::Vector& values,
                const cardamom::GeneModes& modes) {
  const double width = bar_width({values.begin(), values.end()});
  const Index bars = std::min<Index>(static_cast<Index>(std::floor(values.maxCoeff() / width)) + 1, 90);
  const auto middle = [width](Index bar) { return (static_cast<double>(bar) + 0.5) * width - 0.5; };
  std::filesystem::create_directories(options.folder);
  {
    support::Csv csv(std::filesystem::path(options.folder) / "modes.csv", {"count", "law", "share"});
    const auto write = [&](const std::string& law, const cardamom::Vector& shares) {
      for (Index bar = 0; bar < bars; ++bar) csv.row(middle(bar), law, shares[bar]);
    };

    cardamom::Vector observed = cardamom::Vector::Zero(bars);
    for (const double x : values) {
      if (x < static_cast<double>(bars) * width) observed[static_cast<Index>(std::floor(x / width))] += 1.0;
    }
    write("observed", observed / static_cast<double>(values.size()));
    cardamom::Vector mixture = cardamom::Vector::Zero(bars);
    for (Index k = 0; k < modes.count(); ++k) {
      cardamom::Vector law = cardamom::Vector::Zero(bars);
      for (Index bar = 0; bar < bars; ++bar) {
        for (double x = static_cast<double>(bar) * width; x < static_cast<double>(bar + 1) * width; x += 1.0) {
          law[bar] += modes.weights[k] *
                      std::exp(cardamom::NegativeBinomial().log_density(x, modes.shapes[k], modes.inverse_burst_size));
        }
      }
      write("mode " + std::to_string(k), law);
      mixture += law;
    }
    write("mixture", mixture);
  }  // the file is complete before gnuplot reads it

  // Rows of other laws are no points; rows of one law follow each other, so that its line is unbroken.
  const auto curve = [](const std::string& law, const std::string& style) {
    return "'modes.csv' using (strcol(2) eq \"" + law + "\" ? $1 : NaN):3 " + style + " title '" + law + "'";
  };
  std::string commands = "set title '" + name + "'\nset xlabel 'count'\nset ylabel 'share of cells'\n" +
                         "set logscale y\nset format y '%g'\nset yrange [" +
                         std::to_string(0.4 / static_cast<double>(values.size())) + ":1]\nset xrange [-" +
                         std::to_string(width) + ":*]\nset style fill solid 0.35 noborder\nset boxwidth " +
                         std::to_string(0.9 * width) + "\nplot " + curve("observed", "with boxes lc rgb '#999999'");
  for (Index k = 0; k < std::min<Index>(modes.count(), 6); ++k) {
    commands += ", " + curve("mode " + std::to_string(k), "with lines lt " + std::to_string(k + 1));
  }
  commands += ", " + curve("mixture", "with lines lc rgb 'black' dt 2 lw 2");
  switch (support::draw(options.folder, "modes", commands)) {
    case support::Drawn::png_and_svg:
      std::cout << "picture: " << options.folder << "/modes.png and .svg\n";
      break;
    case support::Drawn::script_only:
      std::cout << "gnuplot is not installed; it draws the picture by " << options.folder << "/modes.gp\n";
      break;
    case support::Drawn::failed:
      break;
  }
}

void show(const Options& options) {
  const cardamom::Counts all = load(options);
  const Index gene = find_gene(all, options.gene);
  const std::string& name = all.names()[static_cast<std::size_t>(gene)];
  cardamom::Matrix table(all.cells(), 2);
  table << all.values().col(0), all.values().col(gene);
  const cardamom::Counts counts(table, all.times(), {"Stimulus", name == "Stimulus" ? "gene" : name});

  const cardamom::Clustering clustering = support::cluster(options.clusterer, counts, options.seed,
                                                           cardamom::Sequential{}, support::ProgressBar("clustering"));
  const cardamom::GeneModes& modes = clustering.gene(1);
  std::cout << name << ": " << modes.count() << (modes.count() == 1 ? " mode" : " modes") << " in " << counts.cells()
            << " cells, mean burst " << 1.0 / modes.inverse_burst_size << " molecules\n"
            << "mode  k/d0  mean count  share of cells\n";
  for (Index k = 0; k < std::min<Index>(modes.count(), 20); ++k) {
    std::cout << k << "  " << modes.shapes[k] << "  " << modes.shapes[k] / modes.inverse_burst_size << "  "
              << modes.weights[k] << '\n';
  }

  draw_modes(options, name, table.col(1), modes);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Shows the modes of burst frequency of one gene: a table, and the histogram of its counts with the fitted laws.\n"
      "Without COUNTS, cells of two populations are simulated.",
      program);
  Options options;
  app.add_option("COUNTS", options.counts, "Counts in the panel format: see cardamom_infer --help")
      ->type_name("COUNTS.tsv");
  app.add_option("--genes", options.genes, "Gene names: a line `index name` for the stimulus (0) and for every gene")
      ->type_name("FILE");
  app.add_option("--gene", options.gene, "Name (or index, where there are no names) of the gene; default: the first")
      ->type_name("NAME");
  app.add_option("--folder", options.folder, "Where modes.csv, modes.gp and the picture go; made when missing")
      ->capture_default_str()
      ->type_name("DIR");
  app.add_option("--seed", options.seed, "Seed of all random numbers")->capture_default_str()->type_name("S");
  support::describe_clusterer(app, options.clusterer);
  return support::run(app, argc, argv, [&] { show(options); });
}
