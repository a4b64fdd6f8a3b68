// Every path against the plain one, gene by gene and time by time, with twins; and who may take which path.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <support/large_sample.hpp>
#include <support/statistics.hpp>

namespace {

using namespace cardamom;

// Branching, a repression, self-activation, a stimulus; switching on within the times looked at.
Network network() {
  return {Vector{{0, -5, -4, -4, -2}},
          std::vector<Edge>{{0, 1, 8}, {1, 2, 6}, {1, 3, 7}, {2, 2, 3}, {3, 4, 5}, {4, 1, -4}, {4, 3, -1}}};
}

Kinetics shared() { return Kinetics::uniform(5, 1.0, 0.2, 0.02, 0.1, 2.0); }

Kinetics different() {
  Kinetics k = shared();
  k.mrna_decay << 1, 1.0, 0.5, 0.3, 1.5;
  k.protein_decay << 1, 0.2, 0.5, 0.3 * (1 + 1e-12), 0.1;
  k.frequency_min << 0, 0.1, 0, 0.2, 0.05;
  k.frequency_max << 1, 2.0, 1.0, 0.9, 3.0;
  k.inverse_burst_size << 1, 0.02, 0.05, 0.1, 0.02;
  k.scale_proteins();
  return k;
}

// Tells less about itself than it could.
struct BoxOnly {
  Sigmoid rate;
  Index nodes() const { return rate.nodes(); }
  double operator()(Index gene, const VectorIn& protein) const { return rate(gene, protein); }
  double bound(Index gene, const VectorIn& lower, const VectorIn& upper) const {
    return rate.bound(gene, lower, upper);
  }
};
struct SparseBox : BoxOnly {
  auto regulators(Index gene) const { return rate.regulators(gene); }
};

const std::vector<double> times = {1.5, 12.0};

// Per time and gene, the values of many cells: mRNA, then protein.
template <class Process>
std::vector<std::vector<double>> sample(Process process, Index cells, std::uint64_t seed) {
  const Index genes = process.nodes();
  std::vector<std::vector<double>> values(times.size() * 2 * static_cast<std::size_t>(genes));
  for (Index c = 0; c < cells; ++c) {
    process.reset(RandomStream(seed, Purpose::cell, static_cast<std::uint64_t>(c)), -2.0);
    process.advance_to(0.0);
    process.clamp(0, 1.0);
    std::size_t column = 0;
    for (const double time : times) {
      process.advance_to(time);
      const CellState& state = process.state();
      for (Index j = 1; j < genes; ++j) {
        values[column++].push_back(state.mrna[j]);
        values[column++].push_back(state.protein[j]);
      }
    }
  }
  return values;
}

double smallest_p(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b) {
  double p = 1.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!a[i].empty()) p = std::min(p, support::ks_two_sample_p_value(a[i], b[i]));
  }
  return p;
}

// The same rate by the users' ways: a function that reads proteins one by one, one that takes all, one that names them.
double sigmoid_of(const Sigmoid& rate, Index gene, const auto& protein) {
  double sum = rate.basal()[gene];
  for (SparseMatrix::InnerIterator edge(rate.interactions(), gene); edge; ++edge) {
    sum += edge.value() * protein[edge.col()];
  }
  return rate.link(gene, sum);
}
auto lazy(const Sigmoid& rate) {
  const auto f = [rate](Index gene, const auto& protein) { return sigmoid_of(rate, gene, protein); };
  return BoundedFunctionRate(f, rate.frequency_max());
}
auto whole(const Sigmoid& rate) {
  const auto f = [rate](Index gene, const VectorIn& protein) { return sigmoid_of(rate, gene, protein); };
  return BoundedFunctionRate(f, rate.frequency_max());
}
auto named(const Sigmoid& rate) {
  std::vector<std::vector<Index>> regulators(1);
  for (Index i = 1; i < rate.nodes(); ++i) {
    regulators.emplace_back(rate.regulators(i).begin(), rate.regulators(i).end());
  }
  const auto f = [rate](Index gene, const VectorIn& protein) { return sigmoid_of(rate, gene, protein); };
  return SparseFunctionRate(f, rate.frequency_max(), regulators);
}

