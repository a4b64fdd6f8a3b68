// Regenerates the figures of the paper: tidy CSV, gnuplot scripts, pictures, and for every figure the number that
// carries its claim. Seeds are fixed: the same options give the same numbers, whatever the number of threads.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>

#include <support/program.hpp>
#include <support/progress_bar.hpp>

#include "figure.hpp"

namespace {

struct Figure {
  int number;
  const char* title;
  const char* difference;  ///< where this program and the paper's figure differ, or nothing
  void (*draw)(const paper::Context&);
};

const std::vector<Figure> figures = {
    {2, "One cell of the toggle switch at three levels of noise", "", paper::figure_2},
    {3, "Distance of simulated cells to a Gamma and to a Gaussian mixture", "", paper::figure_3},
    {4, "From cells to basins", "", paper::figure_4},
    {6, "Two independent toggle switches: network simulated and inferred",
     "The mean over fifty data sets, not ten. The paper prints neither the parameters of mRNA nor a number; it says "
     "that "
     "the topology is reconstructed very well. Here pairs and signs are found, but the repressions come out far weaker "
     "than self-activation: two snapshots are explained nearly as well by the persistence of every gene.",
     paper::figure_6},
    {7, "ROC and precision–recall curves of the four-gene network",
     "The paper prints neither its mRNA parameters nor areas; with d0 = 1 /h the curves lie below the printed ones, "
     "and "
     "what is asked here is well above random, no more.",
     paper::figure_7},
    {8, "Number of modes found by RJMCMC, and AUPR by imposed number of modes", "", paper::figure_8},
    {9, "Marginals of the data and of cells simulated from the inferred network",
     "Re-simulated cells settle less firmly than the data, because the penalty shrinks the weights: the marginals are "
     "nearer to those of the data than both snapshots are to each other, but not the same.",
     paper::figure_9},
    {10, "Both data sets in two dimensions",
     "Principal components of log(1 + count) instead of UMAP; figure_10_cells.csv holds the counts that any UMAP "
     "program "
     "takes.",
     paper::figure_10},
    {11, "AUPR and time of inference against the number of genes",
     "The other method shown is the absolute correlation of counts, not GENIE3, which is no part of this library.",
     paper::figure_11},
    {12, "With and without clustering",
     "By AUROC and average precision clustering wins, by AUPR it does not: without clustering most scores are 0 and "
     "tie, "
     "and AUPR draws a straight line through the ties, as if a threshold could be put within them.",
     paper::figure_12},
    {14, "Burst rate of the network and of the Gamma mixture", "", paper::figure_14},
};

struct Claim {
  int figure;
  std::string statement;
  std::string measured;
  std::string criterion;
  bool holds;
};

std::string escaped(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '<') {
      result += "&lt;";
    } else if (letter == '>') {
      result += "&gt;";
    } else if (letter == '&') {
      result += "&amp;";
    } else {
      result += letter;
    }
  }
  return result;
}

/// One page with every picture beside the paper's claims and our numbers.
void write_page(const std::filesystem::path& folder, const std::vector<const Figure*>& drawn,
                const std::vector<Claim>& claims) {
  std::ofstream page(folder / "index.html", std::ios::trunc);
  page << "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
          "content=\"width=device-width\">\n<title>The paper's figures, regenerated</title>\n<style>body{font-family:"
          "sans-serif;max-width:60em;margin:auto;padding:1em}img{max-width:100%}table{border-collapse:collapse}"
          "td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left}.no{color:#D55E00}</style>\n"
          "<h1>The paper's figures, regenerated</h1>\n";
  for (const Figure* figure : drawn) {
    page << "<h2>Figure " << figure->number << ". " << escaped(figure->title) << "</h2>\n";
    const std::string picture = "figure_" + std::to_string(figure->number) + ".png";
    if (std::filesystem::exists(folder / picture)) {
      page << "<img src=\"" << picture << "\" alt=\"" << escaped(figure->title) << "\">\n";
    } else {
      page << "<p>No picture: gnuplot is not installed. The numbers are in the CSV files.</p>\n";
    }
    page << "<table><tr><th>the paper</th><th>measured here</th><th>held when</th><th>holds</th></tr>\n";
    for (const Claim& claim : claims) {
      if (claim.figure != figure->number) continue;
      page << "<tr><td>" << escaped(claim.statement) << "</td><td>" << escaped(claim.measured) << "</td><td>"
           << escaped(claim.criterion) << "</td><td" << (claim.holds ? ">yes" : " class=\"no\">no") << "</td></tr>\n";
    }
    page << "</table>\n";
    if (*figure->difference != '\0') page << "<p>" << escaped(figure->difference) << "</p>\n";
  }
  page << "</html>\n";
  if (!page) throw cardamom::IoError((folder / "index.html").string(), "cannot be written");
}

