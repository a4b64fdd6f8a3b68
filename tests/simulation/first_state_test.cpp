// What cells are at the first observation, and the course of inputs around it.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/population.hpp>
#include <support/statistics.hpp>

namespace {

using namespace cardamom;

// One gene without regulators, of kon = 0.75 per hour and bursts of 20 molecules.
Model free_gene() {
  return make_model(Kinetics::uniform(2, 0.5, 0.05, 0.05, 0.0, 1.5), Network(Vector{{0, 0}}, std::vector<Edge>{}));
}

// An input switches A on, and A switches B off.
Model switched() {
  return make_model(Kinetics::uniform(3, 0.5, 0.05, 0.05, 0.05, 1.5),
                    Network(Vector{{0, -4, 4}}, std::vector<Edge>{{0, 1, 8}, {1, 2, -8}}));
}

std::vector<double> column(const Matrix& values, Index node) {
  return std::vector<double>(values.col(node).begin(), values.col(node).end());
}

}  // namespace

TEST_CASE("a gene without regulators rests at kon over d0 times koff over s0") {
  const Model model = free_gene();
  const Kinetics& kinetics = model.kinetics;
  const CellState rest = rest_state(model, Vector{{0.7}});
  const double kon = 0.75;
  CHECK(rest.mrna[1] == doctest::Approx(kon / (0.5 * 0.05)).epsilon(1e-12));
  // P = s1 M/d1, half of the scale of (11) at half of k1.
  CHECK(rest.protein[1] == doctest::Approx(rest.mrna[1] * kinetics.protein_synthesis[1] / 0.05).epsilon(1e-12));
  CHECK(rest.protein[1] == doctest::Approx(0.5).epsilon(1e-12));
  CHECK(rest.protein[0] == 0.7);
  CHECK_THROWS_WITH(rest_state(model, Vector{{0, 0}}), "rest_state: levels has size 2, must be 1");
}

TEST_CASE("a rest point is one of the network: every gene's rate is what the proteins make of it") {
  const Model model = switched();
  for (const double level : {0.0, 0.5, 1.0}) {
    const CellState rest = rest_state(model, Vector{{level}});
    for (Index gene = 1; gene < 3; ++gene) {
      const double mean = model.rate(gene, rest.protein) / (0.5 * 0.05);
      CHECK(rest.mrna[gene] == doctest::Approx(mean).epsilon(1e-9));
      const double protein = rest.mrna[gene] * model.kinetics.protein_synthesis[gene] / 0.05;
      CHECK(rest.protein[gene] == doctest::Approx(protein).epsilon(1e-9));
    }
  }
  CHECK(rest_state(model, Vector{{0}}).protein[1] < 0.2);
  CHECK(rest_state(model, Vector{{1}}).protein[1] > 0.8);
}

TEST_CASE("cells that start at rest stay there in the mean, those made from nothing do not") {
  const Model model = free_gene();
  const double mean = 30.0;  // kon/(d0 koff/s0)
  const auto p_value = [&](const FirstState& first, double expected, bool protein) {
    Protocol protocol{.time_points = {0}, .cells_per_time_point = 20000};
    start_from(protocol, first, model, Vector{{0}});
    const Population cells = simulate(model, protocol, {.seed = 3, .keep_latent = true});
    const support::Mean found = support::mean(column(protein ? cells.protein : cells.mrna, 1));
    return support::z_p_value(found.value, expected, found.standard_error);
  };
  // After any time: the mean of a gene without regulators does not move from where it rests.
  for (const double hours : {0.5, 3.0, 60.0}) {
    CHECK(p_value(AtRest{hours}, mean, false) > support::false_alarm);
    CHECK(p_value(AtRest{hours}, 0.5, true) > support::false_alarm);
  }
  CHECK(p_value(AtRest{60}, 1.05 * mean, false) < support::false_alarm);
  CHECK(p_value(AtRest{60}, 1.05 * 0.5, true) < support::false_alarm);
  // From nothing the mean is mean (1 − exp(−d0 t)).
  CHECK(p_value(BurnIn{3}, mean * (1 - std::exp(-1.5)), false) > support::false_alarm);
  CHECK(p_value(BurnIn{3}, mean, false) < support::false_alarm);
}

TEST_CASE("a course begins cells under the levels before, and at rest ends the burn-in where anything happens") {
  const Model model = switched();
  const InputCourse course{Vector{{0.5}}, {{0, 1, 0}, {24, 0, 0}}};
  Protocol protocol{.time_points = {12, 48}};
  start_from(protocol, BurnIn{7}, model, course);
  CHECK(protocol.burn_in == 7);
  CHECK(protocol.initial_states.empty());
  CHECK(protocol.schedule == std::vector<LevelChange>{{-7, 0.5, 0}, {0, 1, 0}, {24, 0, 0}});

  start_from(protocol, AtRest{100}, model, course);
  CHECK(protocol.burn_in == 100);
  REQUIRE(protocol.initial_states.size() == 1);
  CHECK(protocol.initial_states[0].protein == rest_state(model, Vector{{0.5}}).protein);
  CHECK(protocol.schedule.front() == LevelChange{-100, 0.5, 0});
  validate(protocol, 3);

  protocol.time_points = {-10, 48};
  start_from(protocol, AtRest{100}, model, course);
  CHECK(protocol.burn_in == 110);
  start_from(protocol, AtRest{100}, model, InputCourse{Vector{{0}}, {{-30, 1, 0}}});
  CHECK(protocol.burn_in == 130);
  CHECK(protocol.schedule == std::vector<LevelChange>{{-30, 1, 0}});
  CHECK(protocol.initial_states[0].protein[0] == 0);
  CHECK_THROWS_WITH(start_from(protocol, BurnIn{-1}, model, course), "FirstState: hours is -1, must be in [0, 1e+06]");
}

