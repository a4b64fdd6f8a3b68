#include <limits>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/core/error.hpp>
#include <support/throws.hpp>

using namespace cardamom;
using support::check_throws;

namespace {
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
}  // namespace

TEST_CASE("sizes and options are invalid_argument and name function argument value and expectation") {
  check_throws<std::invalid_argument>([] { check_size("f", "x", 3, 4); }, {"f: x", "3", "4"});
  check_throws<std::invalid_argument>([] { check_shape("f", "theta", Matrix(2, 3), 3, 3); },
                                      {"f: theta", "2 x 3", "3 x 3"});
  check_throws<std::invalid_argument>([] { check_index("f", "gene", 5, 5); }, {"f: gene", "5", "[0, 5)"});
  check_throws<std::invalid_argument>([] { check_index("f", "gene", -1, 5); }, {"-1"});
  check_throws<std::invalid_argument>([] { check_at_least("f", "cells", 0, 1); }, {"f: cells", "0", "at least 1"});
  CHECK_NOTHROW(check_size("f", "x", 4, 4));
  CHECK_NOTHROW(check_shape("f", "theta", Matrix(3, 3), 3, 3));
  CHECK_NOTHROW(check_index("f", "gene", 0, 1));
  CHECK_NOTHROW(check_at_least("f", "cells", 1, 1));
}

TEST_CASE("values outside their domain are domain_error") {
  check_throws<std::domain_error>([] { check_positive("f", "rate", 0.0); }, {"f: rate is 0", "> 0"});
  check_throws<std::domain_error>([] { check_positive("f", "rate", infinity); }, {"inf"});
  check_throws<std::domain_error>([] { check_nonnegative("f", "rate", -0.25); }, {"-0.25", ">= 0"});
  check_throws<std::domain_error>([] { check_nonnegative("f", "rate", not_a_number); }, {"nan"});
  check_throws<std::domain_error>([] { check_finite("f", "rate", -infinity); }, {"-inf", "finite"});
  check_throws<std::domain_error>([] { check_in("f", "share", 1.5, 0.0, 1.0); }, {"1.5", "[0, 1]"});
  check_throws<std::domain_error>([] { check_in("f", "share", not_a_number, 0.0, 1.0); }, {"nan"});
  CHECK_NOTHROW(check_in("f", "share", 1.0, 0.0, 1.0));
  CHECK_NOTHROW(check_nonnegative("f", "rate", 0.0));
}

TEST_CASE("array checks name the offending index and may skip the stimulus") {
  Vector values(4);
  values << -1.0, 2.0, -3.0, not_a_number;
  check_throws<std::domain_error>([&] { check_all_positive("f", "d0", values); }, {"d0[0]", "-1"});
  check_throws<std::domain_error>([&] { check_all_positive("f", "d0", values, 1); }, {"d0[2]", "-3"});
  check_throws<std::domain_error>([&] { check_all_nonnegative("f", "d0", values, 1); }, {"d0[2]"});
  check_throws<std::domain_error>([&] { check_all_finite("f", "d0", values); }, {"d0[3]", "nan"});
  CHECK_NOTHROW(check_all_positive("f", "d0", Vector(values.segment(1, 1))));
}

TEST_CASE("numbers are written so that they read back the same") {
  CHECK(detail::to_text(0.1) == "0.1");
  CHECK(std::stod(detail::to_text(1.0 / 3.0)) == 1.0 / 3.0);
  CHECK(detail::to_text(Index{-7}) == "-7");
}

TEST_CASE("IoError names file line and column and leaves out what does not apply") {
  const IoError full("a.tsv", 3, 7, "count is -1");
  CHECK(std::string(full.what()) == "a.tsv, line 3, column 7: count is -1");
  CHECK(full.file() == "a.tsv");
  CHECK(full.line() == 3);
  CHECK(full.column() == 7);
  CHECK(std::string(IoError("a.tsv", "cannot be opened").what()) == "a.tsv: cannot be opened");
}
