#include <string>

#include <doctest/doctest.h>

#include <cardamom/model/named_networks.hpp>

using namespace cardamom;

TEST_CASE("every named network is valid and has its published size") {
  const struct {
    const char* name;
    Index genes;
    std::size_t edges;
    Index times;
    Index cells;
  } expected[] = {{"toggle", 2, 4, 2, 50},     {"toggles", 4, 8, 2, 50},     {"fn4", 4, 7, 10, 100},
                  {"fn4_paper", 4, 7, 10, 50}, {"cn5", 5, 6, 10, 100},       {"fn8", 8, 17, 10, 100},
                  {"bn8", 8, 17, 10, 100},     {"tree:20", 20, 20, 10, 100}, {"cascade:6", 6, 6, 10, 100}};
  for (const auto& row : expected) {
    CAPTURE(row.name);
    const NamedExperiment experiment = named_experiment(row.name);
    CHECK(experiment.name == row.name);
    CHECK(experiment.model.genes() == row.genes);
    CHECK(experiment.model.inputs() == 1);
    CHECK(experiment.model.network().edges().size() == row.edges);
    CHECK(experiment.time_points.size() == row.times);
    CHECK(experiment.cells_per_time_point == row.cells);
    CHECK(experiment.burn_in == 5.0);
    CHECK_NOTHROW(validate(experiment.model));
    // (11): c = k1/d1.
    const Vector c = experiment.model.kinetics.inverse_protein_burst_size();
    const Vector expected_c =
        experiment.model.kinetics.frequency_max.array() / experiment.model.kinetics.protein_decay.array();
    CHECK(c.isApprox(expected_c, 1e-14));
  }
}

TEST_CASE("edges point from source to target with the published signs") {
  const Network fn = fn4().network();
  CHECK(fn.weight(1, 0) == 10.0);
  CHECK(fn.weight(4, 3) == 10.0);
  CHECK(fn.weight(1, 4) == -10.0);
  CHECK(fn.weight(4, 1) == 0.0);
  const Network cycle = cn5().network();
  CHECK(cycle.weight(2, 1) == -10.0);
  CHECK(cycle.weight(1, 5) == 10.0);
  CHECK(cycle.basal()[2] == 4.0);
  CHECK(bn8().network().weight(2, 2) == 5.0);
  CHECK(fn8().network().weight(8, 4) == -10.0);
  const Network toggles = two_toggles().network();
  CHECK(toggles.weight(4, 3) == -7.0);
  CHECK(toggles.weight(3, 2) == 0.0);
}

TEST_CASE("the two printed variants of the four genes differ in kinetics alone") {
  const Model paper = fn4_paper();
  const Model benchmark = fn4();
  CHECK(paper.network().edges() == benchmark.network().edges());
  CHECK(paper.kinetics.mrna_decay[1] == 1.0);
  CHECK(paper.kinetics.protein_decay[1] == 0.2);
  CHECK(paper.kinetics.frequency_min[1] == 0.1);
  CHECK(paper.kinetics.frequency_max[1] == 2.0);
  CHECK(benchmark.kinetics.mrna_decay[1] == 0.2);
  CHECK(benchmark.kinetics.protein_decay[1] == 0.04);
  CHECK(benchmark.kinetics.frequency_min[1] == 0.0);
  CHECK(benchmark.kinetics.frequency_max[1] == doctest::Approx(0.4));
}

TEST_CASE("trees and cascades of fewer than ten genes are slow") {
  CHECK(named_experiment("tree:5").model.kinetics.protein_decay[1] == 0.05);
  CHECK(named_experiment("tree:5").time_points[9] == 96.0);
  CHECK(named_experiment("tree:9").time_points[9] == 96.0);
  CHECK(named_experiment("tree:10").model.kinetics.protein_decay[1] == 0.2);
  CHECK(named_experiment("cascade:10").time_points[9] == 25.0);
  CHECK(named_model("tree:10", 3).network().edges() == random_tree(11, 3).edges());
}

TEST_CASE("kinetics count genes beside any number of inputs") {
  CHECK(tree_kinetics(10, 0).protein_decay[0] == 0.2);
  CHECK(tree_kinetics(10, 1).protein_decay[1] == 0.05);
  CHECK(tree_kinetics(11, 2).protein_decay[2] == 0.05);
  CHECK(paper_kinetics(4, 2).genes() == 2);
}

TEST_CASE("unknown names list the known ones") {
  CHECK_THROWS_WITH_AS(named_model("fn5"),
                       "named_experiment: there is no network \"fn5\"; known are toggle, toggles, fn4, fn4_paper, cn5, "
                       "fn8, bn8, tree:N, cascade:N",
                       std::invalid_argument);
  CHECK_THROWS_AS(named_model("tree"), std::invalid_argument);
  CHECK_THROWS_AS(named_model("fn4:3"), std::invalid_argument);
  for (const std::string bad : {"tree:", "tree:x", "tree:0", "cascade:-2", "tree:3.5", "tree:100001", "tree:1000000000",
                                "tree:99999999999999999999"}) {
    CAPTURE(bad);
    CHECK_THROWS_WITH_AS(named_model(bad),
                         ("named_experiment: name is \"" + bad +
                          "\", the number of genes after the colon must be a whole number in [1, 100000]")
                             .c_str(),
                         std::invalid_argument);
  }
}
