// An optimizer that breaks a duty is found out, whichever it is, and errors of 5 % are enough.
#include <cmath>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string_view>

#include <doctest/doctest.h>

#include <cardamom/regression/check_optimizer.hpp>
#include <cardamom/regression/proximal_gradient.hpp>
#include <cardamom/regression/proximal_newton.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

/// A good one, after which something is spoilt.
struct Spoilt {
  std::function<void(VectorOut, Convergence&)> spoil;
  template <class Objective>
  Convergence minimize(const Objective& objective, const RowPenalty& penalty, VectorOut x) const {
    Convergence result = ProximalGradient{}.minimize(objective, penalty, x);
    spoil(x, result);
    return result;
  }
};

void check_caught(const std::function<void(VectorOut, Convergence&)>& spoil,
                  std::initializer_list<std::string_view> parts) {
  support::check_throws<NumericalError>([&] { check_optimizer(Spoilt{spoil}); }, {"check_optimizer: minimize, row "});
  support::check_throws<NumericalError>([&] { check_optimizer(Spoilt{spoil}); }, parts);
}

}  // namespace

TEST_CASE("shipped optimizers keep their duties") {
  check_optimizer(ProximalNewton{});
  check_optimizer(ProximalGradient{});
  check_optimizer(ProximalNewton{}, {.tolerance = 1e-7, .rows = 5, .seed = 3});
  check_optimizer(Spoilt{[](VectorOut, Convergence&) {}});
}

TEST_CASE("a point that is not the optimum is caught") {
  check_caught([](VectorOut x, Convergence&) { x[0] *= 1.05; },
               {"with a subgradient of", "status \"converged\"", "must be at most 0.001"});
  check_caught([](VectorOut x, Convergence&) { x[0] *= 0.95; }, {"with a subgradient of"});
  check_caught([](VectorOut x, Convergence&) { x[8] += 0.05; }, {"with a subgradient of"});
  check_caught([](VectorOut x, Convergence&) { x[0] += 100.0; }, {"goes from the total", "must not increase it"});
  check_caught([](VectorOut x, Convergence&) { x[1] = std::nan(""); }, {"x = (", "nan", "must be finite"});
}

TEST_CASE("a coefficient that is not held or not quite zero is caught") {
  check_caught([](VectorOut x, Convergence&) { x[3] *= 1.001; }, {"x[3] = 0.70", "must be held at its anchor 0.7"});
  check_caught([](VectorOut x, Convergence&) { x[5] = 1e-9; }, {"x[5] = 1e-09", "must be 0 exactly"});
}

TEST_CASE("an optimizer that depends on more than its arguments is caught") {
  int calls = 0;
  check_caught([&calls](VectorOut x, Convergence&) { x[8] += 1e-9 * ++calls; }, {"when called again", "as before"});
}

TEST_CASE("options of the check are checked") {
  CHECK_THROWS_AS(check_optimizer(ProximalNewton{}, {.tolerance = 0.0}), std::domain_error);
  CHECK_THROWS_AS(check_optimizer(ProximalNewton{}, {.rows = 0}), std::invalid_argument);
}
