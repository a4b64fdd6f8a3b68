#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/prediction/report/prediction_report.hpp>
#include <support/files.hpp>

using namespace cardamom;

namespace {

/// Cells of three genes and two types at 0 h and 24 h, a quarter of the second type before and three after, with all
/// that a report wants.
struct Example {
  Example() {
    RandomStream random(4, Purpose::user);
    Matrix values(40, 4);
    Vector times(40);
    types.names = {"<stem>", "β"};
    for (Index cell = 0; cell < 40; ++cell) {
      const bool late = cell >= 20;
      const bool second = late ? cell % 4 != 0 : cell % 4 == 0;
      times[cell] = late ? 24.0 : 0.0;
      types.of_cell.push_back(second ? 1 : 0);
      for (Index node = 0; node < 4; ++node) {
        values(cell, node) = node == 0 ? (late ? 1.0 : 0.0) : static_cast<double>(random.poisson(second ? 9.0 : 2.0));
      }
    }
    counts = Counts(values, times, {"light", "A & B", "Sox2", "Klf4"});
    const Matrix shares{{0.75, 0.25}, {0.5, 0.5}, {0.25, 0.75}};
    const FateShares fates{types.names,          Vector{{0.0, 12.0, 24.0}}, shares, shares.array() - 0.05,
                           shares.array() + 0.1, Matrix::Zero(3, 2),        100,    1};
    conditions = {{"unperturbed", fates, observed_shares(counts, types)}, {"Sox2 & more", fates}};
    ranking = {
        0.5,
        {{over_express(2, 1.0), 0.75, 0.25, 0.02}, {knock_out(3), 0.5, 0.0, 0.0}, {knock_out(1), 0.4, -0.1, 0.01}}};
    Matrix mrna = values;
    Matrix speed = Matrix::Constant(40, 4, 0.5);
    velocities = {mrna, mrna, speed, speed};
    embedding = embed_velocities(counts, velocities, 2);
  }

  PredictionContent content() const { return {counts, types, conditions, &ranking, 1, &embedding}; }

