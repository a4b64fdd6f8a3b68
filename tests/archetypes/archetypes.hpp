// One foreign model per concept: exactly the members that its table asks for and nothing else. They cannot be made
// without an argument nor assigned, unless the concept asks for it: what compiles with them relies on no more than the
// concept promises. Their duties are tested in archetypes_test.cpp. The component of a mixture, which needs more
// headers than all others, has its own: component.hpp.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/link.hpp>
#include <cardamom/clustering/clusterer.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/objective.hpp>
#include <cardamom/regression/optimizer.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/process.hpp>

namespace archetypes {

using cardamom::Index;
using cardamom::Matrix;
using cardamom::RandomStream;
using cardamom::Vector;
using cardamom::VectorIn;
using cardamom::VectorOut;

/// Copies, and does nothing else by itself.
struct Bare {
  explicit Bare(int) {}
  Bare(const Bare&) = default;
  Bare& operator=(const Bare&) = delete;
};

/// `BurstRate`: a chain. The first gene follows the level of the input before it, every other gene the one before it.
class Rate : Bare {
 public:
  explicit Rate(Index nodes) : Bare(0), nodes_(nodes) {}
  Index nodes() const { return nodes_; }
  double operator()(Index gene, const VectorIn& protein) const {
    const double p = protein[gene - 1];
    return 0.1 + 1.9 * p * p / (0.25 + p * p);
  }

 private:
  Index nodes_;
};

/// `ConstantBoundBurstRate`: the same chain with a bound, enough for exact simulation.
class BoundedRate : Bare {
 public:
  explicit BoundedRate(Index nodes) : Bare(0), rate_(nodes) {}
  Index nodes() const { return rate_.nodes(); }
  double operator()(Index gene, const VectorIn& protein) const { return rate_(gene, protein); }
  double bound(Index) const { return 2.0; }

 private:
  Rate rate_;
};

/// `BoxBoundBurstRate`: the same chain, bounded over boxes alone.
class BoxBoundedRate : Bare {
 public:
  explicit BoxBoundedRate(Index nodes) : Bare(0), rate_(nodes) {}
  Index nodes() const { return rate_.nodes(); }
  double operator()(Index gene, const VectorIn& protein) const { return rate_(gene, protein); }
  double bound(Index gene, const VectorIn&, const VectorIn& upper) const { return rate_(gene, upper) * (1.0 + 1e-12); }

 private:
  Rate rate_;
};

/// `LearnableBurstRate` with a bound: every gene may follow every node, by weights that data choose; rising ones switch
/// it on.
class LearnableRate : Bare {
 public:
  explicit LearnableRate(Index nodes) : Bare(0), weights_(static_cast<std::size_t>(nodes), Vector::Zero(nodes + 1)) {}
  Index nodes() const { return static_cast<Index>(weights_.size()); }
  double operator()(Index gene, const VectorIn& protein) const {
    const Vector& w = weights_[static_cast<std::size_t>(gene)];
    const double u = w[nodes()] + w.head(nodes()).dot(protein);
    return 0.1 + 1.9 * 0.5 * (1.0 + u / std::sqrt(1.0 + u * u));
  }
  double bound(Index) const { return 2.0 + 1e-12; }
  Vector parameters(Index gene) const { return weights_[static_cast<std::size_t>(gene)]; }
  void set_parameters(Index gene, const VectorIn& x) { weights_[static_cast<std::size_t>(gene)] = x; }

