// Immigration and death with immigrants in batches, as in the discrete stochastic model test suite (Evans, Gillespie
// and Wilkinson, Bioinformatics 2008): batches of k arrive at rate α and each of them leaves at rate μ, so that from
// nobody the mean is kα/μ (1 − e^−μt) and the variance that mean times 1 + (k − 1)(1 + e^−μt)/2. Bursts of mean (k −
// 1)/2 at rate 2αk/(k − 1), counted by a Poisson law, have both.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/model/model.hpp>
#include <cardamom/simulation/population.hpp>
#include <support/large_sample.hpp>
#include <support/statistics.hpp>

namespace {

using namespace cardamom;

constexpr double alpha = 1.0;
const std::vector<double> batches = {5, 10, 100};  // one gene each
const std::vector<double> times = {1, 2, 5, 10, 20, 50};
constexpr Index cells = 2000;  // per time

struct Error {
  double arrivals = 1.0;  // factor of the rate of bursts
  double size = 1.0;      // of their mean
  double death = 1.0;     // of μ
};

// Genes that nobody regulates. Bounds are twice the rates, so that half of the candidates of constant bounds are
// rejected; that d0 and d1 are shared allows every path.
Model model(double death, const Error& error = {}) {
  Kinetics kinetics = Kinetics::uniform(4, error.death * death, 0.25 * death, 1.0, 0.0, 1.0);
  for (Index i = 1; i < 4; ++i) {
    const double k = batches[static_cast<std::size_t>(i - 1)];
    kinetics.frequency_max[i] = 2.0 * error.arrivals * 2.0 * alpha * k / (k - 1.0);
    kinetics.inverse_burst_size[i] = 2.0 / (k - 1.0) / error.size;
  }
  kinetics.scale_proteins();
  return make_model(kinetics, Network(Vector(Vector::Zero(4)), std::vector<Edge>{}));
}

double square(double x) { return x * x; }

// Deviations of mean and variance from what they are, in standard errors, for every gene and time.
struct Deviations {
  std::vector<double> mean;
  std::vector<double> variance;
};

void add_deviations(Deviations& all, const Model& simulated, double death, const ProcessOptions& options,
                    std::uint64_t seed) {
  Protocol protocol;
  protocol.time_points = times;
  protocol.cells_per_time_point = cells;
  protocol.burn_in = 0.0;
  const Matrix counts = simulate(simulated, protocol, {.seed = seed, .process = options}).counts.values();
  for (std::size_t g = 0; g < batches.size(); ++g) {
    const double k = batches[g];
    const auto column = static_cast<Index>(g) + 1;
    for (std::size_t t = 0; t < times.size(); ++t) {
      const double q = std::exp(-death * times[t]);
      const double mean = k * alpha / death * (1.0 - q);
      const double variance = mean * (1.0 + (k - 1.0) * (1.0 + q) / 2.0);
      // Cumulants of M are kon r! b^r ∫ e^(−rμu) du, b the mean burst; the count's follow from those.
      const double kon = 2.0 * alpha * k / (k - 1.0);
      const double b = (k - 1.0) / 2.0;
      const double c1 = kon * b * (1.0 - q) / death;
      const double c2 = kon * 2.0 * std::pow(b, 2) * (1.0 - std::pow(q, 2)) / (2.0 * death);
      const double c3 = kon * 6.0 * std::pow(b, 3) * (1.0 - std::pow(q, 3)) / (3.0 * death);
      const double c4 = kon * 24.0 * std::pow(b, 4) * (1.0 - std::pow(q, 4)) / (4.0 * death);
      CHECK(c1 == doctest::Approx(mean));
      CHECK(c2 + c1 == doctest::Approx(variance));
      const double fourth = c4 + 6.0 * c3 + 7.0 * c2 + c1 + 3.0 * square(variance);

      const double n = static_cast<double>(cells);
      const auto sample = counts.col(column).segment(static_cast<Index>(t) * cells, cells).array();
      const double average = sample.mean();
      const double spread = (sample - average).square().sum() / (n - 1.0);
      all.mean.push_back((average - mean) / std::sqrt(variance / n));
      all.variance.push_back((spread - variance) / std::sqrt((fourth - square(variance) * (n - 3.0) / (n - 1.0)) / n));
    }
  }
}

Deviations deviations(const ProcessOptions& options, const Error& error = {}) {
  Deviations all;
  std::uint64_t seed = 1;
  for (const double death : {0.2, 0.4, 4.0}) add_deviations(all, model(death, error), death, options, seed++);
  return all;
}

// Of 54 deviations, all of cells or genes of their own, 0.15 are expected beyond three standard errors: five or more
// have the probability 4e-7.
constexpr std::ptrdiff_t most_beyond_three = 4;

std::ptrdiff_t beyond_three(const std::vector<double>& z) {
  return std::count_if(z.begin(), z.end(), [](double x) { return std::abs(x) >= 3.0; });
}
// Of their sum, which is normal: tells of an error that is small everywhere.
double sum_p_value(const std::vector<double>& z) {
  double sum = 0.0;
  for (const double x : z) sum += x;
  return support::z_p_value(sum, 0.0, std::sqrt(static_cast<double>(z.size())));
}
bool right(const std::vector<double>& z) {
  return beyond_three(z) <= most_beyond_three && sum_p_value(z) > support::false_alarm;
}

}  // namespace

TEST_CASE("batches that arrive and leave have their mean and variance at every time, on every path" *
          support::large_sample()) {
  for (const ProcessOptions& options : std::vector<ProcessOptions>{{Path::plain, Candidates::constant},
                                                                   {Path::sparse, Candidates::constant},
                                                                   {Path::sparse, Candidates::levels},
                                                                   {Path::separable, Candidates::constant},
                                                                   {Path::separable, Candidates::levels},
                                                                   {Path::expansion, Candidates::constant},
                                                                   {Path::clocks, Candidates::constant},
                                                                   {}}) {
    CAPTURE(std::string(name(options.path)));
    CAPTURE(std::string(name(options.candidates)));
    const Deviations z = deviations(options);
    CHECK(z.mean.size() == 54);
    CHECK(beyond_three(z.mean) <= most_beyond_three);
    CHECK(beyond_three(z.variance) <= most_beyond_three);
    CHECK(sum_p_value(z.mean) > support::false_alarm);
    CHECK(sum_p_value(z.variance) > support::false_alarm);
  }
}

TEST_CASE("batches five per cent off are caught" * support::large_sample()) {
  CHECK_FALSE(right(deviations({}, {.arrivals = 1.05}).mean));
  CHECK_FALSE(right(deviations({}, {.size = 1.05}).mean));
  CHECK_FALSE(right(deviations({}, {.death = 1.05}).mean));
  // The mean is kept: the variance alone tells.
  const Deviations larger = deviations({}, {.arrivals = 1.0 / 1.05, .size = 1.05});
  CHECK(right(larger.mean));
  CHECK_FALSE(right(larger.variance));
}
