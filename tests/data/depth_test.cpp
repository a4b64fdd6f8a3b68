#include <limits>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/data/depth.hpp>
#include <support/throws.hpp>

using namespace cardamom;
using support::check_throws;

namespace {

/// Cells at 6, 0, 12, 6 and 0 h.
Counts example() { return Counts(Matrix::Zero(5, 2), Vector{{6, 0, 12, 6, 0}}); }

}  // namespace

TEST_CASE("depths are relative to their mean") {
  CHECK(relative_depths(Vector{{1, 2, 3}}).isApprox(Vector{{0.5, 1, 1.5}}, 1e-15));
  CHECK(relative_depths(Vector{{7}}) == Vector{{1}});
  CHECK(relative_depths(Vector()).size() == 0);
  // However large: the mean does not overflow.
  CHECK(relative_depths(Vector{{1e308, 1e308, 1e308}}) == Vector::Ones(3));
  check_throws<std::domain_error>([] { return relative_depths(Vector{{1, 0}}); }, {"measured[1]", "0", "> 0"});
  check_throws<std::domain_error>(
      [] {
        return relative_depths(Vector{{1, std::numeric_limits<double>::infinity()}});
      },
      {"measured[1]", "inf"});
}

TEST_CASE("totals are compared between time points, not within them") {
  const TotalsByTime alike = totals_by_time(example(), Vector{{100, 10, 30, 20, 70}});
  CHECK(alike.means == Eigen::Vector3d(40, 60, 30));
  CHECK(alike.smallest == 2);
  CHECK(alike.largest == 1);
  CHECK(alike.ratio == 2.0);
  CHECK_FALSE(alike.differ());  // twofold is not more than twofold
  CHECK(totals_by_time(example(), Vector{{100, 10, 29, 20, 70}}).differ());
}

TEST_CASE("totals without molecules, without cells and of one time point") {
  const TotalsByTime none = totals_by_time(example(), Vector::Zero(5));
  CHECK(none.ratio == 1.0);
  CHECK_FALSE(none.differ());
  const TotalsByTime silent = totals_by_time(example(), Vector{{1, 1, 0, 1, 1}});
  CHECK(silent.ratio == std::numeric_limits<double>::infinity());
  CHECK(silent.differ());
  CHECK(totals_by_time(Counts(), Vector()).ratio == 1.0);
  CHECK(totals_by_time(Counts(Matrix::Zero(2, 2), Vector::Zero(2)), Vector{{1, 100}}).ratio == 1.0);
}

TEST_CASE("totals that are none are refused") {
  check_throws<std::invalid_argument>([] { return totals_by_time(example(), Vector::Ones(4)); }, {"totals", "4", "5"});
  check_throws<std::domain_error>(
      [] {
        return totals_by_time(example(), Vector{{1, 1, -1, 1, 1}});
      },
      {"totals[2]", "-1", ">= 0"});
}
