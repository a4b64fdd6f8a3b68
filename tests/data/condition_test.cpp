// What was done to cells: conditions, their validation, and the groups of cells to which the same was done.
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/data/condition.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/series_inputs.hpp>
#include <cardamom/data/thin_counts.hpp>

#include "support/throws.hpp"

using namespace cardamom;
using support::check_throws;

namespace {

// Six cells of two genes at the times 0 and 1, conditions in turn.
Counts six() {
  Matrix values(6, 3);
  values << 0, 1, 2, 0, 3, 4, 0, 5, 6, 1, 7, 8, 1, 9, 10, 1, 11, 12;
  return {values, Vector{{0, 0, 0, 1, 1, 1}}, {"Stimulus", "A", "B"}};
}

const std::vector<Condition> screen = {{"wild type"}, {"no A", {knock_out(1)}}, {"some B", {knock_down(2, 0.25)}}};

}  // namespace

TEST_CASE("cells keep what was done to them") {
  const Counts counts = six().with_conditions(screen, {0, 1, 2, 0, 1, 2});
  CHECK(counts.conditions() == screen);
  CHECK(counts.condition_of_cell() == std::vector<Index>{0, 1, 2, 0, 1, 2});
  CHECK(counts.values() == six().values());
  const Counts chosen = counts.select_cells(std::vector<Index>{4, 0});
  CHECK(chosen.conditions() == screen);
  CHECK(chosen.condition_of_cell() == std::vector<Index>{1, 0});
  const Counts thinned = thin_counts(counts, 1.0, 1);
  CHECK(thinned.conditions() == screen);
  CHECK(thinned.condition_of_cell() == counts.condition_of_cell());
  const Counts knocked_out = counts.of_condition(1);
  CHECK(knocked_out.conditions().empty());
  CHECK(knocked_out.values() == six().values()(std::vector<Index>{1, 4}, Eigen::all).eval());
  CHECK(six().conditions().empty());
}

TEST_CASE("a condition sets the columns of the inputs that it names, from the change on") {
  const std::vector<Condition> doses = {{"none", {}, {{.time = 0.0, .level = 0.0, .node = 0}}},
                                        {"half", {}, {{.time = 0.0, .level = 0.5}}},
                                        {"as it was"}};
  const Counts counts = six().with_conditions(doses, {0, 1, 2, 0, 1, 2});
  CHECK(counts.values().col(0) == Vector{{0, 0, 0, 0, 0.5, 1}});
  CHECK(counts.values().rightCols(2) == six().values().rightCols(2));
  check_throws<std::invalid_argument>([&] { refuse_conditions("here", counts); },
                                      {"here: counts has conditions", "\"none\"", "of_condition"});
  check_throws<std::invalid_argument>(
      [&] {
        (void)with_series_inputs(counts, {0, 1, 0, 1, 0, 1}, 0, 1);
      },
      {"with_series_inputs: counts has conditions"});
}

TEST_CASE("conditions that are the same but for names are one group, whatever their order") {
  // Two replicates of the same knock-out, one of them written with a perturbation that changes nothing.
  const std::vector<Condition> conditions = {
      {"no A, again", {{2, 1.0, 0.0}, knock_out(1)}}, {"control"}, {"no A", {knock_out(1)}}};
  const Counts counts = six().with_conditions(conditions, {0, 1, 2, 0, 1, 2});
  const std::vector<ConditionGroup> groups = condition_groups("test", counts);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].perturbations.empty());
  CHECK(groups[0].cells == std::vector<Index>{1, 4});
  CHECK(groups[0].conditions == std::vector<Index>{1});
  CHECK(groups[1].cells == std::vector<Index>{0, 2, 3, 5});
  CHECK(groups[1].conditions == std::vector<Index>{0, 2});
  REQUIRE(groups[1].of(1) != nullptr);
  CHECK(groups[1].of(1)->factor == 0.0);
  CHECK(groups[1].of(2) == nullptr);

  const Counts other = six().with_conditions({conditions[2], conditions[0], conditions[1]}, {1, 2, 0, 1, 2, 0});
  const std::vector<ConditionGroup> again = condition_groups("test", other);
  REQUIRE(again.size() == 2);
  for (std::size_t g = 0; g < 2; ++g) {
    CHECK(again[g].cells == groups[g].cells);
    CHECK(again[g].perturbations == groups[g].perturbations);
  }
}

