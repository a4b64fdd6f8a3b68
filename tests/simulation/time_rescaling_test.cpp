// Time rescaling: whatever the network, the integral of kon_i(P(t)) between two bursts of gene i is exponential of mean
// 1, independent of the one before; and bursts have their own exponential law. Proteins between bursts are worked out
// here by the closed form, so nothing is taken from the simulator but which gene bursts when, and by how much.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <boost/math/quadrature/gauss.hpp>
#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <support/large_sample.hpp>
#include <support/statistics.hpp>

namespace {

using namespace cardamom;

constexpr Index nodes = 5;

// Branching, a repression, self-activation, feedback, an input.
Network network() {
  return {Vector{{0, -2, -1, -2, -1}},
          std::vector<Edge>{{0, 1, 3}, {1, 2, 4}, {1, 3, 5}, {2, 2, 2}, {3, 4, 3}, {4, 1, -4}, {4, 3, -1}}};
}

Kinetics shared() { return Kinetics::uniform(nodes, 1.0, 0.2, 0.02, 0.2, 2.0); }

Kinetics different() {
  Kinetics k = shared();
  k.mrna_decay << 1, 1.0, 0.5, 0.6, 1.5;
  k.protein_decay << 1, 0.2, 0.4, 0.3, 0.1;
  k.frequency_min << 0, 0.3, 0.1, 0.4, 0.2;
  k.frequency_max << 1, 2.0, 1.5, 1.2, 3.0;
  k.inverse_burst_size << 1, 0.02, 0.05, 0.1, 0.02;
  k.scale_proteins();
  return k;
}

Sigmoid sigmoid(const Kinetics& k) {
  return {k.frequency_min, k.frequency_max, network().basal(), network().interactions()};
}

// A cell by its closed form: what the test knows of it.
class Course {
 public:
  Course(const Kinetics& kinetics, bool protein_only) : kinetics_(kinetics), protein_only_(protein_only) { start(); }

  void start() {
    mrna_ = Vector::Zero(nodes);
    protein_ = Vector::Zero(nodes);
  }
  double protein(Index gene, double passed) const {
    if (gene == 0) return protein_[0];
    const double d0 = kinetics_.mrna_decay[gene];
    const double d1 = kinetics_.protein_decay[gene];
    const double kept = std::exp(-d1 * passed);
    if (protein_only_) return kept * protein_[gene];
    const double made = kinetics_.protein_synthesis[gene] * (kept - std::exp(-d0 * passed)) / (d0 - d1);
    return kept * protein_[gene] + made * mrna_[gene];
  }
  void move(double passed) {
    for (Index i = 1; i < nodes; ++i) {
      protein_[i] = protein(i, passed);
      mrna_[i] *= std::exp(-kinetics_.mrna_decay[i] * passed);
    }
  }
  void burst(Index gene, double size) { (protein_only_ ? protein_ : mrna_)[gene] += size; }
  void set_input(double level) { protein_[0] = level; }

