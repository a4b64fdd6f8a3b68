// A gene in the place of an input is found out.
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/data/check_inputs.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

/// Two time points of three cells; one input, then a gene.
Counts with_levels(const Vector& levels, Index inputs = 1) {
  Matrix values(6, 2);
  values << levels, Vector{{3, 0, 7, 7, 1, 2}};
  return Counts(values, Vector{{0, 0, 0, 6, 6, 6}}, {}, {}, inputs);
}

}  // namespace

TEST_CASE("what an experimenter sets passes") {
  check_inputs(with_levels(Vector{{0, 0, 0, 1, 1, 1}}));
  check_inputs(with_levels(Vector{{0, 0, 0, 0.5, 2, 0.5}}), 2);
  check_inputs(with_levels(Vector{{5, 1, 3, 0, 0, 9}}, 0));  // no input, two genes
  check_inputs(Counts());
}

TEST_CASE("a table whose first column is a gene is told apart") {
  support::check_throws<std::invalid_argument>(
      [] {
        check_inputs(with_levels(Vector{{0, 0, 0, 4, 4, 2}}));
      },
      {"check_inputs: counts has 2 levels of input 0 (Stimulus; 2, 4, …) at "
       "time 6, must have at most series = 1: is it a gene?",
       "inputs = 0"});
  const Counts doses = with_levels(Vector{{0, 0, 0, 4, 1, 2}});
  support::check_throws<std::invalid_argument>([&] { check_inputs(doses, 2); }, {"3 levels", "series = 2"});
  check_inputs(doses, 3);
  CHECK_THROWS_AS(check_inputs(doses, 0), std::invalid_argument);
  // The second of two inputs.
  support::check_throws<std::invalid_argument>(
      [] {
        check_inputs(with_levels(Vector{{0, 0, 0, 1, 1, 1}}, 2));
      },
      {"3 levels of input 1 (Input2; 0, 3, …) at time 0"});
}