// Whether two processes take the same course, up to rounding: over levels held and let go, and states set.
bool same_course(auto one, auto two) {
  bool equal = true;
  const auto both = [&](auto&& act) {
    act(one);
    act(two);
  };
  for (std::uint64_t cell = 0; cell < 20; ++cell) {
    both([cell](auto& process) { process.reset(RandomStream(1, Purpose::cell, cell)); });
    for (const double time : {0.3, 40.0, 60.0, 1000.0}) {
      both([time](auto& process) {
        process.advance_to(time);
        process.clamp(0, 1.0);
        if (time == 40.0) process.clamp(3, 0.7);
        if (time == 60.0) process.release(3);
      });
      equal = equal && one.state().mrna.isApprox(two.state().mrna, 1e-9) &&
              one.protein().isApprox(two.protein(), 1e-9) && one.counters().bursts == two.counters().bursts;
    }
    const CellState state = one.state();
    both([&](auto& process) {
      process.reset(RandomStream(2, Purpose::cell, cell), 5.0, state);
      process.advance_to(30.0);
    });
    equal = equal && one.protein().isApprox(two.protein(), 1e-9);
  }
  return equal && one.counters().bursts > 1000 && one.counters().candidates == two.counters().candidates;
}

constexpr Index cells = 20000;

const std::vector<ProcessOptions> every_path = {
    {Path::plain, Candidates::constant},     {Path::sparse, Candidates::constant},
    {Path::sparse, Candidates::levels},      {Path::separable, Candidates::constant},
    {Path::separable, Candidates::levels},   {Path::clocks, Candidates::constant},
    {Path::expansion, Candidates::constant}, {Path::automatic, Candidates::automatic},
};

// Makers of the two processes, for any rate.
constexpr auto bursty = [](const Kinetics& kinetics, auto rate, const ProcessOptions& options = {}) {
  return BurstyProcess<decltype(rate)>(kinetics, rate, options);
};
constexpr auto protein_only = [](const Kinetics& kinetics, auto rate, const ProcessOptions& options = {}) {
  return ProteinProcess<decltype(rate)>(kinetics, rate, options);
};

template <class Make>
void compare_paths(const Make& make, const Kinetics& kinetics) {
  const Sigmoid rate(kinetics.frequency_min, kinetics.frequency_max, network().basal(), network().interactions());
  const auto reference = sample(make(kinetics, rate, {.path = Path::plain}), cells, 1);
  const bool separable = (kinetics.mrna_decay.tail(4).array() == kinetics.mrna_decay[1]).all();
  std::uint64_t seed = 2;
  for (const ProcessOptions& options : every_path) {
    if (options.path == Path::separable && !separable) continue;
    const auto process = make(kinetics, rate, options);
    CAPTURE(std::string(name(process.path())));
    CAPTURE(std::string(name(process.candidates())));
    CHECK(smallest_p(sample(process, cells, seed++), reference) > support::false_alarm);
  }
  CHECK(smallest_p(sample(make(kinetics, BoxOnly{rate}), cells, 11), reference) > support::false_alarm);
  CHECK(smallest_p(sample(make(kinetics, lazy(rate)), cells, 13), reference) > support::false_alarm);
  const auto box = make(kinetics, SparseBox{{rate}}, {.path = Path::sparse});
  CHECK(box.candidates() == Candidates::levels);
  CHECK(smallest_p(sample(box, cells, 12), reference) > support::false_alarm);
}

template <class Make>
bool twin_is_caught(const Make& make, const Kinetics& kinetics, const Kinetics& wrong, double weight = 1.0) {
  const auto process = [&make](const Kinetics& k, double factor) {
    return make(k, Sigmoid(k.frequency_min, k.frequency_max, network().basal(),
                           SparseMatrix(factor * network().interactions())));
  };
  return smallest_p(sample(process(wrong, weight), cells, 3), sample(process(kinetics, 1.0), cells, 4)) <
         support::false_alarm;
}

}  // namespace

TEST_CASE("all paths of the bursty process agree with the plain one when genes share their rates" *
          support::large_sample()) {
  compare_paths(bursty, shared());
}

TEST_CASE("all paths of the bursty process agree with the plain one when genes differ") {
  compare_paths(bursty, different());
}

TEST_CASE("all paths of the protein process agree with the plain one" * support::large_sample()) {
  compare_paths(protein_only, shared());
}

TEST_CASE("a function has the same cells whether it reads proteins, takes all of them, or names them") {
  const auto check = [](const auto& make, const Kinetics& k) {
    const auto rate = [&k](double weight) {
      return Sigmoid(k.frequency_min, k.frequency_max, network().basal(),
                     SparseMatrix(weight * network().interactions()));
    };
    const auto reading = make(k, lazy(rate(1.0)));
    CHECK(reading.path() == Path::sparse);
    CHECK(make(k, whole(rate(1.0))).path() == Path::plain);
    CHECK(make(k, named(rate(1.0))).path() == Path::sparse);
    CHECK(same_course(reading, make(k, whole(rate(1.0)))));
    CHECK(same_course(reading, make(k, named(rate(1.0)))));
    CHECK(same_course(reading, make(k, lazy(rate(1.0)), {.path = Path::plain})));
    CHECK(same_course(reading, make(k, rate(1.0), {.path = Path::plain})));
    CHECK_FALSE(same_course(reading, make(k, lazy(rate(1.001)))));
    CHECK(same_course(make(k, lazy(rate(1.0)), {.path = Path::clocks}), make(k, rate(1.0), {.path = Path::clocks})));
  };
  check(bursty, shared());
  check(bursty, different());
  check(protein_only, shared());
}