 private:
  std::vector<Vector> weights_;
};

/// `Link`: algebraic, with heavier tails than the logistic one.
struct Link : Bare {
  explicit Link(int) : Bare(0) {}
  double value(double u) const { return 0.5 * (1.0 + u / std::sqrt(1.0 + u * u)); }
  double slope(double u) const { return 0.5 / ((1.0 + u * u) * std::sqrt(1.0 + u * u)); }
};

/// `MixtureFamily`: Poisson counts. Only a/b is determined, so b is 1.
struct Family : Bare {
  explicit Family(int) : Bare(0) {}
  bool admits(double x) const { return x >= 0.0 && x == std::floor(x); }
  std::string_view support() const { return "a whole number"; }
  double log_density(double x, double a, double b, double exposure) const {
    const double mean = exposure * a / b;
    if (mean == 0.0) return x == 0.0 ? 0.0 : -std::numeric_limits<double>::infinity();
    return x * std::log(mean) - mean - std::lgamma(x + 1.0);
  }
  void log_densities(const cardamom::GeneSample& sample, double a, double b, Vector& out) const {
    out.resize(sample.size());
    for (Index i = 0; i < sample.size(); ++i) out[i] = log_density(sample.values[i], a, b, sample.exposure(i));
  }
  cardamom::SharedFit fit(const cardamom::GeneSample& sample, const Matrix& weights,
                          const cardamom::SharedFitOptions&) const {
    cardamom::SharedFit result;
    result.shapes = Vector::Zero(weights.cols());
    for (Index group = 0; group < weights.cols(); ++group) {
      double exposure = 0.0;
      for (Index i = 0; i < sample.size(); ++i) exposure += weights(i, group) * sample.exposure(i);
      if (exposure > 0.0) result.shapes[group] = weights.col(group).dot(sample.values) / exposure;
    }
    return result;
  }
  double draw(double a, double b, double exposure, RandomStream& random) const {
    return static_cast<double>(random.poisson(exposure * a / b));
  }
};

/// `Clusterer`: cuts every gene at the mean of its observations, whatever the family.
struct Clusterer : Bare {
  explicit Clusterer(int) : Bare(0) {}
  template <class Family>
  cardamom::GeneClustering operator()(const cardamom::GeneSample& sample, const Family& family, RandomStream&) const {
    const double mean = sample.values.dot(sample.cells) / sample.cells.sum();
    cardamom::GeneClustering result;
    Matrix weights = Matrix::Zero(sample.size(), 2);
    for (Index i = 0; i < sample.size(); ++i) {
      const int mode = sample.values[i] > mean ? 1 : 0;
      result.of_observation.push_back(mode);
      weights(i, mode) = sample.cells[i];
    }
    const cardamom::SharedFit fit = family.fit(sample, weights, cardamom::SharedFitOptions{});
    result.modes.shapes = fit.shapes.cwiseMax(1e-2);
    result.modes.inverse_burst_size = fit.inverse_burst_size;
    result.modes.weights = weights.colwise().sum().transpose() / weights.sum();
    result.modes.informative = true;
    return result;
  }
};

/// `Loss`: pseudo-Huber, quadratic near 0 and linear far from it.
struct Loss : Bare {
  explicit Loss(int) : Bare(0) {}
  cardamom::LossTerm operator()(double fitted, double target) const {
    constexpr double width = 0.3;
    const double e = (fitted - target) / width;
    const double root = std::sqrt(1.0 + e * e);
    const double curvature = 1.0 / (root * root * root);
    return {width * width * (root - 1.0), width * e / root, curvature, curvature};
  }
};

/// `RowOptimizer` of any objective: proximal gradient steps, halved until they lower the total.
struct Optimizer : Bare {
  explicit Optimizer(int) : Bare(0) {}
  template <class Objective>
  cardamom::Convergence minimize(const Objective& objective, const cardamom::RowPenalty& penalty, VectorOut x) const {
    cardamom::Convergence result{cardamom::ConvergenceStatus::iteration_limit, 0, 0.0};
    Vector gradient(x.size());
    Vector scratch(x.size());
    double total = objective(x, gradient) + penalty.value(x);
    for (double step = 1.0; result.iterations < 500; ++result.iterations) {
      Vector next(x.size());
      for (Index j = 0; j < x.size(); ++j) next[j] = penalty.proximal(j, x[j] - step * gradient[j], step);
      const double proposed = objective(next, scratch) + penalty.value(next);
      result.residual = (next - x).cwiseAbs().maxCoeff() / step;
      if (proposed < total) {
        x = next;
        gradient = scratch;
        total = proposed;
        step *= 1.5;
      } else if (result.residual < 1e-6 || step < 1e-12) {
        result.status = cardamom::ConvergenceStatus::converged;
        break;
      } else {
        step *= 0.5;
      }
    }
    return result;
  }
};

/// `Executor`: chunks of three, the last first.
struct Executor : Bare {
  explicit Executor(int) : Bare(0) {}
  template <class Body>
  void for_ranges(Index count, Body&& body) const {
    for (Index end = count; end > 0;) {
      const Index begin = end > 3 ? end - 3 : 0;
      body(begin, end);
      end = begin;
    }
  }
};

/// What an observer was told.
struct ProgressLog {
  Index calls = 0;
  Index done = 0;
  Index total = -1;
  bool kept_its_promises = true;  ///< `done` rose, `total` stayed, `done` never passed it
};

/// `Progress`: writes a log, and asks to stop at `limit` units.
class Progress : Bare {
 public:
  explicit Progress(ProgressLog& log, Index limit = std::numeric_limits<Index>::max())
      : Bare(0), log_(&log), limit_(limit) {}
  bool operator()(Index done, Index total) {
    const bool first = log_->calls++ == 0;
    if (!first && (done <= log_->done || total != log_->total)) log_->kept_its_promises = false;
    if (done > total) log_->kept_its_promises = false;
    log_->done = done;
    log_->total = total;
    return done < limit_;
  }

