// The number of threads changes no bit of any result. Also the program that ThreadSanitizer watches.
#include <atomic>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/burst_rate.hpp>
#include <cardamom/clustering.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

const PoissonCapture law{.depth_variation = 0.3};
const SimulateOptions options{.seed = 5, .keep_latent = true};

Protocol short_protocol() {
  Protocol protocol;
  protocol.time_points = {0, 5, 20};
  protocol.cells_per_time_point = 40;
  return protocol;
}

// The executor a user might write around another library: one thread, last range first.
struct Backwards {
  template <class Body>
  void for_ranges(Index count, Body&& body) const {
    for (Index i = count; i-- > 0;) body(i, i + 1);
  }
};

template <class E>
void check_same_population(const Population& expected, const E& executor) {
  const Population other = simulate(fn8(), short_protocol(), options, executor, law);
  CHECK(other.counts.values() == expected.counts.values());
  CHECK(other.counts.depth() == expected.counts.depth());
  CHECK(other.mrna == expected.mrna);
  CHECK(other.protein == expected.protein);
  CHECK(other.diagnostics.work.bursts == expected.diagnostics.work.bursts);
}

template <class E>
void check_same_network(const Counts& counts, const Inference<>& expected, const E& executor) {
  const Inference other = infer(counts, {.seed = 3}, executor);
  REQUIRE(other.steps.size() == expected.steps.size());
  for (std::size_t k = 0; k < other.steps.size(); ++k) {
    CHECK(other.steps[k].basal == expected.steps[k].basal);
    CHECK(Matrix(other.steps[k].interactions) == Matrix(expected.steps[k].interactions));
  }
  CHECK(other.scores == expected.scores);
  CHECK(other.clustering.modes == expected.clustering.modes);
}

template <class E>
void check_same_modes(const Counts& counts, const Clustering& expected, const Rjmcmc& sampler, const E& executor) {
  const Clustering other = cluster(counts, {.seed = 3}, sampler, executor);
  CHECK(other.modes == expected.modes);
  for (Index node = 0; node < expected.nodes(); ++node) {
    CHECK(other.gene(node).shapes == expected.gene(node).shapes);
    CHECK(other.gene(node).weights == expected.gene(node).weights);
    CHECK(other.gene(node).inverse_burst_size == expected.gene(node).inverse_burst_size);
  }
}

}  // namespace

TEST_CASE("a population is the same for any executor") {
  const Population expected = simulate(fn8(), short_protocol(), options, law);
  for (const Index threads : {1, 2, 8}) check_same_population(expected, Threads{threads});
  check_same_population(expected, Backwards{});
}

TEST_CASE("modes found by random draws are the same for any executor") {
  const Counts counts = simulate(fn8(), short_protocol(), {.seed = 5}).counts;
  const Rjmcmc sampler({.sweeps = 60, .burn_in = 20, .chains = 2, .max_modes = 4});
  const Clustering expected = cluster(counts, {.seed = 3}, sampler);
  for (const Index threads : {1, 2, 8}) check_same_modes(counts, expected, sampler, Threads{threads});
  check_same_modes(counts, expected, sampler, Backwards{});
}

TEST_CASE("an inferred network is the same for any executor") {
  const Counts counts = simulate(fn8(), short_protocol(), options, law).counts;
  const Inference expected = infer(counts, {.seed = 3});
  for (const Index threads : {1, 2, 8}) check_same_network(counts, expected, Threads{threads});
  check_same_network(counts, expected, Backwards{});
}

TEST_CASE("an exception in a worker names the cell and reaches the caller") {
  const auto faulty = [](Index gene, const VectorIn& protein) { return protein[0] > 0 && gene == 2 ? 7.0 : 1.0; };
  const BoundedFunctionRate rate{faulty, Vector::Constant(5, 2.0)};
  support::check_throws<NumericalError>(
      [&] {
        (void)simulate(BasicModel{fn4().kinetics, rate}, short_protocol(), {.seed = 1}, Threads{4});
      },
      {"cell", "rate(2, protein) is 7", "[0, 2]"});
}

TEST_CASE("a simulation can be cancelled from its progress observer") {
  std::atomic<Index> last{0};
  const auto stop = [&last](Index done, Index) {
    last = done;
    return done < 20;
  };
  support::check_throws<Cancelled>([&] { (void)simulate(fn4(), short_protocol(), {.seed = 1}, Threads{4}, stop); },
                                   {"20 of 120"});
  CHECK(last == 20);
}