 private:
  Kinetics kinetics_;
  bool protein_only_;
  Vector mrna_;
  Vector protein_;
};

constexpr std::size_t usual = 30000;  // intervals per gene

// p-values per gene: of the intervals, of their dependence on the one before, of the sizes, and of ∫ log kon (dN − kon
// dt), a martingale of variance ∫ log² kon kon dt: are there as many bursts where the rate is high as it says?
struct PValues {
  double intervals = 1.0;
  double succession = 1.0;
  double sizes = 1.0;
  double trend = 1.0;
  double smallest() const { return std::min({intervals, succession, sizes, trend}); }
};

/// Smallest p-values over the genes.
/// @param kinetics, rate what the test takes them for: in twins not what was simulated
/// @param enough intervals per gene
template <class Process, class Rate>
PValues rescale(Process process, const Kinetics& kinetics, const Rate& rate, bool protein_only,
                std::size_t enough = usual) {
  std::vector<std::vector<double>> intervals(nodes);
  std::vector<std::vector<double>> sizes(nodes);
  Vector integral = Vector::Zero(nodes);
  Vector trend = Vector::Zero(nodes);
  Vector trend_variance = Vector::Zero(nodes);
  Course course(kinetics, protein_only);
  Vector level(nodes);
  double now = 0.0;
  const auto pass = [&](double until) {
    // Pieces so short that five points are exact.
    const double whole = until - now;
    const auto pieces = static_cast<int>(whole / 0.5) + 1;
    const double piece = whole / pieces;
    for (int k = 0; k < pieces; ++k) {
      using Rule = boost::math::quadrature::gauss<double, 5>;
      const auto add = [&](double place, double weight) {
        for (Index j = 0; j < nodes; ++j) level[j] = course.protein(j, 0.5 * piece * (1.0 + place));
        for (Index i = 1; i < nodes; ++i) {
          const double kon = rate(i, level);
          const double expected = 0.5 * piece * weight * kon;
          integral[i] += expected;
          trend[i] -= std::log(kon) * expected;
          trend_variance[i] += std::log(kon) * std::log(kon) * expected;
        }
      };
      for (std::size_t p = 0; p < Rule::abscissa().size(); ++p) {
        add(Rule::abscissa()[p], Rule::weights()[p]);
        if (Rule::abscissa()[p] != 0.0) add(-Rule::abscissa()[p], Rule::weights()[p]);
      }
      course.move(piece);
    }
    now = until;
  };
  const auto observe = [&](const Burst& burst) {
    pass(burst.time);
    for (Index j = 0; j < nodes; ++j) level[j] = course.protein(j, 0.0);
    trend[burst.gene] += std::log(rate(burst.gene, level));
    course.burst(burst.gene, burst.size);
    const auto g = static_cast<std::size_t>(burst.gene);
    intervals[g].push_back(integral[burst.gene]);
    sizes[g].push_back(burst.size);
    integral[burst.gene] = 0.0;
  };
  // Cells from nothing, one after the other; an exponential has no memory, so that integrals go on into the next cell.
  const auto fewest = [&] {
    std::size_t count = enough;
    for (std::size_t g = 1; g < nodes; ++g) count = std::min(count, intervals[g].size());
    return count;
  };
  for (std::uint64_t cell = 0; fewest() < enough; ++cell) {
    process.reset(RandomStream(1, Purpose::cell, cell));
    course.start();
    now = 0.0;
    for (const double until : {20.0, 40.0, 400.0}) {
      process.advance_to(until, observe);
      pass(until);
      const double input = until < 30.0 ? 1.0 : 0.5;
      process.clamp(0, input);
      course.set_input(input);
    }
  }

  PValues p;
  for (std::size_t g = 1; g < nodes; ++g) {
    // The first of each: which come early and which late has no say in how many are taken.
    intervals[g].resize(enough);
    sizes[g].resize(enough);
    const auto exponential = [](double mean) { return [mean](double x) { return -std::expm1(-x / mean); }; };
    p.intervals = std::min(p.intervals, support::ks_p_value(intervals[g], exponential(1.0)));
    const double b = protein_only ? kinetics.inverse_protein_burst_size()[static_cast<Index>(g)]
                                  : kinetics.inverse_burst_size[static_cast<Index>(g)];
    p.sizes = std::min(p.sizes, support::ks_p_value(sizes[g], exponential(1.0 / b)));
    // Products of centred uniforms: mean 0, variance 1/144.
    double sum = 0.0;
    for (std::size_t k = 0; k + 1 < enough; ++k) {
      sum += (std::exp(-intervals[g][k]) - 0.5) * (std::exp(-intervals[g][k + 1]) - 0.5);
    }
    const auto i = static_cast<Index>(g);
    p.trend = std::min(p.trend, support::z_p_value(trend[i], 0.0, std::sqrt(trend_variance[i])));
    p.succession = std::min(p.succession, support::z_p_value(12.0 * sum, 0.0, std::sqrt(static_cast<double>(enough))));
  }
  return p;
}

// Tell less about themselves than they could.
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
auto lambda(const Sigmoid& rate) {
  const auto f = [rate](Index gene, const auto& protein) {
    double sum = rate.basal()[gene];
    for (SparseMatrix::InnerIterator edge(rate.interactions(), gene); edge; ++edge) {
      sum += edge.value() * protein[edge.col()];
    }
    return rate.link(gene, sum);
  };
  return BoundedFunctionRate(f, rate.frequency_max());
}

// A link of a linear form that no constant bounds; which proteins matter is told by the form alone.
struct Softplus {
  Sigmoid form;
  Index nodes() const { return form.nodes(); }
  double operator()(Index gene, const VectorIn& protein) const { return link(gene, form.argument(gene, protein)); }
  double bound(Index gene, const VectorIn& lower, const VectorIn& upper) const {
    double sum = basal()[gene];
    for (SparseMatrix::InnerIterator edge(interactions(), gene); edge; ++edge) {
      sum += edge.value() * (edge.value() > 0 ? upper : lower)[edge.col()];
    }
    return link(gene, sum);
  }
  const Vector& basal() const { return form.basal(); }
  const SparseMatrix& interactions() const { return form.interactions(); }
  double link(Index, double argument) const { return std::log1p(std::exp(argument)); }
};

const std::vector<ProcessOptions> every_path = {
    {Path::plain, Candidates::constant},     {Path::sparse, Candidates::constant},
    {Path::sparse, Candidates::levels},      {Path::separable, Candidates::constant},
    {Path::separable, Candidates::levels},   {Path::clocks, Candidates::constant},
    {Path::expansion, Candidates::constant}, {},
};

void check(const PValues& p) {
  CHECK(p.intervals > support::false_alarm);
  CHECK(p.succession > support::false_alarm);
  CHECK(p.sizes > support::false_alarm);
  CHECK(p.trend > support::false_alarm);
}

}  // namespace