 private:
  ProgressLog* log_;
  Index limit_;
};

/// `CellProcess` of one input: every gene makes a molecule at rate 2 (1 + level of the input)/2 per hour and a tenth of
/// protein with it; nothing decays. Candidates come at a constant rate, so that the course does not depend on where
/// `advance_to` stops.
class Process : Bare {
 public:
  explicit Process(Index nodes)
      : Bare(0), mrna_(Vector::Zero(nodes)), protein_(Vector::Zero(nodes)), clamped_(static_cast<std::size_t>(nodes)) {}
  Index nodes() const { return mrna_.size(); }
  void reset(const RandomStream& stream, double time, const cardamom::CellState& state) {
    random_ = std::vector<RandomStream>(1, stream);
    mrna_ = state.mrna;
    protein_ = state.protein;
    clamped_.assign(clamped_.size(), false);
    next_ = time;
    draw_next();
  }
  void clamp(Index node, double level) {
    protein_[node] = level;
    clamped_[static_cast<std::size_t>(node)] = true;
  }
  void release(Index node) { clamped_[static_cast<std::size_t>(node)] = false; }
  void advance_to(double time) {
    advance(time, [](const cardamom::Burst&) {});
  }
  const Vector& protein() const { return protein_; }
  const Vector& mrna() const { return mrna_; }

 protected:
  /// `before(burst)` sees every molecule that comes.
  template <class Before>
  void advance(double time, const Before& before) {
    for (; next_ <= time; draw_next()) {
      RandomStream& random = random_.front();
      const Index gene = 1 + random.below(nodes() - 1);
      if (2.0 * random.uniform() > 1.0 + protein_[0]) continue;
      before(cardamom::Burst{next_, gene, 1.0});
      mrna_[gene] += 1.0;
      if (!clamped_[static_cast<std::size_t>(gene)]) protein_[gene] += 0.1;
    }
  }

 private:
  void draw_next() { next_ += random_.front().exponential() / (2.0 * static_cast<double>(nodes() - 1)); }

  std::vector<RandomStream> random_;  // one, once the cell is reset
  Vector mrna_;
  Vector protein_;
  std::vector<bool> clamped_;
  double next_ = 0.0;
};

/// `ObservableProcess`: the same cell, whose molecules can be followed.
class ObservableProcess : public Process {
 public:
  explicit ObservableProcess(Index nodes) : Process(nodes), state_(cardamom::CellState::zero(nodes)) {}
  using Process::advance_to;
  template <cardamom::BurstObserver Observer>
  void advance_to(double time, Observer& observer) {
    advance(time, [&](const cardamom::Burst& burst) {
      if constexpr (std::invocable<Observer&, const cardamom::Burst&>) {
        observer(burst);
      } else {
        observer(burst, state());
      }
    });
  }
  const cardamom::CellState& state() {
    state_ = {mrna(), protein()};
    return state_;
  }

