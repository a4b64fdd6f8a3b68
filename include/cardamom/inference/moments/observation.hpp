/// @file
/// The observation law as the method of simulated moments uses it: as one type, so that what is built on it is compiled
/// once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/measurement.hpp>

namespace cardamom {

/// Any observation law: draws, and means of functions of an observation given the molecules of mRNA. Depths of cells,
/// where the law has them, are averaged over.
class Observation {
 public:
  using Function = std::function<double(double)>;

  /// @param law `law.observe(molecules, depth, stream)` and, where it has them, `law.depth(stream)` and
  /// `law.expect(f, molecules, depth)`; a law without the latter is sampled
  template <class Law>
  explicit Observation(Law law)
      : observe_([law](double molecules, double depth, RandomStream& stream) {
          return static_cast<double>(law.observe(molecules, depth, stream));
        }) {
    if constexpr (requires(RandomStream & stream) { law.depth(stream); }) {
      depth_ = [law](RandomStream& stream) { return static_cast<double>(law.depth(stream)); };
    }
    if constexpr (requires(const Function& f) { law.expect(f, 1.0, 1.0); }) {
      expect_ = [law](const Function& f, double molecules, double depth) {
        return static_cast<double>(law.expect(f, molecules, depth));
      };
    } else {
      expect_ = [law](const Function& f, double molecules, double depth) {
        RandomStream stream(0, Purpose::refinement, sampled_stream);
        double sum = 0.0;
        for (int k = 0; k < samples; ++k) sum += f(static_cast<double>(law.observe(molecules, depth, stream)));
        return sum / samples;
      };
    }
    set_depths();
    const double mean = expect([](double x) { return x; }, 1.0);
    if (std::abs(mean - 1.0) > 1e-9) observed_per_molecule_ = mean;  // rounding is none of its meaning
  }

  [[nodiscard]] double observe(double molecules, double depth, RandomStream& stream) const {
    return observe_(molecules, depth, stream);
  }
  /// The depth of one cell; 1, without a draw, of a law without depths.
  [[nodiscard]] double depth(RandomStream& stream) const { return depth_ ? depth_(stream) : 1.0; }
  /// E f(observation | molecules).
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double expect(const WhereUsed<Function, Use>& f, double molecules) const {
    if (depths_.size() == 0) return expect_(f, molecules, 1.0);
    double sum = 0.0;
    for (const double depth : depths_) sum += expect_(f, molecules, depth);
    return sum / static_cast<double>(depths_.size());
  }
  /// Mean observation of a gene with one molecule: what turns molecules into the units of the data.
  [[nodiscard]] double observed_per_molecule() const noexcept { return observed_per_molecule_; }

 private:
  static constexpr int samples = 1000;         // of a law without `expect`: means of a bounded function err by 1.5 %
  static constexpr Index typical_depths = 32;  // that stand for all
  static constexpr std::uint64_t sampled_stream = std::uint64_t{3} << 62U;  // simulations use those below 2^63
  static constexpr std::uint64_t depth_stream = sampled_stream + 1;

  template <class Use = CompiledWhereUsed>
  void set_depths() {
    if (!depth_) return;
    RandomStream stream(0, Purpose::refinement, depth_stream);
    WhereUsed<Vector, Use> drawn(typical_depths);
    for (double& depth : drawn) depth = depth_(stream);
    if ((drawn.array() == 1.0).all()) {
      depth_ = nullptr;
    } else {
      depths_ = drawn / drawn.mean();
    }
  }

  std::function<double(double, double, RandomStream&)> observe_;
  std::function<double(RandomStream&)> depth_;
  std::function<double(const Function&, double, double)> expect_;
  Vector depths_;
  double observed_per_molecule_ = 1.0;
};

}  // namespace cardamom
