// Tables of conditions, and labels of cells.
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/conditions.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

using namespace cardamom;
using support::check_throws;

namespace {

const KnownNodes nodes{{"Stimulus", "Gata1", "Spi1", "Klf1"}, 4, 1};

std::vector<Condition> read(const std::string& text) {
  const support::TemporaryDirectory directory;
  return read_conditions(directory.write("conditions.csv", text), nodes);
}

void refuses(const std::string& text, std::initializer_list<std::string_view> parts) {
  check_throws<IoError>([&] { (void)read(text); }, parts);
}

}  // namespace

TEST_CASE("a table says what is done in every condition") {
  const std::vector<Condition> conditions = read(
      "condition,node,effect,time\n"
      "control,,none,\n"
      "no Gata1,Gata1,knock-out,\n"
      "both,Gata1,knock-down:0.2,\n"
      "both,Spi1,over-express:1.5,\n"
      "low dose,Stimulus,0.5,12\n"
      "low dose,Stimulus,0,\n"
      "held,Klf1,clamp:0.7,3\n");
  const std::vector<Condition> expected = {{"control"},
                                           {"no Gata1", {knock_out(1)}},
                                           {"both", {knock_down(1, 0.2), over_express(2, 1.5)}},
                                           {"low dose", {}, {{12, 0.5, 0}, {detail::before_everything, 0.0, 0}}},
                                           {"held", {}, {{3, 0.7, 3}}}};
  CHECK(conditions == expected);
  // Written and read again.
  CHECK(read(conditions_text(expected, NodeLabels(nodes.names, 4, 1), 1)) == expected);
  // Without titles, other separators, indices of genes, other words.
  CHECK(read("a\t1\tKO\nb\t2\tOE:3\n") == std::vector<Condition>{{"a", {knock_out(1)}}, {"b", {over_express(2, 3)}}});
  CHECK(read("gene,effect,condition\nSpi1,kd:0,c\n") == std::vector<Condition>{{"c", {knock_down(2, 0.0)}}});
}

TEST_CASE("what a table may not say is named by line and column") {
  refuses("condition,node,effect\na,Sox2,knock-out\n", {"line 2, column 2", "unknown gene \"Sox2\""});
  refuses("condition,node,effect\na,Gata1,knock-down:1.5\n", {"line 2, column 3", "\"knock-down:1.5\"", "[0, 1]"});
  refuses("condition,node,effect\na,Gata1,knock-down\n", {"line 2, column 3", "SHARE"});
  refuses("condition,node,effect\na,Gata1,burn\n", {"line 2, column 3", "\"burn\"", "knock-out"});
  refuses("condition,node,effect\na,Stimulus,knock-out\n", {"line 2, column 3", "level of an input"});
  refuses("condition,node,effect\na,Stimulus,-1\n", {"line 2, column 3", "\"-1\"", ">= 0"});
  refuses("condition,node,effect\na,,knock-out\n", {"line 2, column 3", "none"});
  refuses("condition,node,effect\n,Gata1,knock-out\n", {"line 2, column 1", "name of a condition"});
  refuses("condition,node,effect,time\na,Gata1,knock-out,5\n", {"line 2, column 4", "throughout the life"});
  refuses("condition,node,effect,time\na,Stimulus,1,soon\n", {"line 2, column 4", "\"soon\"", "a time"});
  refuses("condition,effect\na,knock-out\n", {"no column is titled node"});
  refuses("a,b\n", {"2 columns", "a condition, a node, an effect"});
  refuses("", {"there is no condition"});
  refuses("condition,node,effect\na,Gata1,knock-out\nb,Spi1,ko\na,Gata1,knock-down:0.5\n",
          {"condition \"a\".perturbations[1].gene is 1", "contradict"});
}

TEST_CASE("cells are of the conditions that their labels name") {
  const std::vector<Condition> known = {{"control"}, {"no Gata1", {knock_out(1)}}, {"unused", {knock_out(2)}}};
  const CellConditions found = conditions_of_labels("labels", {"no Gata1", "control", "no Gata1"}, known);
  CHECK(found.conditions == std::vector<Condition>{known[1], known[0]});
  CHECK(found.of_cell == std::vector<Index>{0, 1, 0});
  check_throws<IoError>(
      [&] {
        (void)conditions_of_labels("labels", {"control", "other"}, known);
      },
      {"labels: cell 2 is of condition \"other\""});
}

TEST_CASE("guides of a pooled screen are conditions after their genes") {
  const std::vector<std::string> labels = {"Gata1_1", "non-targeting", "sgGata1-g2",     "Spi1_2+Gata1_1",
                                           "NT_3",    "Gata1|Spi1",    "Klf1.3;control", "Klf1"};
  const CellConditions found = conditions_of_guides("obs/guide", labels, nodes.names, 1);
  const std::vector<Condition> expected = {{"Gata1", {knock_out(1)}},
                                           {"non-targeting"},
                                           {"Gata1+Spi1", {knock_out(1), knock_out(2)}},
                                           {"Klf1", {knock_out(3)}}};
  CHECK(found.conditions == expected);
  CHECK(found.of_cell == std::vector<Index>{0, 1, 0, 2, 1, 2, 3, 3});
  const CellConditions silenced = conditions_of_guides("obs/guide", {"Spi1"}, nodes.names, 1, knock_down(0, 0.1));
  CHECK(silenced.conditions == std::vector<Condition>{{"Spi1", {knock_down(2, 0.1)}}});
  check_throws<IoError>(
      [&] {
        (void)conditions_of_guides("obs/guide", {"Klf1", "Sox2_1"}, nodes.names, 1);
      },
      {"obs/guide: cell 2 has guide \"Sox2_1\""});
  check_throws<IoError>([&] { (void)conditions_of_guides("obs/guide", {""}, nodes.names, 1); }, {"cell 1 has guide"});
  // An input is no gene that a guide is against.
  check_throws<IoError>([&] { (void)conditions_of_guides("obs/guide", {"Stimulus"}, nodes.names, 1); }, {"Stimulus"});
  for (const char* const guide : {"NTC", "neg_ctrl", "Non-Targeting 12", "AAVS1", "Scramble"}) {
    CHECK(is_non_targeting(guide));
  }
  CHECK(!is_non_targeting("Gata1"));
}
