#include <atomic>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/simulation/population.hpp>

namespace {

using namespace cardamom;

Model cascade() {
  return make_model(Kinetics::uniform(3, 1.0, 0.2, 0.02, 0.05, 2.0),
                    Network(Vector{{0, -5, -5}}, std::vector<Edge>{{0, 1, 10}, {1, 2, 10}}, {"Light", "A", "B"}));
}

}  // namespace

TEST_CASE("a population has the experiment's shape and the network's names") {
  const Population population =
      simulate(cascade(), {.time_points = {0, 4, 20}, .cells_per_time_point = 7}, {.seed = 1});
  const Counts& counts = population.counts;
  CHECK(counts.cells() == 21);
  CHECK(counts.nodes() == 3);
  CHECK(counts.names() == std::vector<std::string>{"Light", "A", "B"});
  CHECK(counts.time_points() == Vector{{0, 4, 20}});
  CHECK(counts.cells_at(1).size() == 7);
  CHECK(counts.depth().size() == 0);
  CHECK(population.mrna.size() == 0);
  for (Index x = 0; x < counts.cells(); ++x) {
    CHECK(counts.values()(x, 0) == (counts.times()[x] > 0 ? 1.0 : 0.0));
    CHECK(counts.values()(x, 1) == std::floor(counts.values()(x, 1)));
  }
  CHECK(population.diagnostics.work.bursts > 0);
  CHECK(population.diagnostics.work.candidates >= population.diagnostics.work.bursts);
  CHECK(population.diagnostics.path != Path::automatic);
}

TEST_CASE("the stimulus switches the cascade on") {
  const Population population =
      simulate(cascade(), {.time_points = {0, 30}, .cells_per_time_point = 300}, {.seed = 2, .keep_latent = true});
  CHECK(population.mrna.topRows(300).col(1).mean() < 20.0);
  CHECK(population.mrna.bottomRows(300).col(1).mean() > 60.0);
  CHECK(population.protein.bottomRows(300).col(2).mean() > 0.5);
  CHECK(population.protein(599, 0) == 1.0);
  // Counts are Poisson around the latent mRNA.
  const Matrix residual = population.counts.values() - population.mrna;
  const double mean = population.mrna.rightCols(2).mean();
  CHECK(residual.rightCols(2).mean() == doctest::Approx(0.0).epsilon(1.0).scale(1.0));
  CHECK(residual.rightCols(2).squaredNorm() / 1200.0 == doctest::Approx(mean).epsilon(0.15));
}

TEST_CASE("executor and chunks change no bit") {
  const Protocol protocol{.time_points = {0, 3, 9}, .cells_per_time_point = 40};
  const Population one = simulate(cascade(), protocol, {.seed = 5, .keep_latent = true});
  for (const Index threads : {2, 8}) {
    const Population many = simulate(cascade(), protocol, {.seed = 5, .keep_latent = true}, Threads(threads));
    CHECK(many.counts.values() == one.counts.values());
    CHECK(many.mrna == one.mrna);
    CHECK(many.protein == one.protein);
    CHECK(many.diagnostics.work.bursts == one.diagnostics.work.bursts);
  }
  CHECK(simulate(cascade(), protocol, {.seed = 6}).counts.values() != one.counts.values());
}

TEST_CASE("cells of a time point are not the cells of the next") {
  const Population population =
      simulate(cascade(), {.time_points = {10, 10.001}, .cells_per_time_point = 50}, {.seed = 5, .keep_latent = true});
  Index alike = 0;
  for (Index x = 0; x < 50; ++x) alike += std::abs(population.mrna(x, 1) - population.mrna(50 + x, 1)) < 1.0;
  CHECK(alike < 10);
}

TEST_CASE("capture efficiency and depth thin the counts") {
  const Protocol protocol{.time_points = {30}, .cells_per_time_point = 2000};
  const double full = simulate(cascade(), protocol, {.seed = 3}).counts.values().rightCols(2).mean();
  const PoissonCapture law{.efficiency = 0.1, .depth_variation = 0.5};
  const Population thin = simulate(cascade(), protocol, {.seed = 3}, law);
  CHECK(thin.counts.values().rightCols(2).mean() == doctest::Approx(0.1 * full).epsilon(0.06));
  const Vector& depth = thin.counts.depth();
  REQUIRE(depth.size() == 2000);
  CHECK(depth.mean() == doctest::Approx(1.0).epsilon(0.05));
  CHECK((depth.array() - depth.mean()).square().mean() == doctest::Approx(0.25).epsilon(0.15));
}