TEST_CASE("inputs at other levels are another group") {
  const std::vector<Condition> doses = {
      {"none", {}, {{.time = 0.0, .level = 0.0}}}, {"full", {}, {{.time = 0.0, .level = 1.0}}}, {"as it was"}};
  const Counts counts = six().with_conditions(doses, {0, 1, 2, 0, 1, 2});
  const std::vector<ConditionGroup> groups = condition_groups("test", counts);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].conditions == std::vector<Index>{0});
  CHECK(groups[1].conditions == std::vector<Index>{1, 2});
}

TEST_CASE("a table without conditions is one group of all cells") {
  const std::vector<ConditionGroup> groups = condition_groups("test", six());
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].cells == std::vector<Index>{0, 1, 2, 3, 4, 5});
  CHECK(groups[0].perturbations.empty());
}

TEST_CASE("what contradicts itself or is not there is named") {
  const std::vector<Index> of_cell = {0, 1, 0, 1, 0, 1};
  const auto refuses = [&](const Condition& condition, std::initializer_list<std::string_view> parts) {
    check_throws<std::invalid_argument>(
        [&] {
          (void)six().with_conditions({{"wild type"}, condition}, of_cell);
        },
        parts);
  };
  refuses({"x", {knock_out(3)}}, {"Counts::with_conditions: conditions[1].perturbations[0].gene is 3"});
  refuses({"x", {knock_out(0)}}, {"conditions[1].perturbations[0].gene is 0, must be at least 1"});
  refuses({"x", {}, {{.time = 0, .level = 1, .node = 3}}}, {"conditions[1].levels[0].node is 3"});
  refuses({"x", {knock_out(2), knock_down(1, 0.5), over_express(2, 1.0)}},
          {"conditions[1].perturbations[2].gene is 2", "perturbations[0]", "contradict"});
  refuses({"x", {knock_out(2)}, {{.time = 0, .level = 1, .node = 2}}},
          {"conditions[1].perturbations[0].gene is 2", "levels[0]", "contradict"});
  refuses({"wild type"}, {"conditions[1].name is \"wild type\"", "conditions[0]", "unique"});
  refuses({""}, {"conditions[1].name is empty"});
  check_throws<std::domain_error>(
      [&] {
        (void)six().with_conditions({{"wild type"}, {"x", {{1, -0.5, 0.0}}}}, of_cell);
      },
      {"conditions[1].perturbations[0].factor is -0.5"});
  check_throws<std::domain_error>([] { (void)knock_down(1, 1.5); }, {"knock_down: remaining is 1.5", "[0, 1]"});
  check_throws<std::domain_error>(
      [&] {
        (void)six().with_conditions({{"wild type"}, {"x", {}, {{.time = 0, .level = -1, .node = 0}}}}, of_cell);
      },
      {"conditions[1].levels[0].level is -1"});
}

TEST_CASE("cells must be of a condition, and every condition must have cells at every time") {
  check_throws<std::invalid_argument>(
      [] {
        (void)six().with_conditions(screen, {0, 1, 2});
      },
      {"of_cell has size 3, must be 6"});
  check_throws<std::invalid_argument>(
      [] {
        (void)six().with_conditions(screen, {0, 1, 2, 0, 3, 2});
      },
      {"of_cell[4] is 3"});
  check_throws<std::invalid_argument>(
      [] {
        (void)six().with_conditions(screen, {0, 2, 2, 0, 0, 2});
      },
      {"conditions[1] (\"no A\") has no cells, must have some"});
  check_throws<std::invalid_argument>(
      [] {
        (void)six().with_conditions(screen, {0, 1, 2, 0, 0, 2});
      },
      {"conditions[1] (\"no A\") has no cells at time 1", "every time point"});
  // Cells may be left out of a table later on.
  const Counts fewer =
      six().with_conditions(screen, {0, 1, 2, 0, 1, 2}).select_cells(std::vector<Index>{0, 1, 2, 3, 5});
  check_throws<std::invalid_argument>([&] { (void)condition_groups("infer", fewer); },
                                      {"infer: conditions[1] (\"no A\") has no cells at time 1"});
}

TEST_CASE("clamped proteins are not inferred from") {
  const std::vector<Condition> clamped = {{"wild type"}, {"A at 1", {}, {{.time = 0.0, .level = 1.0, .node = 1}}}};
  const Counts counts = six().with_conditions(clamped, {0, 1, 0, 1, 0, 1});
  check_throws<std::invalid_argument>([&] { (void)condition_groups("infer", counts); },
                                      {"infer: conditions[1].levels[0]", "clamps a protein"});
}
