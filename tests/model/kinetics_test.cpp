#include <cmath>
#include <limits>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/model/model.hpp>
#include <support/throws.hpp>

using namespace cardamom;
using support::check_throws;

namespace {

Kinetics example() { return Kinetics::uniform(3, 1.0, 0.2, 0.02, 0.1, 2.0); }

}  // namespace

TEST_CASE("the protein scale makes every attractor a ratio of burst frequencies") {
  Kinetics kinetics = example();
  kinetics.mrna_decay << 0, 0.5, 3.0;
  kinetics.inverse_burst_size << 0, 0.07, 0.9;
  kinetics.scale_proteins();
  const Vector c = kinetics.inverse_protein_burst_size();
  for (Index i = 1; i < 3; ++i) {
    // (11): c = k1/d1, so that the mean protein level at burst frequency k, k/(c d1), is k/k1.
    CHECK(c[i] == doctest::Approx(kinetics.frequency_max[i] / kinetics.protein_decay[i]).epsilon(1e-14));
    const double mean_mrna = kinetics.frequency_max[i] / kinetics.mrna_decay[i] / kinetics.inverse_burst_size[i];
    const double mean_protein = kinetics.protein_synthesis[i] * mean_mrna / kinetics.protein_decay[i];
    CHECK(mean_protein == doctest::Approx(1.0).epsilon(1e-14));
  }
}

TEST_CASE("modes and rates make kinetics") {
  const Vector low = Eigen::Vector3d(0, 0.05, 0.0);
  const Vector high = Eigen::Vector3d(1, 2.0, 0.5);
  const Vector b = Eigen::Vector3d(1, 0.02, 0.1);
  const Kinetics kinetics =
      Kinetics::from_modes(low, high, b, {.mrna = Eigen::Vector3d(0, 0.2, 0.5), .protein = Vector::Constant(3, 0.04)});
  CHECK(kinetics.frequency_min[1] == doctest::Approx(0.01));
  CHECK(kinetics.frequency_max[1] == doctest::Approx(0.4));
  CHECK(kinetics.frequency_max[2] == doctest::Approx(0.25));
  CHECK(kinetics.protein_synthesis[1] == doctest::Approx(0.04 * 0.2 * 0.02 / 0.4));
  const Kinetics assumed = Kinetics::from_modes(low, high, b);
  CHECK(assumed.mrna_decay[2] == doctest::Approx(std::log(2.0) / 9.0));
  CHECK(assumed.protein_decay[2] == doctest::Approx(std::log(2.0) / 46.0));

  check_throws<std::invalid_argument>([&] { Kinetics::from_modes(low.head(2), high, b); }, {"shape_min", "2", "3"});
  check_throws<std::invalid_argument>([&] { Kinetics::from_modes(low, high, b, {.mrna = Vector::Ones(2)}); },
                                      {"rates.mrna", "2", "3"});
  check_throws<std::domain_error>([&] { Kinetics::from_modes(low, high, b, {.protein = Vector::Zero(3)}); },
                                  {"rates.protein[1]", "> 0"});
  check_throws<std::domain_error>(
      [&] { Kinetics::from_modes(high, Vector::Constant(3, 0.25), b, {.mrna = Vector::Ones(3)}); },
      {"frequency_min[1] is 2", "0.25"});
}

TEST_CASE("wrong kinetics are refused by field gene and value") {
  CHECK_NOTHROW(validate(example()));
  const auto broken = [](auto change) {
    Kinetics kinetics = example();
    change(kinetics);
    return kinetics;
  };
  check_throws<std::domain_error>([&] { validate(broken([](Kinetics& k) { k.mrna_decay[2] = 0; })); },
                                  {"mrna_decay[2] is 0", "> 0"});
  check_throws<std::domain_error>([&] { validate(broken([](Kinetics& k) { k.protein_decay[1] = -1; })); },
                                  {"protein_decay[1] is -1"});
  check_throws<std::domain_error>([&] { validate(broken([](Kinetics& k) { k.frequency_min[1] = 3; })); },
                                  {"frequency_min[1] is 3", "[0, 2]"});
  check_throws<std::domain_error>(
      [&] {
        validate(broken([](Kinetics& k) { k.inverse_burst_size[1] = std::numeric_limits<double>::quiet_NaN(); }));
      },
      {"inverse_burst_size[1] is nan"});
  check_throws<std::invalid_argument>([&] { validate(broken([](Kinetics& k) { k.protein_synthesis.resize(2); })); },
                                      {"protein_synthesis has size 2", "3"});
  // The stimulus has no kinetics: its entries are not looked at.
  CHECK_NOTHROW(validate(broken([](Kinetics& k) { k.mrna_decay[0] = -7; })));
}