TEST_CASE("schedules hold any protein and initial states are used") {
  CellState full = CellState::zero(3);
  full.mrna << 0, 100, 100;
  full.protein << 0, 1, 1;
  const Population population = simulate(cascade(),
                                         {.time_points = {0, 5, 9},
                                          .cells_per_time_point = 30,
                                          .burn_in = 0,
                                          .schedule = {{.time = 4, .level = 0.5, .node = 2},
                                                       {.time = 2, .level = 0.3},
                                                       {.time = 8, .level = -1, .node = 2}},
                                          .initial_states = {full}},
                                         {.seed = 4, .keep_latent = true});
  CHECK(population.mrna.topRows(30).rightCols(2) == Matrix::Constant(30, 2, 100.0));
  CHECK(population.counts.values()(35, 0) == 0.3);
  CHECK(population.protein.middleRows(30, 30).col(2) == Matrix::Constant(30, 1, 0.5));
  CHECK(population.protein(60, 2) != 0.5);
}

TEST_CASE("an experiment that cannot be run is refused by field") {
  const auto refuse = [](const Protocol& protocol, const char* message) {
    CHECK_THROWS_WITH(simulate(cascade(), protocol, {.seed = 1}), message);
  };
  refuse({.time_points = {}}, "Protocol: time_points.size() is 0, must be at least 1");
  refuse({.time_points = {1, 2, 1}}, "Protocol: time_points[2] is 1, which is there already");
  refuse({.cells_per_time_point = 0}, "Protocol: cells_per_time_point is 0, must be at least 1");
  refuse({.burn_in = -1}, "Protocol: burn_in is -1, must be in [0, 1e+06]");
  refuse({.burn_in = 1e300}, "Protocol: burn_in is 1e+300, must be in [0, 1e+06]");
  refuse({.time_points = {0, 1e300}}, "Protocol: time_points[1] is 1e+300, must be in [-5, 1e+06]");
  refuse({.time_points = {0, NAN}}, "Protocol: time_points[1] is nan, must be in [-5, 1e+06]");
  refuse({.time_points = {0, 1}, .cells_per_time_point = Index{1} << 62},
         "Protocol: cells_per_time_point is 4611686018427387904, must be at most 183251937962 at 2 time points of 3 "
         "nodes");
  refuse({.schedule = {{.node = 3}}}, "Protocol: schedule[0].node is 3, must be in [0, 3)");
  refuse({.schedule = {{.level = -1}}}, "Protocol: schedule[0].level is -1, must be finite and >= 0");
  refuse({.initial_states = {CellState::zero(2)}}, "Protocol: initial_states[0].mrna has size 2, must be 3");
  CHECK_THROWS_AS(simulate(cascade(), {.time_points = {-7}}), std::domain_error);
  const auto refuse_law = [](const PoissonCapture& law, const char* message) {
    CHECK_THROWS_WITH_AS(simulate(cascade(), {}, {}, law), message, std::domain_error);
  };
  refuse_law({.efficiency = 0}, "PoissonCapture: efficiency is 0, must be in [2.2250738585072014e-308, 1]");
  refuse_law({.efficiency = 1.1}, "PoissonCapture: efficiency is 1.1, must be in [2.2250738585072014e-308, 1]");
  refuse_law({.depth_variation = -1}, "PoissonCapture: depth_variation is -1, must be in [0, 10]");
  refuse_law({.depth_variation = 1e300}, "PoissonCapture: depth_variation is 1e+300, must be in [0, 10]");
}

TEST_CASE("more molecules than a count can hold are an error that names the cell") {
  Kinetics kinetics = Kinetics::uniform(2, 1.0, 0.2, 0.02, 0.1, 2.0);
  kinetics.inverse_burst_size[1] = 1e-18;
  const Model model = make_model(kinetics, Network(Vector::Zero(2), std::vector<Edge>{}));
  CHECK_THROWS_WITH_AS(
      simulate(model, {.time_points = {50}}, {.seed = 1}),
      doctest::Contains("simulate: cell 0 (time point 50): PoissonCapture: the mean of a count, efficiency * depth * "
                        "molecules of "),
      NumericalError);
}

TEST_CASE("an error inside names the cell and progress can cancel") {
  const auto rate = [](Index, const VectorIn& p) { return p[1] > 0.0 ? 3.0 : 1.0; };
  const BoundedFunctionRate wrong(rate, Vector{{0, 1}});
  const Kinetics kinetics = Kinetics::uniform(2, 1.0, 0.2, 0.02, 0.1, 2.0);
  for (const Index threads : {1, 2}) {
    std::string message;
    try {
      (void)simulate(BasicModel{kinetics, wrong}, {.time_points = {100}}, {.seed = 1}, Threads(threads));
    } catch (const NumericalError& error) {
      message = error.what();
    }
    CHECK(message.find("simulate: cell ") == 0);
    CHECK(message.find("(time point 100): rate(1, protein) is 3 at time") != std::string::npos);
  }
  Index last = 0;
  CHECK_THROWS_AS(simulate(cascade(), {}, {.seed = 1}, Threads(2),
                           [&](Index done, Index total) {
                             CHECK(total == 1000);
                             CHECK(done == last + 1);
                             last = done;
                             return done < 10;
                           }),
                  Cancelled);
  CHECK(last == 10);
}
