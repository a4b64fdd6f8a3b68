// A clusterer that breaks a duty is found out, whichever it is.
#include <cmath>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <doctest/doctest.h>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/check_clusterer.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/fixed_modes.hpp>
#include <cardamom/clustering/no_clustering.hpp>
#include <cardamom/clustering/rjmcmc.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <support/awkward_counts.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

/// Two modes of equal weight, cut above the lowest value; then something is spoilt.
struct Spoilt {
  std::function<void(GeneClustering&)> spoil;
  template <class Family>
  GeneClustering operator()(const GeneSample& sample, const Family&, RandomStream&) const {
    GeneClustering result;
    result.modes.shapes = Vector{{0.5, 2.0}};
    result.modes.inverse_burst_size = 0.1;
    result.modes.informative = true;
    for (Index i = 0; i < sample.size(); ++i) result.of_observation.push_back(i > 0 ? 1 : 0);
    count_weights(sample, result);
    spoil(result);
    return result;
  }
};

void check_caught(const std::function<void(GeneClustering&)>& spoil, std::initializer_list<std::string_view> parts) {
  const Counts counts = support::awkward_counts();
  support::check_throws<NumericalError>([&] { check_clusterer(Spoilt{spoil}, counts); },
                                        {"check_clusterer: ", "gene "});
  support::check_throws<NumericalError>([&] { check_clusterer(Spoilt{spoil}, counts); }, parts);
}

/// What `cluster` itself asks for.
void check_refused(const std::function<void(GeneClustering&)>& spoil, std::initializer_list<std::string_view> parts) {
  check_caught(spoil, parts);
  support::check_throws<NumericalError>(
      [&] { static_cast<void>(cluster(support::awkward_counts(), {}, Spoilt{spoil})); },
      {"cluster: the clusterer's result for gene 3 has "});
  support::check_throws<NumericalError>(
      [&] { static_cast<void>(cluster(support::awkward_counts(), {}, Spoilt{spoil})); }, parts);
}

}  // namespace

TEST_CASE("clusterers that keep their duties pass") {
  const Rjmcmc quick{RjmcmcOptions{.sweeps = 60, .burn_in = 20, .chains = 2, .max_modes = 5}};
  for (const Vector& depth : {Vector(), support::awkward_depths()}) {
    const Counts counts = support::awkward_counts(depth);
    check_clusterer(Binarize{}, counts);
    check_clusterer(FixedModes{3}, counts);
    check_clusterer(NoClustering{}, counts);
    check_clusterer(quick, counts, NegativeBinomial{}, 7);
    check_clusterer(Spoilt{[](GeneClustering&) {}}, counts);
  }
  Matrix levels(4, 2);
  levels << 0, 0.2, 0, 0.7, 1, 3.5, 1, 4.25;
  check_clusterer(Binarize{}, Counts(levels, Vector::Zero(4)), Gamma{});
}

TEST_CASE("modes that are no law are refused") {
  check_refused([](GeneClustering& r) { r.modes.shapes[1] = std::nan(""); }, {"gene 3", "shapes[1] = nan", "finite"});
  check_refused([](GeneClustering& r) { r.modes.shapes[0] = -1.0; }, {"shapes[0] = -1", ">= 0"});
  check_refused([](GeneClustering& r) { r.modes.shapes = Vector{{2.0, 1.9}}; }, {"shapes (2, 1.9), must not decrease"});
  check_refused([](GeneClustering& r) { r.modes.shapes.resize(0); }, {"no mode, must be at least 1"});
  check_refused([](GeneClustering& r) { r.modes.inverse_burst_size = 0.0; }, {"inverse_burst_size = 0", "> 0"});
  check_refused([](GeneClustering& r) { r.modes.weights = Vector::Ones(1); }, {"1 weights, must be 2"});
  check_refused([](GeneClustering& r) { r.modes.weights *= 1.05; }, {"weights (", "sum to 1"});
  check_refused([](GeneClustering& r) { r.modes.weights = Vector{{-0.5, 1.5}}; }, {"weights (-0.5, 1.5)", ">= 0"});
}

TEST_CASE("modes of observations that do not fit the sample are refused") {
  check_refused([](GeneClustering& r) { r.of_observation.pop_back(); }, {"modes of 1 observations, must be 2"});
  check_refused([](GeneClustering& r) { r.of_observation.back() = 2; }, {"observation in mode 2, must be in [0, 2)"});
  check_refused([](GeneClustering& r) { r.of_observation.front() = -1; }, {"observation in mode -1"});
}

TEST_CASE("a positive value in a mode of zeros is caught") {
  check_caught(
      [](GeneClustering& r) {
        r.modes.shapes[0] = 0.0;
        r.of_observation.back() = 0;
      },
      {"gene 3", "the value 1 in mode 0 of shape 0"});
}

TEST_CASE("a clusterer that depends on more than its arguments is caught") {
  int calls = 0;
  check_caught([&calls](GeneClustering& r) { r.modes.shapes[1] += ++calls; }, {"changed from call to call"});
  // Right by itself, wrong where calls overlap.
  const auto this_thread = std::this_thread::get_id();
  check_caught(
      [this_thread](GeneClustering& r) {
        if (std::this_thread::get_id() != this_thread) r.modes.shapes[1] *= 1.05;
      },
      {"two threads"});
}

TEST_CASE("the clusterer is asked for values that the family admits only") {
  Matrix levels(2, 2);
  levels << 0, 0.5, 0, 1.5;
  support::check_throws<std::domain_error>([&] { check_clusterer(Binarize{}, Counts(levels, Vector::Zero(2))); },
                                           {"check_clusterer: counts(cell 0, gene 1) is 0.5"});
}
