#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/population.hpp>

namespace {

using namespace cardamom;

// A foreign law with the required member alone: every other molecule count is lost altogether.
struct ZeroInflated {
  explicit ZeroInflated(double share) : dropout(share) {}
  double observe(double molecules, double depth, RandomStream& stream) const {
    return stream.uniform() < dropout ? 0.0 : static_cast<double>(stream.poisson(molecules * depth));
  }
  double dropout;
};

// Something is seen where there is nothing.
struct Background {
  double observe(double molecules, double, RandomStream& stream) const {
    return molecules + static_cast<double>(stream.poisson(3.0));
  }
};

struct Broken {
  double observe(double molecules, double, RandomStream&) const { return molecules > 20.0 ? -1.0 : 0.0; }
};

struct BrokenDepth {
  double observe(double, double, RandomStream&) const { return 0.0; }
  double depth(RandomStream&) const { return 0.0; }
};

const Protocol protocol{.time_points = {30, 60}, .cells_per_time_point = 300};
const SimulateOptions latent{.seed = 3, .keep_latent = true};

}  // namespace

TEST_CASE("Poisson capture has the means of a Poisson law") {
  const PoissonCapture law{.efficiency = 0.25};
  const auto count = [](double x) { return x; };
  const auto square = [](double x) { return x * x; };
  const auto one = [](double) { return 1.0; };
  const auto empty = [](double x) { return x == 0.0 ? 1.0 : 0.0; };
  for (const double molecules : {0.0, 1e-3, 1.0, 40.0, 1e4, 1e6}) {
    const double mean = 0.25 * 2.0 * molecules;
    CHECK(law.expect(one, molecules, 2.0) == doctest::Approx(1.0).epsilon(1e-9));
    CHECK(law.expect(count, molecules, 2.0) == doctest::Approx(mean).epsilon(1e-9));
    CHECK(law.expect(square, molecules, 2.0) == doctest::Approx(mean * mean + mean).epsilon(1e-9));
    CHECK(law.expect(empty, molecules, 2.0) == doctest::Approx(std::exp(-mean)).epsilon(1e-12));
  }
}

TEST_CASE("a law that cannot say its means is sampled, with the same answer") {
  struct Plain {
    double observe(double molecules, double depth, RandomStream& stream) const {
      return PoissonCapture{}.observe(molecules, depth, stream);
    }
  };
  const auto statistic = [](double x) { return std::log1p(x); };
  RandomStream stream(1, Purpose::user);
  RandomStream untouched = stream;
  const double exact = expected_observation(PoissonCapture{}, statistic, 7.0, 1.0, stream);
  CHECK(stream() == untouched());
  const double sampled = expected_observation(Plain{}, statistic, 7.0, 1.0, stream, 40000);
  // The standard deviation of log(1 + x) is about 0.36: five standard errors are 0.009, a mean of 7.35 is 0.05 off.
  CHECK(std::abs(sampled - exact) < 0.01);
  CHECK(std::abs(expected_observation(PoissonCapture{}, statistic, 7.35, 1.0, stream) - exact) > 0.03);
  CHECK(expected_observation(ExactMeasurement{}, statistic, 7.0, 1.0, stream) == std::log1p(7.0));
}

TEST_CASE("an exact measurement is the mRNA itself") {
  const Population population = simulate(fn4(), protocol, latent, ExactMeasurement{});
  CHECK(population.counts.values().rightCols(4) == population.mrna.rightCols(4));
  CHECK(population.counts.values().col(0) == Vector::Ones(600));
  CHECK(population.counts.depth().size() == 0);
  // The law changes what is seen of a cell, not the cell.
  CHECK(simulate(fn4(), protocol, latent).mrna == population.mrna);
  CHECK(simulate(fn4(), protocol, latent).counts.values() != population.counts.values());
}

TEST_CASE("a user's law decides what is counted, on any number of threads") {
  const Population full = simulate(fn4(), protocol, latent, ZeroInflated(0.0));
  const Population half = simulate(fn4(), protocol, latent, Threads(2), ZeroInflated(0.5));
  CHECK(half.mrna == full.mrna);
  CHECK(half.counts.values() == simulate(fn4(), protocol, latent, ZeroInflated(0.5)).counts.values());
  const auto share = [](const Population& cells) {
    return (cells.counts.values().rightCols(4).array() > 0.0).cast<double>().mean();
  };
  CHECK(share(half) / share(full) == doctest::Approx(0.5).epsilon(0.08));
  const Population seen = simulate(fn4(), {.time_points = {-5}}, latent, Background{});
  CHECK(seen.mrna == Matrix::Zero(100, 5));
  CHECK(seen.counts.values().rightCols(4).mean() == doctest::Approx(3.0).epsilon(0.15));
  CHECK(seen.counts.values().col(0) == Vector::Zero(100));
}

TEST_CASE("a law out of range is an error that names the cell") {
  CHECK_THROWS_WITH_AS(simulate(fn4(), {.time_points = {0}}, {}, BrokenDepth{}),
                       "simulate: cell 0 (time point 0): the observation law's depth is 0, must be finite and > 0",
                       NumericalError);
  std::string message;
  try {
    (void)simulate(fn4(), protocol, {}, Broken{});
  } catch (const NumericalError& error) {
    message = error.what();
  }
  CHECK(message.find("simulate: cell ") == 0);
  CHECK(message.find("the observation law makes -1 of ") != std::string::npos);
  CHECK(message.find("molecules of gene ") != std::string::npos);
}

TEST_CASE("roles tell laws from other policies") {
  CHECK(ObservationRole::fits<ZeroInflated>);
  CHECK(!ObservationRole::fits<Sequential>);
  CHECK(!ObservationRole::fits<IgnoreProgress>);
  CHECK(!ExecutorRole::fits<PoissonCapture>);
  CHECK(!ProgressRole::fits<PoissonCapture>);
}