 private:
  cardamom::CellState state_;
};

/// `BurstObserver`: counts bursts and adds up their sizes. It cannot be copied: what a process tells a copy is lost.
class Observer {
 public:
  explicit Observer(Index nodes) : sizes_(Vector::Zero(nodes)) {}
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  void operator()(const cardamom::Burst& burst) {
    ++bursts_;
    sizes_[burst.gene] += burst.size;
  }
  Index bursts() const { return bursts_; }
  const Vector& sizes() const { return sizes_; }

 private:
  Index bursts_ = 0;
  Vector sizes_;  // per node
};

/// `BurstObserver` that asks for the state before each burst: adds up sizes and what the gene's mRNA and protein have
/// then.
class StateObserver {
 public:
  explicit StateObserver(Index nodes) : sizes_(Vector::Zero(nodes)) {}
  StateObserver(const StateObserver&) = delete;
  StateObserver& operator=(const StateObserver&) = delete;
  void operator()(const cardamom::Burst& burst, const cardamom::CellState& state) {
    sizes_[burst.gene] += burst.size;
    before_ += state.mrna[burst.gene] + state.protein[burst.gene];
  }
  const Vector& sizes() const { return sizes_; }
  double before() const { return before_; }

 private:
  Vector sizes_;  // per node
  double before_ = 0.0;
};

/// `ObservationLaw`: Poisson counts of which three in ten are lost, and read as 0.
struct ObservationLaw : Bare {
  explicit ObservationLaw(int) : Bare(0) {}
  double observe(double molecules, double depth, RandomStream& stream) const {
    const bool lost = stream.uniform() < 0.3;
    const auto count = static_cast<double>(stream.poisson(molecules * depth));
    return lost ? 0.0 : count;
  }
};

static_assert(cardamom::BurstRate<Rate> && !cardamom::BoundedBurstRate<Rate>);
static_assert(cardamom::ConstantBoundBurstRate<BoundedRate> && !cardamom::BoxBoundBurstRate<BoundedRate>);
static_assert(cardamom::BoxBoundBurstRate<BoxBoundedRate> && !cardamom::ConstantBoundBurstRate<BoxBoundedRate>);
static_assert(cardamom::LearnableBurstRate<LearnableRate> && !cardamom::ParameterGradientBurstRate<LearnableRate>);
static_assert(!cardamom::LazyBurstRate<Rate> && !cardamom::SparseBurstRate<Rate> &&
              !cardamom::LinkedBurstRate<LearnableRate> && !cardamom::DifferentiableBurstRate<LearnableRate>);
static_assert(cardamom::Link<Link> && !cardamom::CurvedLink<Link> && !cardamom::ComparingLink<Link>);
static_assert(cardamom::MixtureFamily<Family> && cardamom::Clusterer<Clusterer, Family>);
static_assert(cardamom::Loss<Loss> && !cardamom::FloorlessLoss<Loss> && !cardamom::FusedLoss<Loss, Link>);
static_assert(cardamom::RowOptimizer<Optimizer, cardamom::RowObjective<Loss, Link>>);
static_assert(cardamom::Executor<Executor> && cardamom::Progress<Progress>);
static_assert(cardamom::CellProcess<Process> && !cardamom::ObservableProcess<Process>);
static_assert(cardamom::ObservableProcess<ObservableProcess> && cardamom::ObservationLaw<ObservationLaw>);
static_assert(cardamom::BurstObserver<Observer> && !std::copy_constructible<Observer>);
static_assert(cardamom::BurstObserver<StateObserver> && !std::invocable<StateObserver&, const cardamom::Burst&>);

}  // namespace archetypes