void draw(const Figure& figure, const std::string& out, bool quick, const cardamom::Threads& threads,
          std::vector<Claim>& claims) {
  const support::ProgressBar bar("figure " + std::to_string(figure.number));
  paper::Context context;
  context.folder = out;
  context.quick = quick;
  context.executor = threads;
  context.progress = [&bar](cardamom::Index done, cardamom::Index total) { bar(done, total); };
  context.claim = [&](std::string statement, std::string measured, std::string criterion, bool holds) {
    claims.push_back({figure.number, std::move(statement), std::move(measured), std::move(criterion), holds});
  };
  context.draw = [&](std::string name, std::string commands, support::PictureSize size) {
    if (support::draw(out, name, commands, size) == support::Drawn::failed) {
      throw std::runtime_error("gnuplot did not accept " + out + "/" + name + ".gp");
    }
  };
  figure.draw(context);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Regenerates the figures of Ventre, In Silico Biology 14, 2021, and checks what they claim",
               "paper_figures"};
  std::vector<int> numbers;
  std::string out = "paper_figures";
  bool quick = false;
  cardamom::Index threads = 0;
  std::string known;
  for (const Figure& figure : figures) known += (known.empty() ? "" : ", ") + std::to_string(figure.number);
  app.add_option("--figure", numbers, "Only these figures; known: " + known)->type_name("N ...");
  app.add_flag("--quick", quick, "Fewer data sets and cells: shows that everything works, in well under a minute");
  app.add_option("--out", out, "Folder for tables and pictures")->capture_default_str()->type_name("DIR");
  app.add_option("--threads", threads, "Number of threads, 0: all there are")
      ->capture_default_str()
      ->check(support::at_least(0))
      ->type_name("N");
  return support::run(app, argc, argv, [&] {
    for (const int number : numbers) {
      if (std::none_of(figures.begin(), figures.end(), [&](const Figure& f) { return f.number == number; })) {
        throw support::UsageError("--figure: there is no figure " + std::to_string(number) + " here, known are " +
                                  known);
      }
    }
    std::filesystem::create_directories(out);
    if (!support::has_gnuplot()) {
      support::note("paper_figures", "gnuplot is not installed: tables and scripts are written, pictures are not");
    }
    std::vector<Claim> claims;
    std::vector<const Figure*> drawn;
    const auto start = std::chrono::steady_clock::now();
    for (const Figure& figure : figures) {
      if (!numbers.empty() && std::find(numbers.begin(), numbers.end(), figure.number) == numbers.end()) continue;
      const auto begin = std::chrono::steady_clock::now();
      const std::size_t first = claims.size();
      draw(figure, out, quick, cardamom::Threads(threads), claims);
      drawn.push_back(&figure);
      std::printf("Figure %d. %s (%.1f s)\n", figure.number, figure.title,
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
      for (std::size_t c = first; c < claims.size(); ++c) {
        std::printf("  %-3s %s  %s  [%s]\n", claims[c].holds ? "yes" : "NO", claims[c].statement.c_str(),
                    claims[c].measured.c_str(), claims[c].criterion.c_str());
      }
      std::fflush(stdout);
    }
    write_page(out, drawn, claims);
    const auto held = std::count_if(claims.begin(), claims.end(), [](const Claim& claim) { return claim.holds; });
    std::printf("%td of %zu claims hold; %.1f s; see %s/index.html\n", held, claims.size(),
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), out.c_str());
    std::fflush(stdout);
    // A quick run has too few cells and data sets to judge.
    if (!quick && held != std::ssize(claims)) throw std::runtime_error("not all claims of the paper hold here");
  });
}
