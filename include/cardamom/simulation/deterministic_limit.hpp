/// @file
/// Model (4), the limit of frequent small bursts: P_i' = kon_i(P)/c_i − d1_i P_i, c_i = (koff_i/s0_i) d0_i/s1_i.
/// Integrated by Dormand–Prince 5(4) with error control and dense output (Boost.odeint). Finding its rest points is the
/// landscape's affair.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

// clang-format off: Boost 1.74's dense output relies on the first two being there.
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/dense_output_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/util/bind.hpp>
#include <boost/numeric/odeint/util/unwrap_reference.hpp>
// clang-format on

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

/// Error per step kept below absolute_tolerance + relative_tolerance · |P|.
struct DeterministicLimitOptions {
  double absolute_tolerance = 1e-9;  ///< > 0, protein units of (11)
  double relative_tolerance = 1e-8;  ///< > 0
};

/// The deterministic course of the proteins. Same interface as the processes; asks only for the value of the rate.
template <BurstRate Rate>
class DeterministicLimit {
  static_assert(detail::explain_rate_members<Rate>());

 public:
  /// @param kinetics of as many nodes as the rate: c by `inverse_protein_burst_size()`, and d1
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  explicit DeterministicLimit(const WhereUsed<Kinetics, Rate>& kinetics, Rate rate,
                              const DeterministicLimitOptions& options = {})
      : rate_(std::move(rate)),
        nodes_(static_cast<Index>(rate_.nodes())),
        inputs_(kinetics.inputs()),
        options_(options) {
    validate(kinetics);
    check_size("DeterministicLimit", "kinetics", kinetics.nodes(), nodes_);
    check_positive("DeterministicLimit", "options.absolute_tolerance", options.absolute_tolerance);
    check_positive("DeterministicLimit", "options.relative_tolerance", options.relative_tolerance);
    protein_decay_ = kinetics.protein_decay;
    mean_burst_ = kinetics.inverse_protein_burst_size().cwiseInverse();
    clamped_.assign(static_cast<std::size_t>(nodes_), 0);
    reset(Vector::Zero(nodes_));
  }

  /// The same from a model.
  explicit DeterministicLimit(const BasicModel<Rate>& model, const DeterministicLimitOptions& options = {})
      : DeterministicLimit(model.kinetics, model.rate, options) {}

  Index nodes() const noexcept { return nodes_; }
  Index inputs() const noexcept { return inputs_; }
  const Rate& rate() const noexcept { return rate_; }
  /// [h]
  double time() const noexcept { return time_; }
  /// P, one entry per node; of inputs their levels.
  const Vector& protein() const noexcept { return protein_; }

  /// Starts at `protein` (one entry per node, finite and >= 0); inputs stay there, no gene is clamped.
  void reset(const WhereUsed<VectorIn, Rate>& protein, double time = 0.0) {
    check_size("reset", "protein", protein.size(), nodes_);
    check_all_nonnegative("reset", "protein", protein);
    check_finite("reset", "time", time);
    protein_ = protein;
    time_ = time;
    std::fill(clamped_.begin(), clamped_.end(), char{0});
    stepper_ready_ = false;
  }

  /// From now on the protein of `node`, an input or a gene, stays at `level` >= 0.
  void clamp(Index node, double level) {
    check_index("clamp", "node", node, nodes_);
    check_nonnegative("clamp", "level", level);
    protein_[node] = level;
    clamped_[static_cast<std::size_t>(node)] = 1;
    stepper_ready_ = false;
  }
  /// Ends `clamp`; an input stays where it is.
  void release(Index node) {
    check_index("release", "node", node, nodes_);
    clamped_[static_cast<std::size_t>(node)] = 0;
    stepper_ready_ = false;
  }

  /// The right-hand side of (4): out_i = kon_i(P)/c_i − d1_i P_i, 0 for inputs and clamped genes.
  /// @throws NumericalError when a rate is negative or not finite
  void derivative(const WhereUsed<VectorIn, Rate>& protein, WhereUsed<VectorOut, Rate> out) const {
    out.head(inputs_).setZero();
    for (Index i = inputs_; i < nodes_; ++i) {
      if (clamped_[static_cast<std::size_t>(i)]) {
        out[i] = 0.0;
        continue;
      }
      const double kon = rate_(i, protein);
      if (!(std::isfinite(kon) && kon >= 0.0)) {
        throw NumericalError("rate(" + detail::to_text(i) + ", protein) is " + detail::to_text(kon) +
                             ", must be finite and >= 0");
      }
      out[i] = kon * mean_burst_[i] - protein_decay_[i] * protein[i];
    }
  }

  /// Integrates up to `time` >= time() (std::invalid_argument otherwise). Steps do not depend on where a caller stops.
  void advance_to(double time) {
    if (!(time >= time_)) {
      throw std::invalid_argument("advance_to: time is " + detail::to_text(time) +
                                  ", must be at least the current time " + detail::to_text(time_));
    }
    if (time == time_) return;
    const auto system = [this](const State& x, State& dxdt, double) {
      derivative(Eigen::Map<const Vector>(x.data(), nodes_), Eigen::Map<Vector>(dxdt.data(), nodes_));
    };
    if (!stepper_ready_) {
      // A first guess only: the stepper corrects it.
      const double step = nodes_ > inputs_ ? 0.01 / protein_decay_.tail(nodes_ - inputs_).maxCoeff() : time - time_;
      stepper_ = make_stepper(options_);
      stepper_.initialize(State(protein_.data(), protein_.data() + nodes_), time_, step);
      stepper_ready_ = true;
    }
    while (stepper_.current_time() < time) stepper_.do_step(system);
    if (stepper_.current_time() == time) {
      protein_ = Eigen::Map<const Vector>(stepper_.current_state().data(), nodes_);
    } else {
      interpolated_.resize(static_cast<std::size_t>(nodes_));
      stepper_.calc_state(time, interpolated_);
      protein_ = Eigen::Map<const Vector>(interpolated_.data(), nodes_);
    }
    time_ = time;
  }

 private:
  using State = std::vector<double>;
  // What make_dense_output returns, whose header includes every stepper.
  using Controlled = boost::numeric::odeint::controlled_runge_kutta<boost::numeric::odeint::runge_kutta_dopri5<State>>;
  using Stepper = boost::numeric::odeint::dense_output_runge_kutta<Controlled>;

  static Stepper make_stepper(const DeterministicLimitOptions& options) {
    return Stepper(
        Controlled(typename Controlled::error_checker_type(options.absolute_tolerance, options.relative_tolerance)));
  }

  Rate rate_;
  Index nodes_;
  Index inputs_;
  DeterministicLimitOptions options_;
  WhereUsed<Vector, Rate> protein_decay_;
  WhereUsed<Vector, Rate> mean_burst_;  // 1/c
  std::vector<char> clamped_;
  WhereUsed<Vector, Rate> protein_;
  double time_ = 0.0;
  State interpolated_;
  Stepper stepper_ = make_stepper(options_);
  bool stepper_ready_ = false;
};

}  // namespace cardamom