namespace {

// A network in which all nodes act on all genes.
constexpr Index crowd = 13;
Network all_on_all(RandomStream& stream) {
  std::vector<Edge> edges;
  for (Index target = 1; target < crowd; ++target) {
    for (Index source = 0; source < crowd; ++source) edges.push_back({source, target, 3.0 * stream.normal()});
  }
  return Network(Vector::Constant(crowd, -1.0), edges);
}
auto crowd_process(const Kinetics& kinetics, const Network& network, const ProcessOptions& options,
                   double weight = 1.0) {
  return bursty(
      kinetics,
      Sigmoid(kinetics.frequency_min, kinetics.frequency_max, network.basal(), weight * network.interactions()),
      options);
}

// Bit for bit the same cells.
bool same_cells(auto one, auto two) {
  bool equal = true;
  for (std::uint64_t cell = 0; cell < 20; ++cell) {
    one.reset(RandomStream(1, Purpose::cell, cell));
    two.reset(RandomStream(1, Purpose::cell, cell));
    for (const double time : {0.3, 40.0, 400.0}) {
      one.advance_to(time);
      two.advance_to(time);
      equal = equal && one.mrna() == two.mrna() && one.protein() == two.protein();
      one.clamp(0, 1.0);
      two.clamp(0, 1.0);
    }
  }
  return equal && one.counters().bursts == two.counters().bursts;
}

}  // namespace

TEST_CASE("the expansion decides every candidate as the closed form does") {
  // The same candidates, the same answers, whatever the expansion leaves out.
  RandomStream stream(5, Purpose::network);
  const Network all = all_on_all(stream);
  Kinetics kinetics = Kinetics::uniform(crowd, 1.0, 0.2, 0.02, 0.1, 2.0);
  for (Index i = 1; i < crowd; ++i) {
    kinetics.mrna_decay[i] *= 0.3 + 2.0 * stream.uniform();
    kinetics.protein_decay[i] *= 0.3 + 2.0 * stream.uniform();
  }
  kinetics.scale_proteins();
  const auto process = [&](double weight, const ProcessOptions& options) {
    return crowd_process(kinetics, all, options, weight);
  };
  CHECK(process(1.0, {}).path() == Path::expansion);
  for (const double weight : {1.0, 20.0}) {
    const auto closed = process(weight, {Path::sparse, Candidates::constant});
    CHECK(same_cells(process(weight, {.path = Path::expansion}), closed));
    CHECK_FALSE(same_cells(process(1.001 * weight, {.path = Path::expansion}), closed));
  }
}

TEST_CASE("the expansion is exact for lives far apart, and not taken beyond its range") {
  RandomStream stream(6, Purpose::network);
  const Network all = all_on_all(stream);
  // 20 minutes and 11 days are 800-fold apart; around 3^6 and 4^6 the basis changes.
  for (const double ratio : {300.0, 728.0, 730.0, 800.0, 4095.0, 4097.0, 1e5, 1e6, 1.001e6, 1e9, 1e200}) {
    CAPTURE(ratio);
    Kinetics kinetics = Kinetics::uniform(crowd, 2.0, 0.2, 0.02, 0.1, 2.0);
    for (Index i = 1; i < crowd; ++i) {
      kinetics.protein_decay[i] = 2.0 * std::pow(ratio, -static_cast<double>(i) / (crowd - 1));
    }
    kinetics.scale_proteins();
    const auto chosen = crowd_process(kinetics, all, {});
    CHECK(chosen.path() == (ratio <= 1e6 ? Path::expansion : Path::sparse));
    const auto closed = crowd_process(kinetics, all, {Path::sparse, Candidates::constant});
    if (ratio <= 1e6) {
      CHECK(same_cells(chosen, closed));
    } else {
      CHECK_THROWS_WITH_AS(crowd_process(kinetics, all, {.path = Path::expansion}),
                           "BurstyProcess: options.path is expansion, which needs mrna_decay and protein_decay of all "
                           "genes within a factor of 1e+06",
                           std::invalid_argument);
    }
  }
}

