#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/report/report.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::Edge;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;
using Names = std::vector<std::string>;

namespace {

/// Cells of `genes` genes at 0 h and 6 h, low before and high after, with all that a report wants.
struct Example {
  explicit Example(Index genes, Names names = {}) : scores(Matrix::Zero(genes + 1, genes + 1)) {
    Matrix values(8, genes + 1);
    Vector times(8);
    clustering.modes.resize(8, genes + 1);
    for (Index cell = 0; cell < 8; ++cell) {
      const bool late = cell >= 4;
      times[cell] = late ? 6.0 : 0.0;
      values(cell, 0) = late ? 1.0 : 0.0;
      clustering.modes(cell, 0) = late ? 1 : 0;
      for (Index gene = 1; gene <= genes; ++gene) {
        values(cell, gene) = late ? 30.0 + static_cast<double>(cell * gene) : static_cast<double>(cell % 2);
        clustering.modes(cell, gene) = late ? 1 : 0;
      }
    }
    counts = Counts(values, times, std::move(names));
    for (Index gene = 0; gene <= genes; ++gene) {
      clustering.of_node.push_back({Vector{{0.1, 5.0}}, 0.1, Vector{{0.5, 0.5}}, true, {}});
      if (gene == 0) continue;
      edges.push_back({gene - 1, gene, gene % 2 == 0 ? -4.0 : 4.0});
      edges.push_back({gene, gene, 1.5});
      scores(gene, gene - 1) = 10.0 + static_cast<double>(gene);
      scores(gene, gene) = 1.0;
    }
    basins = cardamom::group_into_basins(clustering, counts);
  }

  cardamom::ReportContent content() const { return {counts, clustering, basins, edges, scores}; }