TEST_CASE("levels that are seen have been there since the observation before") {
  Matrix levels(4, 2);
  levels << 0, 1, 1, 1, 1, 0.5, 0, 0.5;
  const InputCourse course = observed_course(Vector{{6, 12, 24, 48}}, levels);
  CHECK(course.before == Vector{{0, 1}});
  CHECK(course.changes == std::vector<LevelChange>{{6, 1, 0}, {12, 0.5, 1}, {24, 0, 0}});
  const std::vector<LevelChange> schedule = schedule_of(course, -4);
  CHECK(schedule == std::vector<LevelChange>{{-4, 0, 0}, {-4, 1, 1}, {6, 1, 0}, {12, 0.5, 1}, {24, 0, 0}});
  const InputCourse back = course_from(schedule, 6, 2);
  CHECK(back.before == course.before);
  CHECK(back.changes == course.changes);
  // A schedule in any order, of every input and of genes, whose clamps are no levels of inputs.
  const InputCourse other = course_from({{3, 2, 2}, {1, 0.5, every_input}, {0, 1, 1}, {9, 0, 0}}, 2, 2);
  CHECK(other.before == Vector{{0.5, 0.5}});
  CHECK(other.changes == std::vector<LevelChange>{{9, 0, 0}});
  CHECK(observed_course(Vector{{0}}, Matrix(1, 0)).changes.empty());
  CHECK_THROWS_WITH(observed_course(Vector{{0, 1}}, Matrix::Zero(1, 1)),
                    "observed_course: levels.rows() has size 1, must be 2");
}

TEST_CASE("log-normal depths have mean 1 and the deviation that is asked for") {
  const double deviation = 0.4;
  const PoissonCapture law{.log_depth_deviation = deviation};
  RandomStream stream(5, Purpose::user);
  constexpr int cells = 100000;
  std::vector<double> depths, logs, squares;
  for (int k = 0; k < cells; ++k) {
    depths.push_back(law.depth(stream));
    logs.push_back(std::log(depths.back()));
    // The log of a depth of mean 1 is normal around −σ²/2.
    squares.push_back(std::pow(logs.back() + 0.5 * deviation * deviation, 2));
  }
  const support::Mean mean = support::mean(depths);
  CHECK(support::z_p_value(mean.value, 1.0, mean.standard_error) > support::false_alarm);
  CHECK(support::z_p_value(mean.value, 1.05, mean.standard_error) < support::false_alarm);
  const support::Mean of_log = support::mean(logs);
  CHECK(support::z_p_value(of_log.value, -0.08, of_log.standard_error) > support::false_alarm);
  const support::Mean variance = support::mean(squares);
  CHECK(support::z_p_value(variance.value, 0.16, variance.standard_error) > support::false_alarm);
  CHECK(support::z_p_value(variance.value, 0.16 * 1.05 * 1.05, variance.standard_error) < support::false_alarm);
  // Of a population, as it leaves the simulation.
  const Population cell_set =
      simulate(free_gene(), {.time_points = {0}, .cells_per_time_point = 3000}, {.seed = 2}, law);
  const Vector& depth = cell_set.counts.depth();
  REQUIRE(depth.size() == 3000);
  const Vector log_depth = depth.array().log();
  const double variance_of_log = (log_depth.array() + 0.08).square().mean();
  // The variance of 3000 normal values is off by √(2/3000) of itself: five of that.
  CHECK(std::abs(variance_of_log - 0.16) < 5 * 0.16 * std::sqrt(2.0 / 3000));
  CHECK_THROWS_WITH(validate(PoissonCapture{.log_depth_deviation = -1}),
                    "PoissonCapture: log_depth_deviation is -1, must be in [0, 5]");
}

TEST_CASE("what was fitted is checked by field") {
  validate(FittedExperiment{});
  CHECK(FittedExperiment{} == FittedExperiment{BurnIn{5}, 0.0});
  CHECK(FittedExperiment{} != FittedExperiment{AtRest{5}, 0.0});
  CHECK_THROWS_WITH(validate(FittedExperiment{AtRest{-1}, 0.0}), "FirstState: hours is -1, must be in [0, 1e+06]");
  CHECK_THROWS_WITH(validate(FittedExperiment{AtRest{}, 6.0}),
                    "FittedExperiment: depth_deviation is 6, must be in [0, 5]");
}
