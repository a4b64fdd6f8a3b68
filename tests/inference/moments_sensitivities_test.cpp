// Moments of simulated cells and their sensitivities.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/executor.hpp>
#include <cardamom/inference/moments/sensitivities.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/population.hpp>
#include <support/large_sample.hpp>
#include <support/two_genes.hpp>

using namespace cardamom;
using support::two_genes;

namespace {

const Observation poisson{PoissonCapture{}};

MomentStatistics two_gene_statistics() {
  MomentStatistics statistics;
  statistics.summaries = {SummaryStatistic(3.0, 60.0, poisson), SummaryStatistic(5.0, 90.0, poisson)};
  statistics.all = {{0, 0}, {0, 1}, {1, 1}};
  statistics.groups = {{{0, 1, 2}, 0, 12}};
  return statistics;
}

LeapProtocol until(double last, Index cells) {
  LeapProtocol protocol;
  protocol.observation_times = {0.0, last};
  protocol.levels = Matrix::Ones(2, 1);
  protocol.cells = cells;
  return protocol;
}

}  // namespace

TEST_CASE("path scores give the sensitivities that differences of simulations give" * support::large_sample()) {
  const MomentStatistics statistics = two_gene_statistics();
  LeapProtocol protocol = until(8.0, 40000);
  protocol.longest_step = 0.25;
  const std::vector<Vector> centres(2, Vector::Constant(2, 0.3));
  const auto moments = simulate_moments(two_genes(), protocol, statistics, centres, poisson, Threads(2));
  // Parameters: θ_00 θ_01 θ_02 β_0 log k0_0 log k1_0 of gene 0, then of gene 1.
  for (const Index parameter : {0, 3, 4, 5, 7, 9, 10, 11}) {
    const auto at = [&](double shift) {
      LinearLeapingModel<> model = two_genes();
      const Index gene = parameter / 6;
      const Index column = parameter % 6;
      if (column < 3) model.interactions(gene, column) += shift;
      if (column == 3) model.basal[gene] += shift;
      if (column == 4) model.kinetics.frequency_min[1 + gene] *= std::exp(shift);
      if (column == 5) model.kinetics.frequency_max[1 + gene] *= std::exp(shift);
      LeapProtocol other = protocol;
      other.replicate = 1;  // the same draws on both sides: their noise cancels
      return simulate_moments(model, other, statistics, centres, poisson, Threads(2))[1].statistics;
    };
    const Vector difference = (at(0.25) - at(-0.25)) / 0.5;
    for (Index q = 0; q < 3; ++q) {
      CHECK(moments[1].sensitivity[0](q, parameter) ==
            doctest::Approx(difference[q]).epsilon(0.0).scale(1.0).epsilon(0.02));
    }
  }
}

TEST_CASE("moments agree with those of counts simulated exactly") {
  const LinearLeapingModel<> leaping = two_genes();
  const MomentStatistics statistics = two_gene_statistics();
  LeapProtocol protocol = until(10.0, 20000);
  protocol.longest_step = longest_leap(leaping.kinetics);
  const std::vector<Vector> centres(2, Vector::Zero(2));
  const auto moments = simulate_moments(leaping, protocol, statistics, centres, poisson, Threads(2));

  Matrix theta = Matrix::Zero(3, 3);
  theta.bottomRows(2) = leaping.interactions;
  Vector basal = Vector::Zero(3);
  basal.tail(2) = leaping.basal;
  Protocol exact_protocol;
  exact_protocol.time_points = {0.0, 10.0};
  exact_protocol.cells_per_time_point = 10000;
  const Counts counts =
      simulate(make_model(leaping.kinetics, Network(basal, theta)), exact_protocol, {.seed = 3}, Threads(2)).counts;
  for (Index k = 0; k < 2; ++k) {
    Vector expected = Vector::Zero(3);
    for (const Index cell : counts.cells_at(k)) {
      const double a = statistics.summaries[0](counts.values()(cell, 1));
      const double b = statistics.summaries[1](counts.values()(cell, 2));
      expected += Eigen::Vector3d(a, a * b, b) / 10000.0;
    }
    // Four standard errors of a mean of 10000 cells, and the leap's own error.
    for (Index q = 0; q < 3; ++q) {
      CHECK(std::abs(moments[static_cast<std::size_t>(k)].statistics[q] - expected[q]) < 0.02);
    }
  }
}

TEST_CASE("simulated moments do not depend on the executor") {
  const LeapProtocol protocol = until(8.0, 130);
  const std::vector<Vector> centres(2, Vector::Constant(2, 0.3));
  const auto one = simulate_moments(two_genes(), protocol, two_gene_statistics(), centres, poisson, Sequential{});
  const auto three = simulate_moments(two_genes(), protocol, two_gene_statistics(), centres, poisson, Threads(3));
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(one[k].statistics == three[k].statistics);
    CHECK(one[k].sensitivity[0] == three[k].sensitivity[0]);
    CHECK(one[k].covariance[0] == three[k].covariance[0]);
  }
}
