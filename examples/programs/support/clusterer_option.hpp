// The clusterer and the mixture family of a command line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include <cardamom/clustering.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/mixture/gamma_for.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

#include "support/program.hpp"

namespace support {

struct ClustererChoice {
  std::string clusterer = "auto";
  std::string family = "nb";

  /// Whether the program's own defaults are to be used.
  bool automatic() const { return clusterer == "auto" && family == "nb"; }
  /// K of `fixed:K`, or 0.
  cardamom::Index fixed() const {
    cardamom::Index modes = 0;
    const bool good = clusterer.rfind("fixed:", 0) == 0 && cardamom::parse_whole(clusterer.substr(6), modes);
    return good && modes >= 1 ? modes : 0;
  }
};

inline void describe_clusterer(CLI::App& app, ClustererChoice& choice) {
  app.add_option(
         "--clusterer", choice.clusterer,
         "How counts become modes of burst frequency: auto; binarize (two modes, from the time points), pooled "
         "(two modes, from all cells at once), rjmcmc (their number unknown), fixed:K (K modes), each-cell (none)")
      ->check(CLI::Validator(
          [](const std::string& text) {
            const ClustererChoice parsed{text, "nb"};
            const bool good = text == "auto" || text == "binarize" || text == "pooled" || text == "rjmcmc" ||
                              text == "each-cell" || parsed.fixed() > 0;
            return good ? std::string()
                        : "value is \"" + text + "\", must be auto, binarize, pooled, rjmcmc, fixed:K or each-cell";
          },
          ""))
      ->capture_default_str()
      ->type_name("NAME");
}

inline void describe_family(CLI::App& app, ClustererChoice& choice) {
  app.add_option(
         "--family", choice.family,
         "Law of the observations in a mode: nb (negative binomial, counts) or gamma (continuous levels; below a "
         "twentieth of the median gene's level when it is on counts as not seen)")
      ->check(one_of({"nb", "gamma"}))
      ->capture_default_str()
      ->type_name("NAME");
}

/// A clusterer of one type whatever was chosen, so that what uses it is compiled once.
template <class Family>
using AnyClusterer =
    std::function<cardamom::GeneClustering(const cardamom::GeneSample&, const Family&, cardamom::RandomStream&)>;

template <class Family>
AnyClusterer<Family> make_clusterer(const ClustererChoice& choice, const Family&) {
  if (choice.clusterer == "rjmcmc") return cardamom::Rjmcmc{};
  if (choice.clusterer == "each-cell") return cardamom::NoClustering{};
  if (choice.clusterer == "pooled") return cardamom::Binarize({.modes = cardamom::BinarizeModes::pooled});
  if (choice.fixed() > 0) return cardamom::FixedModes(choice.fixed());
  return cardamom::Binarize{};
}

/// Modes of all genes by the clusterer and family chosen.
template <class E, class P>
cardamom::Clustering cluster(const ClustererChoice& choice, const cardamom::Counts& counts, std::uint64_t seed,
                             const E& executor, P progress) {
  const auto run = [&](const auto& family) {
    return cardamom::cluster(counts, {.seed = seed}, family, make_clusterer(choice, family), executor, progress);
  };
  if (choice.family == "gamma") return run(cardamom::gamma_for(counts));
  return run(cardamom::NegativeBinomial{});
}

}  // namespace support