TEST_CASE("integrals of the burst rate between bursts are exponential on every path" * support::large_sample()) {
  for (const Kinetics& kinetics : {shared(), different()}) {
    const Sigmoid rate = sigmoid(kinetics);
    const bool separable = kinetics.mrna_decay[2] == kinetics.mrna_decay[1];
    for (const ProcessOptions& options : every_path) {
      if (options.path == Path::separable && !separable) continue;
      CAPTURE(separable);
      CAPTURE(std::string(name(options.path)));
      CAPTURE(std::string(name(options.candidates)));
      check(rescale(BurstyProcess(kinetics, rate, options), kinetics, rate, false));
    }
    check(rescale(BurstyProcess(kinetics, BoxOnly{rate}), kinetics, rate, false));
    check(rescale(BurstyProcess(kinetics, SparseBox{{rate}}, {.path = Path::sparse}), kinetics, rate, false));
    check(rescale(BurstyProcess(kinetics, lambda(rate)), kinetics, rate, false));
  }
}

TEST_CASE("integrals of the burst rate between bursts of proteins are exponential on every path" *
          support::large_sample()) {
  const Kinetics kinetics = shared();
  const Sigmoid rate = sigmoid(kinetics);
  for (const ProcessOptions& options : every_path) {
    CAPTURE(std::string(name(options.path)));
    CAPTURE(std::string(name(options.candidates)));
    check(rescale(ProteinProcess(kinetics, rate, options), kinetics, rate, true));
  }
}

TEST_CASE("integrals of a burst rate without a constant bound are exponential on every path" *
          support::large_sample()) {
  for (const bool protein_only : {false, true}) {
    for (const bool separable : {true, false}) {
      Kinetics kinetics = separable ? shared() : different();
      kinetics.frequency_max.setConstant(3.0);  // sets the scale of the proteins
      kinetics.scale_proteins();
      const Softplus rate{sigmoid(kinetics)};
      for (const ProcessOptions& options :
           std::vector<ProcessOptions>{{}, {.path = Path::plain}, {.path = Path::sparse}, {.path = Path::separable}}) {
        if (options.path == Path::separable && !separable) continue;
        CAPTURE(protein_only);
        CAPTURE(separable);
        CAPTURE(std::string(name(options.path)));
        if (protein_only) {
          check(rescale(ProteinProcess(kinetics, rate, options), kinetics, rate, true));
        } else {
          check(rescale(BurstyProcess(kinetics, rate, options), kinetics, rate, false));
        }
      }
    }
  }
}

TEST_CASE("five per cent of a rate, of an interaction, of a life or of a burst show in the integrals" *
          support::large_sample()) {
  const Kinetics kinetics = shared();
  const auto caught = [&](const Kinetics& wrong, double weight = 1.0) {
    const Sigmoid simulated(wrong.frequency_min, wrong.frequency_max, network().basal(),
                            weight * network().interactions());
    return rescale(BurstyProcess(wrong, simulated), kinetics, sigmoid(kinetics), false, 3 * usual).smallest() <
           support::false_alarm;
  };
  const auto with = [&](auto change) {
    Kinetics k = kinetics;
    change(k);
    return k;
  };
  CHECK_FALSE(caught(kinetics));
  CHECK(caught(kinetics, 1.05));
  CHECK(caught(with([](Kinetics& k) { k.frequency_max *= 1.05; })));
  CHECK(caught(with([](Kinetics& k) { k.protein_decay *= 1.05; })));
  CHECK(caught(with([](Kinetics& k) { k.protein_synthesis *= 1.05; })));
  CHECK(caught(with([](Kinetics& k) { k.inverse_burst_size *= 1.05; })));
}
