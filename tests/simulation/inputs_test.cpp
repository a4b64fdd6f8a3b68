// Networks with several inputs, and with none.
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/deterministic_course.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/trajectory.hpp>
#include <cardamom/simulation/two_state_process.hpp>

namespace {

using namespace cardamom;

constexpr ProcessOptions all_paths[] = {
    {Path::plain, Candidates::constant},   {Path::sparse, Candidates::constant},
    {Path::sparse, Candidates::levels},    {Path::separable, Candidates::constant},
    {Path::separable, Candidates::levels}, {Path::expansion, Candidates::constant},
    {Path::clocks, Candidates::constant},
};

// A chain of genes that keep themselves on, after `inputs` inputs that act as asked.
Model chain(Index inputs, Index genes, std::vector<Edge> edges, double basal = -4.0) {
  const Index nodes = inputs + genes;
  for (Index i = 1; i < genes; ++i) edges.push_back({inputs + i - 1, inputs + i, 8.0});
  return make_model(Kinetics::uniform(nodes, 1.0, 0.2, 0.02, 0.05, 2.0, inputs),
                    Network(Vector(Vector::Constant(nodes, basal)), edges, {}, inputs));
}

// Each input acts on a gene of its own; the second comes on later, and the first goes off again.
const Model two_inputs = make_model(
    Kinetics::uniform(4, 1.0, 0.2, 0.02, 0.0, 2.0, 2),
    Network(Vector{{0, 0, -8, -8}}, std::vector<Edge>{{0, 2, 16}, {1, 3, 16}}, {"Light", "Drug", "A", "B"}, 2));
const Protocol onsets{
    .time_points = {-1, 15, 45},
    .cells_per_time_point = 60,
    .schedule = {{.time = 0, .node = 0}, {.time = 20, .level = 2, .node = 1}, {.time = 20, .level = 0, .node = 0}}};

template <class Process>
void check_onsets(const Process& process) {
  const Population cells = simulate(process, onsets, {.seed = 2, .keep_latent = true});
  const auto mean = [&](const Matrix& values, Index k, Index node) {
    return values.col(node).segment(60 * k, 60).mean();
  };
  const Matrix& counts = cells.counts.values();
  CHECK(cells.counts.inputs() == 2);
  CHECK(counts.leftCols(2).topRows(60) == Matrix::Zero(60, 2));
  CHECK(counts.leftCols(2).middleRows(60, 60).colwise().mean() == Vector{{1, 0}}.transpose());
  CHECK(counts.leftCols(2).bottomRows(60).colwise().mean() == Vector{{0, 2}}.transpose());
  CHECK(cells.protein.leftCols(2) == counts.leftCols(2));
  CHECK(cells.mrna.leftCols(2) == Matrix::Zero(180, 2));
  CHECK(mean(counts, 0, 2) < 3.0);
  CHECK(mean(counts, 1, 2) > 60.0);
  CHECK(mean(counts, 2, 2) < 5.0);
  CHECK(mean(counts, 0, 3) < 3.0);
  CHECK(mean(counts, 1, 3) < 3.0);
  CHECK(mean(counts, 2, 3) > 60.0);
}

}  // namespace

TEST_CASE("two inputs come on at times of their own, on every path") {
  for (const ProcessOptions& options : all_paths) {
    CAPTURE(name(options.path));
    check_onsets(BurstyProcess(two_inputs, options));
    check_onsets(ProteinProcess(two_inputs, options));
  }
  check_onsets(TwoStateProcess(two_inputs, Vector::Constant(4, 100.0)));
  // A rate of which nothing is known but a value and a bound.
  const auto opaque = [](Index gene, const VectorIn& protein) { return two_inputs.rate(gene, protein); };
  const auto lazy = [](Index gene, const auto& protein) {
    return two_inputs.rate.link(gene, gene < 2 ? 0.0 : -8.0 + 16.0 * protein[gene - 2]);
  };
  Kinetics kinetics = two_inputs.kinetics;
  for (const double factor : {1.0, 1.5}) {  // shared decays, then decays that differ between the genes
    kinetics.mrna_decay[3] = factor;
    kinetics.scale_proteins();
    check_onsets(BurstyProcess(BasicModel{kinetics, BoundedFunctionRate{opaque, Vector::Constant(4, 2.0)}}));
    check_onsets(BurstyProcess(BasicModel{kinetics, BoundedFunctionRate{lazy, Vector::Constant(4, 2.0)}}));
  }
}