  Counts counts;
  cardamom::Clustering clustering;
  cardamom::Basins basins;
  std::vector<Edge> edges;
  Matrix scores;
};

Index occurrences(const std::string& text, const std::string& part) {
  Index count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a report has every section and needs nothing else") {
  const Example example(3);
  const support::TemporaryDirectory directory;
  cardamom::ReportContent content = example.content();
  content.simulated = &example.counts;
  content.stability = &example.scores;
  const cardamom::ReportOptions options{.title = "A title",
                                        .facts = {{"Method", "paper"}},
                                        .remarks = {"a remark"},
                                        .simulation = "Simulated with known rates."};
  cardamom::write_report(directory / "report", content, options);
  const std::string page = support::content(directory / "report/index.html");
  for (const char* part :
       {"<h1>A title</h1>", "<th>Cells</th><td>8</td>", "<th>Time points</th><td>2: 0, 6 h</td>",
        "<th>Method</th><td>paper</td>", "a remark", "id=\"network\"", "id=\"edges\"", "id=\"modes\"", "id=\"basins\"",
        "id=\"marginals\"", "Simulated with known rates.", "W1 within chance: 3 of 3 genes", "found again",
        "id=\"weights\"", "The method fits one network to all time points.", "id=\"moments\""}) {
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
  }
  for (const char* part : {"://", "<script", "<link", "nan", "inf\""}) {
    CHECK_MESSAGE(page.find(part) == std::string::npos, part);
  }
  CHECK(page == cardamom::report_html(content, options));
  // One picture of the network, of basins, of activity; per gene modes, marginals and moments.
  CHECK(occurrences(page, "role=\"img\"") == 3 + 3 * 3);
  CHECK(occurrences(page, "class=\"represses\"") == 2);  // a curve and its tee
}

TEST_CASE("a report shows names as they stand") {
  const Example example(2, {"<RA>", "a&b \"c\"", std::string("bad\xff\x01") + "β"});
  const std::string page = cardamom::report_html(example.content(), {.title = "<b>", .facts = {{"<x>", "a & b"}}});
  CHECK(page.find("<h1>&lt;b&gt;</h1>") != std::string::npos);
  CHECK(page.find("<th>&lt;x&gt;</th><td>a &amp; b</td>") != std::string::npos);
  CHECK(page.find("a&amp;b &quot;c&quot;") != std::string::npos);
  CHECK(page.find("bad\\xff\\x01β") != std::string::npos);
  CHECK(page.find("<RA>") == std::string::npos);
  CHECK(cardamom::report::xml_text("\xc3") == "\\xc3");
  CHECK(cardamom::report::xml_text("日\xe6\x97") == "日\\xe6\\x97");
  CHECK(cardamom::report::shortened("βeta", 4) == "βeta");
  CHECK(cardamom::report::shortened("βetas", 4) == "βet…");
}

TEST_CASE("a report lists edges without a sign in their rank, without one") {
  const Example example(3);
  cardamom::ReportContent content = example.content();
  content.edges = {{1, 2, 0.5}, {2, 3, 0.0}, {3, 3, 0.0}, {3, 1, -0.5}};
  const std::string page = cardamom::report_html(content);
  const auto row = [](const std::string& number, const std::string& sign) {
    return "<td class=\"number\">" + number + "</td><td>" + sign;
  };
  for (const std::string& part :
       {row("1", "1</td><td class=\"plus\">activates</td><td>2"), row("2", "2</td><td>sign not known</td><td>3"),
        row("3", "3</td><td class=\"minus\">represses</td><td>1")}) {
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
  }
  CHECK(occurrences(page, "class=\"represses\"") == 2);  // a curve and its tee
  CHECK(page.find("Actions of genes on themselves") == std::string::npos);
}

TEST_CASE("a report of many genes says what it leaves out") {
  const Example example(100);
  cardamom::ReportContent content = example.content();
  content.simulated = &example.counts;
  const std::string page = cardamom::report_html(content);
  CHECK(page.find("Shown are 35 of 100 edges between genes") != std::string::npos);  // 36 genes in the picture
  CHECK(page.find("Shown are 40 of 100 edges between genes") != std::string::npos);
  CHECK(page.find("Shown are 48 of 100 genes") != std::string::npos);
  CHECK(page.find("Shown are 24 of 100 genes") != std::string::npos);
  CHECK(page.size() < 600'000);
}

TEST_CASE("a report of next to nothing") {
  const Counts counts(Matrix::Zero(1, 2), Vector::Zero(1));
  cardamom::Clustering clustering;
  clustering.of_node = {{Vector{{0.0, 1.0}}, 1.0, Vector{{1.0, 0.0}}, false, {}},
                        {Vector{{0.0}}, 1.0, Vector{{1.0}}, false, {}}};
  clustering.modes = cardamom::ModeTable::Zero(1, 2);
  const cardamom::Basins basins = cardamom::group_into_basins(clustering, counts);
  const Matrix scores = Matrix::Zero(2, 2);
  const std::string page = cardamom::report_html({counts, clustering, basins, {}, scores});
  CHECK(page.find("No edges between genes were found.") != std::string::npos);
  CHECK(page.find("No cells were simulated.") != std::string::npos);
  CHECK(page.find("takes one value only") != std::string::npos);
  CHECK(page.find("nan") == std::string::npos);
}

TEST_CASE("a report refuses parts that do not belong together") {
  Example example(2);
  const Matrix wrong = Matrix::Zero(2, 2);
  CHECK_THROWS_WITH_AS(
      cardamom::report_html({example.counts, example.clustering, example.basins, example.edges, wrong}),
      "ReportContent: scores is 2 x 2, must be 3 x 3", std::invalid_argument);
  cardamom::ReportContent content = example.content();
  content.stability = &wrong;
  CHECK_THROWS_AS(cardamom::report_html(content), std::invalid_argument);
  example.edges.push_back({3, 1, 1.0});
  CHECK_THROWS_WITH_AS(cardamom::report_html(example.content()),
                       "ReportContent: source of an edge is 3, must be in [0, 3)", std::invalid_argument);
  example.edges.pop_back();
  CHECK_THROWS_WITH_AS(cardamom::report_html(example.content(), {.edges = 0}),
                       "ReportOptions: edges is 0, must be at least 1", std::invalid_argument);
  CHECK_THROWS_AS(cardamom::report_html(example.content(), {.basins = 9}), std::invalid_argument);
  CHECK_THROWS_AS(cardamom::write_report("no/such/folder", example.content()), cardamom::IoError);
}

TEST_CASE("means and standard deviations are drawn where the data have them") {
  // Mean 6 and deviation 4 against 4 and 0; the axis reaches 10, at the top.
  const std::string picture = cardamom::report::moments_picture(
      "Sox2", {{0.0, Vector{{2.0, 6.0, 10.0}}, Vector{{4.0, 4.0}}}, {24.0, Vector{{3.0}}, Vector{{3.0}}}});
  const cardamom::report::Axis y{0.0, 10.0, 152.0, 8.0};
  const auto has = [&](const std::string& part) { CHECK_MESSAGE(picture.find(part) != std::string::npos, part); };
  has("cx=\"59.5\" cy=\"" + cardamom::report::rounded(y(6.0), 1) + "\" r=\"3\" class=\"dot data\"");
  has("cx=\"64.5\" cy=\"" + cardamom::report::rounded(y(4.0), 1) + "\" r=\"3\" class=\"dot simulated\"");
  has("M 59.5 " + cardamom::report::rounded(y(2.0), 1) + " L 59.5 " + cardamom::report::rounded(y(10.0), 1));
  has(">24</text>");
  has("time [h]");
  // A bar that would go below 0 ends there; of nothing but zeros there is a picture, too.
  CHECK(cardamom::report::moments_picture("a", {{0.0, Vector{{0.0, 0.0, 9.0}}, Vector{{0.0}}}}).find(" 152 L") !=
        std::string::npos);
  CHECK(cardamom::report::moments_picture("a", {{0.0, Vector{{0.0}}, Vector{{0.0}}}}).find("nan") == std::string::npos);
}

TEST_CASE("weights over time: edges by their largest size, with the time from which they stay") {
  const auto theta = [](const std::vector<Edge>& edges) {
    cardamom::SparseMatrix matrix(3, 3);
    for (const Edge& edge : edges) matrix.insert(edge.target, edge.source) = edge.weight;
    return matrix;
  };
  const std::vector<cardamom::SparseMatrix> steps{theta({{0, 1, 3.0}}), theta({{0, 1, 1.0}, {1, 2, -2.0}}),
                                                  theta({{0, 1, 3.0}, {1, 2, -4.0}}), theta({{0, 1, 3.5}})};
  std::vector<cardamom::report::WeightsAtTime> course;
  for (std::size_t k = 0; k < 4; ++k) course.push_back({6.0 * static_cast<double>(k), &steps[k]});
  const auto edges = cardamom::report::edge_courses(course);
  REQUIRE(edges.size() == 2);
  CHECK(edges[0].source == 1);
  CHECK(edges[0].target == 2);
  CHECK(edges[0].weights == Vector{{0.0, -2.0, -4.0, 0.0}});
  CHECK(edges[0].switch_on == -1);  // it goes again
  CHECK(edges[1].weights == Vector{{3.0, 1.0, 3.0, 3.5}});
  CHECK(edges[1].switch_on == 2);  // on for good from the third time on

  Example example(2, {"Light", "A", "B"});
  cardamom::ReportContent content = example.content();
  content.steps = course;
  const std::string page = cardamom::report_html(content);
  for (const char* part : {"A → B", "Light → A", ">-4.0</text>", "fill-opacity=\"0.875\""}) {
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
  }
  CHECK(occurrences(page, "class=\"switch\"") == 1);
  const cardamom::SparseMatrix wrong(2, 2);
  content.steps.push_back({24.0, &wrong});
  CHECK_THROWS_WITH_AS(cardamom::report_html(content), "ReportContent: steps[4].interactions is 2 x 2, must be 3 x 3",
                       std::invalid_argument);
}

TEST_CASE("bins cover every count once and place it in order") {
  for (const double largest : {0.0, 3.0, 24.0, 25.0, 700.0, 1e6}) {
    const cardamom::report::Bins bins(largest);
    CHECK(bins.size() < 60);
    CHECK(bins.of(0.0) == 0);
    CHECK(bins.of(largest) == bins.size() - 1);
    double before = 0.0;
    for (Index bin = 0; bin < bins.size(); ++bin) {
      CHECK(bins.first(bin + 1) > bins.first(bin));
      CHECK(bins.of(bins.first(bin)) == bin);
      CHECK(bins.of(bins.first(bin + 1) - 1.0) == bin);
      CHECK(bins.position(bins.first(bin)) > before);
      before = bins.position(bins.first(bin));
    }
    const auto labelled = bins.labelled();
    CHECK(labelled.front() == 0);
    CHECK(labelled.back() < bins.size());
  }
  CHECK(cardamom::report::Bins(24.0).first(24) == 24.0);
  CHECK(cardamom::report::Bins(100.0).first(8) == 16.0);
}

TEST_CASE("shares of a mode in bins are sums of its law") {
  const cardamom::report::Bins bins(800.0);
  const double shape = 2.5;
  const double b = 0.02;
  const Vector shares = cardamom::report::mode_shares(bins, shape, b, false, {0.5, 1.5});
  const cardamom::NegativeBinomial law;
  for (Index bin = 0; bin < bins.size(); ++bin) {
    double sum = 0.0;
    for (double x = bins.first(bin); x < bins.first(bin + 1); x += 1.0) {
      sum += 0.5 * (std::exp(law.log_density(x, shape, b, 0.5)) + std::exp(law.log_density(x, shape, b, 1.5)));
    }
    CHECK(shares[bin] == doctest::Approx(sum).epsilon(1e-3));
  }
  // Continuous levels: the middle of a bin, times its width.
  const Vector levels = cardamom::report::mode_shares(bins, shape, b, true, {1.0});
  CHECK(levels.sum() == doctest::Approx(1.0).epsilon(1e-4));
  const Index bin = bins.of(100.0);
  const double middle = 0.5 * (bins.first(bin) + bins.first(bin + 1)) - 0.5;
  const double density = std::exp(cardamom::Gamma{}.log_density(middle, shape, b));
  CHECK(levels[bin] == doctest::Approx(density * (bins.first(bin + 1) - bins.first(bin))).epsilon(0.02));
  CHECK(cardamom::report::mode_shares(bins, 0.0, b, false, {1.0})[0] == 1.0);
}

TEST_CASE("neighbours of a ring stay neighbours around the circle") {
  // A ring given in scattered order: the best order has every edge of length 1.
  std::vector<Edge> ring;
  for (const Index k : {0, 4, 2, 6, 1, 5, 3}) ring.push_back({k, (k + 1) % 7, 1.0});
  const std::vector<Index> order = cardamom::report::circular_order(ring);
  REQUIRE(order.size() == 7);
  CHECK(order.front() == 0);
  for (std::size_t k = 0; k < 7; ++k) {
    const Index apart = std::abs(order[k] - order[(k + 1) % 7]);
    CHECK((apart == 1 || apart == 6));
  }
}

TEST_CASE("a picture takes the first edges that fit and loops of their nodes") {
  const std::vector<Edge> ranked{{3, 3, 1}, {1, 1, 1}, {1, 2, 1}, {4, 5, 1}, {2, 1, 1}, {2, 3, 1}};
  const auto shown = cardamom::report::edges_for_picture(ranked, 3, 3);
  CHECK(shown == std::vector<Edge>{{1, 2, 1}, {2, 1, 1}, {2, 3, 1}, {3, 3, 1}, {1, 1, 1}});
  CHECK(cardamom::report::edges_for_picture(ranked, 1, 36) == std::vector<Edge>{{1, 2, 1}, {1, 1, 1}});
}

TEST_CASE("the fit of marginals tells equal laws from different ones") {
  cardamom::RandomStream random(5, cardamom::Purpose::user);
  const auto sample = [&random](double mean) {
    Vector values(100);
    for (double& value : values) value = static_cast<double>(random.poisson(mean));
    return values;
  };
  Index equal = 0;
  Index different = 0;
  for (Index gene = 1; gene <= 20; ++gene) {
    const cardamom::report::MarginalFit same({{0.0, sample(5), sample(5)}, {6.0, sample(9), sample(9)}}, gene);
    const cardamom::report::MarginalFit other({{0.0, sample(5), sample(6)}, {6.0, sample(9), sample(10)}}, gene);
    if (same.distance <= same.by_chance) ++equal;
    if (other.distance > other.by_chance) ++different;
  }
  CHECK(equal >= 15);  // 19 expected of 20
  CHECK(different >= 15);
}

TEST_CASE("a report knows several inputs and none") {
  Example example(3);
  const auto page_with = [&example](Index inputs, const Names& names) {
    example.counts = Counts(example.counts.values(), example.counts.times(), names, {}, inputs);
    return cardamom::report_html(example.content());
  };
  const std::string two = page_with(2, {"Light", "dose", "Sox2", "Klf4"});
  CHECK(two.find("<td>2 and 2 inputs: Light, dose</td>") != std::string::npos);
  CHECK(two.find("Inputs are the square nodes.") != std::string::npos);
  CHECK(occurrences(two, "name stimulus\"") == 2);
  CHECK(two.find("<b>dose</b>") == std::string::npos);
  const std::string none = page_with(0, {"Nanog", "Oct4", "Sox2", "Klf4"});
  CHECK(none.find("<td>4, no inputs</td>") != std::string::npos);
  CHECK(none.find("square node") == std::string::npos);
  CHECK(none.find("<b>Nanog</b>") != std::string::npos);
}
