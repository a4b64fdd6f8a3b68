#include <cmath>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/trajectory.hpp>
#include <cardamom/simulation/two_state_process.hpp>

namespace {

using namespace cardamom;

}  // namespace

TEST_CASE("a followed cell is the cell of the population") {
  const Model model = fn4_paper();
  const Protocol protocol{.time_points = {3, 17}, .cells_per_time_point = 4};
  const Population population = simulate(model, protocol, {.seed = 9, .keep_latent = true});
  const BurstyProcess process(model.kinetics, model.rate);
  const Trajectory cell = follow_cell(process, protocol, {17}, {.seed = 9, .cell = 6});
  CHECK(cell.mrna.row(0) == population.mrna.row(6));
  CHECK(cell.protein.row(0) == population.protein.row(6));

  const Trajectory fine = follow_cell(process, protocol, {-5, 0, 1e-9, 4, 17, 17}, {.seed = 9, .cell = 6});
  CHECK(fine.bursts.size() == cell.bursts.size());
  CHECK(fine.mrna.row(0) == Matrix::Zero(1, 5));
  CHECK(fine.protein.col(0) == Vector{{0, 0, 1, 1, 1, 1}});
  CHECK((fine.mrna.row(4) - cell.mrna.row(0)).cwiseAbs().maxCoeff() < 1e-9);
  CHECK(fine.mrna.row(4) == fine.mrna.row(5));
  double last = -5;
  for (const Burst& burst : fine.bursts) {
    CHECK(burst.time >= last);
    CHECK(burst.size > 0.0);
    last = burst.time;
  }
}

TEST_CASE("times to follow a cell at must not decrease") {
  const Model model = fn4_paper();
  const BurstyProcess process(model.kinetics, model.rate);
  CHECK_THROWS_WITH_AS(follow_cell(process, {}, {1, 0.5}),
                       "follow_cell: times[1] is 0.5, must be at least 1 and at most 1e+06", std::invalid_argument);
  CHECK_THROWS_WITH_AS(follow_cell(process, {}, {-6}),
                       "follow_cell: times[0] is -6, must be at least -5 and at most 1e+06", std::invalid_argument);
  CHECK_THROWS_WITH_AS(follow_cell(process, {}, {1}, {.cell = -1}),
                       "follow_cell: options.cell is -1, must be at least 0", std::invalid_argument);
}

TEST_CASE("experiments run with any process") {
  const Model model = fn4_paper();
  const Protocol protocol{.time_points = {0, 20}, .cells_per_time_point = 400};
  const Population bursty = simulate(model, protocol, {.seed = 1});
  const Population protein = simulate(ProteinProcess(model.kinetics, model.rate), protocol, {.seed = 1}, Threads(2));
  const Population two_state = simulate(TwoStateProcess(model.kinetics, Vector::Constant(5, 100.0), model.rate),
                                        protocol, {.seed = 1}, Threads(2));
  for (Index k = 0; k < 2; ++k) {
    for (Index gene = 1; gene < 5; ++gene) {
      const double expected = bursty.counts.values().col(gene).segment(400 * k, 400).mean();
      CHECK(protein.counts.values().col(gene).segment(400 * k, 400).mean() ==
            doctest::Approx(expected).epsilon(0.3).scale(15));
      CHECK(two_state.counts.values().col(gene).segment(400 * k, 400).mean() ==
            doctest::Approx(expected).epsilon(0.3).scale(15));
    }
  }
}

TEST_CASE("a knock-out leaves every gene that is not downstream bit for bit as it was") {
  // fn8 has branches and feedback; gene 6 acts on 1 and 7, so almost all is downstream of it; gene 8 is of none.
  for (const Model& model : {fn8(), bn8(), benchmark_tree(21, 3)}) {
    const Index genes = model.nodes();
    for (const Index knocked : {Index{3}, Index{7}}) {
      std::vector<char> downstream(static_cast<std::size_t>(genes));
      downstream[static_cast<std::size_t>(knocked)] = 1;
      for (Index round = 0; round < genes; ++round) {
        for (const Edge& edge : model.network().edges()) {
          if (downstream[static_cast<std::size_t>(edge.source)]) downstream[static_cast<std::size_t>(edge.target)] = 1;
        }
      }
      const Protocol protocol{.time_points = {0, 9, 40}, .cells_per_time_point = 60};
      const SimulateOptions clocks{.seed = 4, .keep_latent = true, .process = {.path = Path::clocks}};
      const PoissonCapture law{.depth_variation = 0.3};
      const Sigmoid wild_rate = model.rate;
      const Population wild = simulate(BasicModel{model.kinetics, wild_rate}, protocol, clocks, law);
      const Population mutant = simulate(BasicModel{model.kinetics, perturb(wild_rate, {knock_out(knocked)})}, protocol,
                                         clocks, law, Threads(2));
      const Population boosted =
          simulate(BasicModel{model.kinetics, perturb(wild_rate, {over_express(knocked, 1.0)})}, protocol, clocks, law);
      CHECK(mutant.mrna.col(knocked).maxCoeff() == 0.0);
      CHECK(boosted.mrna.col(knocked).mean() > wild.mrna.col(knocked).mean());
      Index kept = 0;
      for (Index gene = 0; gene < genes; ++gene) {
        if (downstream[static_cast<std::size_t>(gene)]) continue;
        ++kept;
        for (const Population* other : {&mutant, &boosted}) {
          CHECK(other->counts.values().col(gene) == wild.counts.values().col(gene));
          CHECK(other->protein.col(gene) == wild.protein.col(gene));
        }
      }
      CHECK(kept >= 1);
    }
  }
}

TEST_CASE("holding a protein leaves genes upstream as they were") {
  const Model model = benchmark_tree(11, 2);
  Protocol protocol{.time_points = {20}, .cells_per_time_point = 50};
  const SimulateOptions clocks{.seed = 4, .keep_latent = true, .process = {.path = Path::clocks}};
  const Population wild = simulate(model, protocol, clocks);
  protocol.schedule.push_back({.time = 7, .level = 2, .node = 5});
  const Population held = simulate(model, protocol, clocks);
  CHECK(held.protein.col(5) == Vector::Constant(50, 2.0));
  CHECK(held.mrna.col(5).size() == 50);
  std::vector<char> downstream(11);
  downstream[5] = 1;
  for (int round = 0; round < 11; ++round) {
    for (const Edge& edge : model.network().edges()) {
      if (downstream[static_cast<std::size_t>(edge.source)]) downstream[static_cast<std::size_t>(edge.target)] = 1;
    }
  }
  for (Index gene = 1; gene < 11; ++gene) {
    if (!downstream[static_cast<std::size_t>(gene)]) CHECK(held.mrna.col(gene) == wild.mrna.col(gene));
  }
}
