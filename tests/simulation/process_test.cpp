#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/protein_process.hpp>

namespace {

using namespace cardamom;

Model toggle_with_stimulus() {
  return make_model(
      Kinetics::uniform(3, 1.0, 0.2, 0.02, 0.1, 2.0),
      Network(Vector{{0, -1, 0}}, std::vector<Edge>{{0, 1, 4}, {1, 1, 5}, {2, 2, 5}, {1, 2, -7}, {2, 1, -7}}));
}

RandomStream stream(std::uint64_t index = 0) { return {7, Purpose::cell, index}; }

}  // namespace

TEST_CASE("looking on the way does not change the course of a cell") {
  const Model model = toggle_with_stimulus();
  BurstyProcess straight(model.kinetics, model.rate);
  BurstyProcess stopping(model.kinetics, model.rate);
  straight.reset(stream());
  stopping.reset(stream());
  straight.advance_to(30.0);
  for (int i = 1; i <= 3000; ++i) {
    stopping.advance_to(0.01 * i);
    if (i % 7 == 0) CHECK(stopping.protein()[1] >= 0.0);
  }
  CHECK(stopping.counters().bursts == straight.counters().bursts);
  CHECK((stopping.mrna() - straight.mrna()).cwiseAbs().maxCoeff() < 1e-9);
  CHECK((stopping.protein() - straight.protein()).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("a reset cell repeats itself bit for bit and copies are independent") {
  const Model model = toggle_with_stimulus();
  BurstyProcess process(model.kinetics, model.rate);
  process.reset(stream(3));
  process.advance_to(5.0);
  BurstyProcess copy = process;
  process.advance_to(20.0);
  const CellState first = process.state();
  copy.advance_to(20.0);
  CHECK(copy.state().mrna == first.mrna);
  process.reset(stream(3));
  process.advance_to(5.0);
  process.advance_to(20.0);
  CHECK(process.state().mrna == first.mrna);
  CHECK(process.state().protein == first.protein);
}

TEST_CASE("the observer sees every burst and the state before it") {
  const Model model = toggle_with_stimulus();
  BurstyProcess process(model.kinetics, model.rate);
  process.reset(stream(4));
  std::vector<Burst> bursts;
  process.advance_to(20.0, [&](const Burst& burst) { bursts.push_back(burst); });
  CHECK(static_cast<std::int64_t>(bursts.size()) == process.counters().bursts);

  // The mRNA now is what the bursts left.
  Vector mrna = Vector::Zero(3);
  for (const Burst& burst : bursts) mrna[burst.gene] += burst.size * std::exp(-(20.0 - burst.time));
  CHECK((mrna - process.mrna()).cwiseAbs().maxCoeff() < 1e-9);

  process.reset(stream(4));
  std::size_t seen = 0;
  double before = 0.0;
  process.advance_to(20.0, [&](const Burst& burst, const CellState& state) {
    CHECK(burst.time == bursts[seen].time);
    if (seen == 0) before = state.mrna.sum();
    ++seen;
  });
  CHECK(seen == bursts.size());
  CHECK(before == 0.0);
}

TEST_CASE("a held protein stays and a released one moves on") {
  const Model model = toggle_with_stimulus();
  BurstyProcess process(model.kinetics, model.rate);
  process.reset(stream(5));
  process.clamp(0, 1.0);
  process.clamp(2, 0.75);
  process.advance_to(10.0);
  CHECK(process.protein()[0] == 1.0);
  CHECK(process.protein()[2] == 0.75);
  CHECK(process.mrna()[2] > 0.0);
  const double mrna = process.mrna()[2];
  process.release(2);
  process.advance_to(10.0 + 1e-6);
  CHECK(process.protein()[2] == doctest::Approx(0.75).epsilon(1e-3));
  CHECK(process.mrna()[2] == doctest::Approx(mrna).epsilon(1e-3));
  process.advance_to(30.0);
  CHECK(process.protein()[2] != 0.75);
  process.reset(stream(6));
  CHECK(process.protein()[0] == 0.0);
}

TEST_CASE("a cell can start from any state") {
  const Model model = toggle_with_stimulus();
  ProteinProcess process(model.kinetics, model.rate);
  CellState state = CellState::zero(3);
  state.protein << 1.0, 0.4, 0.6;
  process.reset(stream(), 2.0, state);
  CHECK(process.time() == 2.0);
  CHECK(process.protein() == state.protein);
  state.protein[1] = -1.0;
  CHECK_THROWS_WITH_AS(process.reset(stream(), 2.0, state), "reset: state.protein[1] is -1, must be finite and >= 0",
                       std::domain_error);
  state.protein = Vector::Zero(2);
  CHECK_THROWS_AS(process.reset(stream(), 2.0, state), std::invalid_argument);
}

TEST_CASE("time does not run backwards") {
  const Model model = toggle_with_stimulus();
  BurstyProcess process(model.kinetics, model.rate);
  process.advance_to(3.0);
  CHECK_THROWS_WITH_AS(process.advance_to(2.0), "advance_to: time is 2, must be at least the current time 3",
                       std::invalid_argument);
}

TEST_CASE("a rate above its bound or not a number is told with gene and rate and bound and state") {
  const Kinetics kinetics = Kinetics::uniform(3, 1.0, 0.2, 0.02, 0.1, 2.0);
  Kinetics different = kinetics;
  different.protein_decay[2] = 0.3;
  const auto run = [](const Kinetics& k, auto rate) {
    BurstyProcess process(k, BoundedFunctionRate(rate, Vector{{0, 1, 1}}));
    process.reset(stream());
    process.advance_to(1000.0);
  };
  const auto check = [&run](const Kinetics& k, double bad, auto rate) {
    CAPTURE(bad);
    std::string message;
    try {
      run(k, rate);
    } catch (const NumericalError& error) {
      message = error.what();
    }
    CHECK(message.find("rate(2, protein) is " + detail::to_text(bad)) == 0);
    CHECK(message.find("must be in [0, 1], its own bound; protein = (0, ") != std::string::npos);
  };
  for (const Kinetics& k : {kinetics, different}) {
    for (const double bad : {1.5, -0.1, std::nan("")}) {
      check(k, bad, [bad](Index gene, const VectorIn& p) { return gene == 2 && p[1] > 0.1 ? bad : 1.0; });
      check(k, bad, [bad](Index gene, const auto& p) { return gene == 2 && p[1] > 0.1 ? bad : 1.0; });
    }
    CHECK_NOTHROW(run(k, [](Index, const VectorIn&) { return 1.0; }));
    CHECK_NOTHROW(run(k, [](Index, const auto&) { return 1.0; }));
  }
  CHECK_THROWS_WITH_AS(
      BurstyProcess(kinetics, BoundedFunctionRate([](Index, const VectorIn&) { return 1.0; }, Vector{{0, 1}})),
      "BurstyProcess: kinetics has size 3, must be 2", std::invalid_argument);
}

namespace {

// Only a bound over a box.
struct BoxRate {
  Sigmoid sigmoid;
  Index nodes() const { return sigmoid.nodes(); }
  double operator()(Index gene, const VectorIn& protein) const { return sigmoid(gene, protein); }
  double bound(Index gene, const VectorIn& lower, const VectorIn& upper) const {
    return sigmoid.bound(gene, lower, upper);
  }
};

}  // namespace

TEST_CASE("a rate that knows its bound over a box alone can be simulated") {
  const Model model = toggle_with_stimulus();
  BurstyProcess process(model.kinetics, BoxRate{model.rate});
  process.reset(stream());
  process.clamp(0, 1.0);
  process.advance_to(500.0);
  CHECK(process.counters().bursts > 100);
  CHECK(process.counters().candidates >= process.counters().bursts);
}
