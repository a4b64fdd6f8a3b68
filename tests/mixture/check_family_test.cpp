// A family that breaks a duty is found out, whichever it is, and errors of 5 % are enough.
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string_view>

#include <doctest/doctest.h>

#include <cardamom/clustering/check_clusterer.hpp>
#include <cardamom/clustering/rjmcmc.hpp>
#include <cardamom/mixture/check_family.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/gene_mixture.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <support/awkward_counts.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

/// What is wrong with a `Faulty`: factors and amounts.
struct Faults {
  double mass = 1.0;
  double mean = 1.0;
  double wave = 0.0;  // added to the log density of odd values
  double together = 0.0;
  double draw = 1.0;
  double half = 0.0;  // added to what is drawn
  double shape = 1.0;
  bool admits_all = false;
  bool never_nothing = false;
};

/// The negative binomial law, in which one thing is wrong.
struct Faulty {
  Faults faults;
  NegativeBinomial law = {};
  bool admits(double x) const { return faults.admits_all || law.admits(x); }
  std::string_view support() const { return law.support(); }
  double log_density(double x, double a, double b, double exposure) const {
    if (a == 0.0) return faults.never_nothing ? -1.0 : law.log_density(x, a, b, exposure);
    const double odd = std::fmod(x, 2.0) == 1.0 ? faults.wave * a : 0.0;
    return law.log_density(x, faults.mean * a, b, exposure) + std::log(faults.mass) + odd;
  }
  void log_densities(const GeneSample& sample, double a, double b, Vector& out) const {
    law.log_densities(sample, a, b, out);
    out.array() += faults.together;
  }
  SharedFit fit(const GeneSample& sample, const Matrix& weights, const SharedFitOptions& options) const {
    SharedFit result = law.fit(sample, weights, options);
    result.shapes[1] *= faults.shape;
    return result;
  }
  double draw(double a, double b, double exposure, RandomStream& random) const {
    return law.draw(faults.draw * a, b, exposure, random) + faults.half;
  }
};

void check_caught(const Faults& faults, std::initializer_list<std::string_view> parts) {
  support::check_throws<NumericalError>([&] { check_family(Faulty{faults}); }, parts);
}

}  // namespace

TEST_CASE("shipped families keep their duties") {
  check_family(NegativeBinomial{});
  check_family(Gamma{});
  check_family(Gamma{.detection_limit = 0.1});
  check_family(Faulty{});
  for (std::uint64_t seed = 1; seed < 4; ++seed) check_family(NegativeBinomial{}, {.seed = seed});
}

TEST_CASE("a law that does not sum to one or has another mean is caught") {
  check_caught({.mass = 1.05}, {"check_family: exp(log_density(x, 0.4, 0.1, 1)) has the total 1.0", "must be 1"});
  check_caught({.mass = 0.95}, {"has the total 0.9"});
  check_caught({.mean = 1.05}, {"log_density(x, 0.4, 0.1, 1) has the mean 4.1", "must be exposure a/b = 4"});
  check_caught({.mass = std::nan("")}, {"is nan, must be a number"});
  check_caught({.never_nothing = true}, {"log_density(0, 0, 0.5, 1) is -1, must be 0"});
}

TEST_CASE("a likelihood ratio that decreases is caught") {
  // The total and the mean stay within the tolerance.
  support::check_throws<NumericalError>([&] { check_family(Faulty{{.wave = 2.0}}, {.tolerance = 10.0}); },
                                        {"falls from", "must not decrease in x"});
}

TEST_CASE("log densities of a sample that differ from those one by one are caught") {
  check_caught({.together = 1e-3}, {"log_densities(sample, 0.4, 0.1, out) gives", "log_density gives"});
}

TEST_CASE("wrong draws are caught") {
  check_caught({.draw = 1.05}, {"draw(", "has the mean", "that of log_density"});
  check_caught({.draw = 0.95}, {"draw(", "has the mean"});
  check_caught({.half = 0.5}, {"draw(0.4, 0.1, 1) gives", "which admits refuses"});
  check_caught({.admits_all = true}, {"admits(-1) is true"});
}

TEST_CASE("a fit that is no maximum is caught") {
  check_caught({.shape = 1.05}, {"fit(sample, weights, options).shapes[1] is", "must be the maximum"});
  check_caught({.shape = 0.95}, {"shapes[1]", "must be the maximum"});
  check_caught({.shape = -1.0}, {"shapes[1] is -", "must be finite and > 0"});
}

TEST_CASE("options of the check are checked") {
  CHECK_THROWS_AS(check_family(NegativeBinomial{}, {.tolerance = 0.0}), std::domain_error);
  CHECK_THROWS_AS(check_family(NegativeBinomial{}, {.draws = 1}), std::invalid_argument);
}

namespace {

/// Writes one log density after the other to where it is told.
struct WritesOnly : NegativeBinomial {
  void log_densities(const GeneSample& sample, double a, double b, Vector& out) const {
    for (Index i = 0; i < sample.size(); ++i) out[i] = log_density(sample.values[i], a, b, sample.exposure(i));
  }
};
static_assert(MixtureFamily<WritesOnly>);

}  // namespace

TEST_CASE("a family may take the length of its result for granted") {
  check_family(WritesOnly{});
  const Counts counts = support::awkward_counts(support::awkward_depths());
  const Rjmcmc quick{RjmcmcOptions{.sweeps = 30, .burn_in = 10, .chains = 1, .max_modes = 4}};
  for (Index gene = 1; gene < counts.nodes(); ++gene) {
    const GeneSample sample = pool_cells(counts, gene);
    Matrix joint;
    log_joint(WritesOnly{}, sample, Vector{{0.5, 0.5}}, Vector{{0.5, 2.0}}, 0.3, joint);
    CHECK(joint.rows() == sample.size());
  }
  check_clusterer(quick, counts, WritesOnly{});
}