  Counts counts;
  CellTypes types;
  std::vector<ConditionFates> conditions;
  PerturbationRanking ranking;
  CellVelocities velocities;
  VelocityEmbedding embedding;
};

Index occurrences(const std::string& text, const std::string& part) {
  Index count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("observed shares are those of the cells, within their intervals") {
  const Example example;
  const ObservedShares seen = observed_shares(example.counts, example.types, 0.9);
  CHECK(seen.shares == type_shares(example.counts, example.types));
  CHECK(seen.shares(0, 1) == doctest::Approx(0.25));
  CHECK(seen.cells == std::vector<Index>{20, 20});
  const Interval interval = binomial_interval(5, 20, 0.9);
  CHECK(seen.lower(0, 1) == interval.lower);
  CHECK(seen.upper(0, 1) == interval.upper);
  CHECK(observed_shares(example.counts, example.types, 0.99).upper(0, 1) > interval.upper);
}

TEST_CASE("observed shares of a condition are those of its cells") {
  const Example example;
  std::vector<Index> of_cell;
  for (const Index type : example.types.of_cell) of_cell.push_back(type);
  of_cell[0] = 0;  // a cell of the second type
  of_cell[21] = 0;
  const Counts counts = example.counts.with_conditions({{"first"}, {"second", {knock_out(1)}}}, of_cell);
  const ObservedShares first = observed_shares(counts, example.types, 0.9, 0);
  CHECK(first.cells == std::vector<Index>{16, 6});
  CHECK(first.shares(0, 1) == doctest::Approx(1.0 / 16.0));
  CHECK(first.shares(1, 1) == doctest::Approx(1.0 / 6.0));
  const ObservedShares second = observed_shares(counts, example.types, 0.9, 1);
  CHECK(second.cells == std::vector<Index>{4, 14});
  CHECK(second.shares.col(1) == Vector::Ones(2));
  CHECK(second.upper(0, 0) == binomial_interval(0, 4, 0.9).upper);
  CHECK_THROWS_AS(observed_shares(counts, example.types, 0.9, 2), std::invalid_argument);
  // Each has points of its own on the page.
  PredictionContent content = example.content();
  content.conditions[0].observed = first;
  const std::string one = prediction_html(content);
  content.conditions[1].observed = second;
  const std::string both = prediction_html(content);
  CHECK(occurrences(both, "class=\"dot type") == 2 * occurrences(one, "class=\"dot type"));
  content.conditions[1].observed->lower = Matrix::Zero(3, 2);
  CHECK_THROWS_WITH_AS(prediction_html(content),
                       "PredictionContent: conditions[1].observed->lower is 3 x 2, must be 2 x 2",
                       std::invalid_argument);
}

TEST_CASE("a report of predictions has every section, shows names as they stand, and needs nothing else") {
  const Example example;
  const support::TemporaryDirectory directory;
  const PredictionReportOptions options{.title = "A <title>", .facts = {{"Models", "a & b"}}, .remarks = {"a remark"}};
  write_prediction_report(directory / "report", example.content(), options);
  const std::string page = support::content(directory / "report/index.html");
  CHECK(page == prediction_html(example.content(), options));
  for (const char* part : {"<h1>A &lt;title&gt;</h1>",
                           "<th>Cells</th><td>40</td>",
                           "<th>Models</th><td>a &amp; b</td>",
                           "a remark",
                           "id=\"fates\"",
                           "id=\"perturbations\"",
                           "id=\"velocity\"",
                           "type &lt;stem&gt;",
                           "<b>Sox2 &amp; more</b>",
                           "A &amp; B knock-out",
                           "1 of 3 changes nothing at all. ",
                           "Sox2 over-expression",
                           "+25 ± 2",
                           "-10 ± 1",
                           "against 50 % without",
                           "time [h]",
                           "share of cells [%]",
                           "change [percentage points]",
                           "0 h</span>",
                           "24 h</span>",
                           "of 100 simulated cells per time;"}) {
    CHECK_MESSAGE(page.find(part) != std::string::npos, std::string(part));
  }
  for (const char* part : {"://", "<script", "<link", "nan", "inf\"", "<stem>"}) {
    CHECK_MESSAGE(page.find(part) == std::string::npos, std::string(part));
  }
  CHECK(occurrences(page, "role=\"img\"") == 2 + 1 + 2);
  CHECK(page.ends_with("</html>\n"));
}

TEST_CASE("a report of predictions says what it does not have") {
  const Example example;
  PredictionContent nothing = example.content();
  nothing.ranking = nullptr;
  nothing.velocity = nullptr;
  nothing.conditions.resize(1);
  const std::string page = prediction_html(nothing);
  CHECK(page.find("No perturbations were ranked.") != std::string::npos);
  CHECK(page.find("No velocities were computed.") != std::string::npos);
  CHECK(occurrences(page, "role=\"img\"") == 1);
  PredictionContent content = example.content();
  CHECK(prediction_html(content, {.perturbations = 1}).find("Shown are 1 of 2, those that change it most.") !=
        std::string::npos);
  CHECK(prediction_html(content, {.cells = 7}).find("Drawn are 7 of 40 cells") != std::string::npos);
  const VelocityEmbedding one = embed_velocities(example.counts, example.velocities, 1);
  content.velocity = &one;
  const PerturbationRanking still{0.5, {{knock_out(1), 0.5, 0.0, 0.0}}};
  content.ranking = &still;
  const std::string other = prediction_html(content);
  CHECK(other.find("Of a single gene there is no second") != std::string::npos);
  CHECK(other.find("None of 1 perturbation changes the share of type β") != std::string::npos);
}

TEST_CASE("a report of predictions refuses parts that do not belong together") {
  const Example example;
  PredictionContent shapes = example.content();
  shapes.conditions[1].fates.upper = Matrix::Zero(3, 1);
  CHECK_THROWS_WITH_AS(prediction_html(shapes), "PredictionContent: conditions[1].fates.upper is 3 x 1, must be 3 x 2",
                       std::invalid_argument);
  PredictionContent fate = example.content();
  fate.fate = 2;
  CHECK_THROWS_WITH_AS(prediction_html(fate), "PredictionContent: fate is 2, must be in [0, 2)", std::invalid_argument);
  PredictionContent none = example.content();
  none.conditions.clear();
  CHECK_THROWS_AS(prediction_html(none), std::invalid_argument);
  CHECK_THROWS_WITH_AS(prediction_html(example.content(), {.arrows = 0}),
                       "PredictionReportOptions: arrows is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_AS(prediction_html(example.content(), {.confidence = 1.0}), std::domain_error);
}

TEST_CASE("shares are drawn where they are: the axis of a picture of fates") {
  const Example example;
  const ObservedShares seen = observed_shares(example.counts, example.types);
  const std::string picture = report::fates_picture("c", example.conditions[0].fates, &seen, {0, 1});
  const report::Axis y{0.0, 1.0, 212.0, 8.0};
  const report::Axis x{0.0, 24.0, 62.0, 336.0};
  const auto at = [&](double time, double share) { return report::coordinates({x(time), y(share)}); };
  const auto has = [&](const std::string& part) { CHECK_MESSAGE(picture.find(part) != std::string::npos, part); };
  has("M " + at(0, 0.75) + " L " + at(12, 0.5) + " L " + at(24, 0.25));  // the line
  has("M " + at(0, 0.85) + " L " + at(12, 0.6) + " L " + at(24, 0.35) + " L " +
      at(24, 0.2));  // the band, on its way back
  has("cx=\"" + report::rounded(x(0) - 1.0, 1) + "\" cy=\"" + report::rounded(y(0.75), 1) + "\"");  // the data
  // A single time has a line across.
  FateShares one{{"a"}, Vector{{5.0}}, Matrix{{0.5}}, Matrix{{0.4}}, Matrix{{0.6}}, Matrix{{0.0}}, 10, 1};
  CHECK(report::fates_picture("c", one, nullptr, {0}).find("M 56 110 L 342 110") != std::string::npos);
}

TEST_CASE("perturbations are drawn by their changes") {
  const Example example;
  const std::string picture = report::ranking_picture(example.ranking.ranked, example.counts.names());
  const report::Axis x{-0.11, 0.27, 170.0, 326.0};
  const auto has = [&](const std::string& part) { CHECK_MESSAGE(picture.find(part) != std::string::npos, part); };
  has("<rect x=\"" + report::rounded(x(0.0), 1) + "\" y=\"37\" width=\"" + report::rounded(x(0.25) - x(0.0), 1) + "\"");
  has("<rect x=\"" + report::rounded(x(-0.1), 1) + "\" y=\"73\" width=\"" + report::rounded(x(0.0) - x(-0.1), 1) +
      "\"");
  has("M " + report::coordinates({x(0.23), 43.0}) + " L " + report::coordinates({x(0.27), 43.0}));
  CHECK(occurrences(picture, "<rect") == 2);  // what changes nothing has no bar
  const auto largest = report::largest_changes(example.ranking.ranked, 2);
  REQUIRE(largest.size() == 2);
  CHECK(largest[0].change == 0.25);
  CHECK(largest[1].change == -0.1);
}

TEST_CASE("a velocity field of cells that move alike moves like them, only where there are cells") {
  Matrix cells(200, 2);
  Matrix velocities(200, 2);
  RandomStream random(1, Purpose::user);
  for (Index cell = 0; cell < 200; ++cell) {
    // Two clouds, far apart, that move in different directions.
    const bool right = cell % 2 == 0;
    cells.row(cell) << (right ? 10.0 : 0.0) + random.uniform(), random.uniform();
    velocities.row(cell) << (right ? 0.0 : 0.3), (right ? -0.4 : 0.0);
  }
  const report::VelocityField field(cells, velocities, 20);
  REQUIRE(field.arrows.size() >= 4);
  for (const report::FieldArrow& arrow : field.arrows) {
    const bool right = arrow.at.x > 5.0;
    CHECK(arrow.velocity.x == doctest::Approx(right ? 0.0 : 0.3).epsilon(1e-3));
    CHECK(arrow.velocity.y == doctest::Approx(right ? -0.4 : 0.0).epsilon(1e-3));
    CHECK((arrow.at.x < 2.5 || arrow.at.x > 8.5));
  }
  CHECK(field.hours * 0.4 <= 1.6 * field.spacing);
  CHECK(field.hours * 0.4 > 0.6 * field.spacing);
  CHECK(field.way({{0.0, 0.0}, {0.0, 100.0}}).y == doctest::Approx(2.0 * field.spacing));
  CHECK(field.way({{0.0, 0.0}, {0.0, 0.1}}).y == doctest::Approx(0.1 * field.hours));
  CHECK(report::VelocityField(cells, Matrix::Zero(200, 2), 20).hours == 0.0);
  CHECK(report::VelocityField(Matrix::Ones(5, 2), Matrix::Ones(5, 2), 20).arrows.empty());
  for (const auto& [value, nice] :
       {std::pair{1.0, 1.0}, {1.99, 1.0}, {2.0, 2.0}, {4.9, 2.0}, {5.0, 5.0}, {0.037, 0.02}, {800.0, 500.0}}) {
    CHECK(report::VelocityField::nice_below(value) == doctest::Approx(nice));
  }
}