TEST_CASE("inputs that act on nothing change no bit of the genes, and none are needed") {
  const SimulateOptions plain{.seed = 4, .keep_latent = true};
  for (const ProcessOptions& options : all_paths) {
    if (options.path == Path::clocks) continue;  // their streams are numbered by node
    CAPTURE(name(options.path));
    // Without a schedule: where levels are used, a change of an input draws the next candidate anew.
    const Protocol protocol{.time_points = {0, 25}, .cells_per_time_point = 20, .schedule = {}};
    const Population none = simulate(BurstyProcess(chain(0, 5, {}, -2.0), options), protocol, plain);
    const Population one = simulate(BurstyProcess(chain(1, 5, {}, -2.0), options), protocol, plain);
    const Population three = simulate(BurstyProcess(chain(3, 5, {}, -2.0), options), protocol, plain);
    REQUIRE(none.mrna.cols() == 5);
    CHECK(none.mrna.maxCoeff() > 0.0);
    CHECK(none.mrna == one.mrna.rightCols(5));
    CHECK(none.mrna == three.mrna.rightCols(5));
    CHECK(none.protein == three.protein.rightCols(5));
    CHECK(none.diagnostics.work.candidates == three.diagnostics.work.candidates);
  }
}

TEST_CASE("a network without inputs runs through every verb") {
  const Model model = chain(0, 3, {}, -1.0);
  const Protocol protocol{.time_points = {0, 30}, .cells_per_time_point = 10};
  const Population cells = simulate(model, protocol);
  CHECK(cells.counts.inputs() == 0);
  CHECK(cells.counts.genes() == 3);
  CHECK(simulate(ProteinProcess(model), protocol).counts.values().maxCoeff() > 0.0);
  CHECK(simulate(TwoStateProcess(model, Vector::Constant(3, 100.0)), protocol).counts.values().maxCoeff() > 0.0);
  CHECK(simulate(BurstyProcess(model, {.path = Path::clocks}), protocol).counts.values().maxCoeff() > 0.0);
  CHECK(follow_cell(model, protocol, {40}).protein.maxCoeff() > 0.0);
  CHECK(deterministic_course(model, protocol, {40}).protein.minCoeff() > 0.0);
  // The first node is a gene like any other: it can be clamped and released.
  const Protocol clamped{.time_points = {10, 30},
                         .cells_per_time_point = 5,
                         .schedule = {{.time = 0, .level = 3, .node = 0}, {.time = 20, .level = -1, .node = 0}}};
  const Population held = simulate(model, clamped, {.keep_latent = true});
  CHECK(held.protein.col(0).head(5) == Vector::Constant(5, 3.0));
  CHECK(held.protein.col(0).tail(5).maxCoeff() < 2.0);
}

TEST_CASE("a network of inputs alone has no bursts") {
  const Model model = make_model(Kinetics::uniform(2, 1.0, 0.2, 0.02, 0.0, 2.0, 2),
                                 Network(Vector(Vector::Zero(2)), std::vector<Edge>{}, {}, 2));
  const Population cells = simulate(model, {.time_points = {0, 5}, .cells_per_time_point = 3});
  CHECK(cells.counts.values().topRows(3) == Matrix::Zero(3, 2));
  CHECK(cells.counts.values().bottomRows(3) == Matrix::Ones(3, 2));
  CHECK(cells.diagnostics.work.bursts == 0);
}

TEST_CASE("by default every input steps from 0 to 1 at t = 0, and negative levels are for genes") {
  const Protocol protocol{.time_points = {0, 5}, .cells_per_time_point = 1};
  const Matrix levels = simulate(two_inputs, protocol).counts.values().leftCols(2);
  CHECK(levels == Matrix{{0, 0}, {1, 1}});
  CHECK_THROWS_WITH_AS(simulate(two_inputs, {.schedule = {{.level = -1, .node = 1}}}),
                       "Protocol: schedule[0].level is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(simulate(two_inputs, {.schedule = {{.level = -1}}}),
                       "Protocol: schedule[0].level is -1, must be finite and >= 0", std::domain_error);
  CHECK_NOTHROW(
      simulate(two_inputs, {.time_points = {1}, .cells_per_time_point = 1, .schedule = {{.level = -1, .node = 2}}}));
}

TEST_CASE("the deterministic course goes through the protocol") {
  const DeterministicCourse course = deterministic_course(two_inputs, onsets, {-5, 0, 15, 20, 60});
  CHECK(course.protein.col(0) == Vector{{0, 0, 1, 1, 0}});
  CHECK(course.protein.col(1) == Vector{{0, 0, 0, 0, 2}});
  // While its input is on a gene heads for k1/(c d1) = 1 at rate d1, from next to nothing.
  CHECK(course.protein(2, 2) == doctest::Approx(1.0 - std::exp(-3.0)).epsilon(2e-3));
  CHECK(course.protein(3, 3) < 2e-3);
  CHECK(course.protein(4, 3) == doctest::Approx(1.0 - std::exp(-8.0)).epsilon(1e-3));
  CHECK(course.protein(4, 2) < 5e-3);
  CHECK_THROWS_WITH_AS(deterministic_course(two_inputs, onsets, {1, 0}),
                       "deterministic_course: times[1] is 0, must be at least 1 and at most 1e+06",
                       std::invalid_argument);
  CHECK_THROWS_AS(deterministic_course(two_inputs, {.initial_states = {CellState::zero(4), CellState::zero(4)}}, {1}),
                  std::invalid_argument);
}