TEST_CASE("the comparison of paths catches five per cent" * support::large_sample()) {
  const auto with = [](auto change) {
    Kinetics k = shared();
    change(k);
    return k;
  };
  CHECK(twin_is_caught(bursty, shared(), with([](Kinetics& k) { k.frequency_max *= 1.05; })));
  CHECK(twin_is_caught(bursty, shared(), with([](Kinetics& k) { k.inverse_burst_size *= 1.05; })));
  CHECK(twin_is_caught(bursty, shared(), with([](Kinetics& k) { k.mrna_decay *= 1.05; })));
  CHECK(twin_is_caught(bursty, shared(), with([](Kinetics& k) { k.protein_synthesis *= 1.05; })));
  CHECK(twin_is_caught(bursty, shared(), shared(), 1.05));
  CHECK(twin_is_caught(protein_only, shared(), with([](Kinetics& k) { k.protein_decay *= 1.05; })));
}

TEST_CASE("paths are refused by name when rate or kinetics do not allow them") {
  const Kinetics kinetics = different();
  const Sigmoid rate(kinetics.frequency_min, kinetics.frequency_max, network().basal(), network().interactions());
  const auto opaque = whole(rate);
  CHECK_THROWS_WITH_AS(
      BurstyProcess(kinetics, rate, {.path = Path::separable}),
      "BurstyProcess: options.path is separable, which needs the same mrna_decay and protein_decay for all genes, well "
      "apart",
      std::invalid_argument);
  for (const Path path : {Path::sparse, Path::separable, Path::clocks}) {
    CHECK_THROWS_WITH_AS(
        BurstyProcess(kinetics, opaque, {.path = path}),
        ("BurstyProcess: options.path is " + std::string(name(path)) + ", which this burst rate does not allow")
            .c_str(),
        std::invalid_argument);
  }
  CHECK_THROWS_WITH_AS(BurstyProcess(kinetics, lazy(rate), {Path::sparse, Candidates::levels}),
                       "BurstyProcess: options.candidates is levels, which needs regulators and a bound over a box",
                       std::invalid_argument);
  CHECK_THROWS_AS(BurstyProcess(kinetics, rate, {Path::plain, Candidates::levels}), std::invalid_argument);
  CHECK_THROWS_AS(BurstyProcess(kinetics, rate, {Path::clocks, Candidates::levels}), std::invalid_argument);
  CHECK(BurstyProcess(kinetics, rate).path() == Path::sparse);
  CHECK(BurstyProcess(shared(), rate).path() == Path::separable);
  CHECK(BurstyProcess(kinetics, opaque).path() == Path::plain);
}

TEST_CASE("extreme parameters give no NaN on any path") {
  for (const double k0 : {0.0, 0.5}) {
    for (const double k1 : {1e-9, 1.0, 300.0}) {
      for (const double weight : {-400.0, 400.0}) {
        for (const double d0 : {0.2, 5.0}) {
          Kinetics kinetics = Kinetics::uniform(3, d0, 0.2, 0.02, std::min(k0, k1), k1);
          kinetics.protein_synthesis.setConstant(1.0);  // proteins far above 1
          const Network strong(Vector{{0, -300, 200}},
                               std::vector<Edge>{{0, 1, weight}, {1, 2, weight}, {2, 1, -weight}});
          const Sigmoid rate(kinetics.frequency_min, kinetics.frequency_max, strong.basal(), strong.interactions());
          for (const ProcessOptions& options : every_path) {
            if (options.path == Path::separable && d0 == 0.2) continue;
            BurstyProcess process(kinetics, rate, options);
            CAPTURE(std::string(name(process.path())));
            process.reset(RandomStream(1, Purpose::cell));
            process.advance_to(1.0);
            process.clamp(0, 1.0);
            process.advance_to(30.0);
            CHECK(process.mrna().allFinite());
            CHECK(process.protein().allFinite());
            CHECK(process.protein().minCoeff() >= 0.0);
          }
        }
      }
    }
  }
}

TEST_CASE("a long quiet run keeps the shared exponentials in range") {
  const Kinetics kinetics = shared();
  const Sigmoid rate(kinetics.frequency_min, kinetics.frequency_max, Vector::Constant(5, -9.0),
                     network().interactions());
  BurstyProcess fast(kinetics, rate, {Path::separable, Candidates::levels});
  fast.reset(RandomStream(8, Purpose::cell));
  double total = 0.0;
  for (int i = 1; i <= 400; ++i) {
    fast.advance_to(50.0 * i);
    REQUIRE(fast.mrna().allFinite());
    total += fast.mrna().tail(4).sum();
  }
  // Four genes at k0 = 0.1, barely more: mean 5 molecules each.
  CHECK(total / 400 == doctest::Approx(20.0).epsilon(0.35));
}
