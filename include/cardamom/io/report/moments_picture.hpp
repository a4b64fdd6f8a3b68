/// @file
/// Means and standard deviations of a gene over time for a page, data beside simulation.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/report/axis.hpp>
#include <cardamom/io/report/histogram_pictures.hpp>
#include <cardamom/io/report/svg.hpp>

namespace cardamom::report {

/// Mean and standard deviation (with n − 1; 0 of one value).
struct Moments {
  double mean = 0.0;
  double deviation = 0.0;

  template <class = CompiledWhereUsed>
  explicit Moments(const Vector& values) : mean(values.mean()) {
    if (values.size() < 2) return;
    deviation = std::sqrt((values.array() - mean).square().sum() / static_cast<double>(values.size() - 1));
  }
};

/// Mean ± standard deviation of a gene's counts at every time, data (blue) and simulation (orange), means joined. The
/// axis begins at 0, where bars that would reach below end.
template <class Use = CompiledWhereUsed>
inline std::string moments_picture(const std::string& name, const std::vector<MarginalPair>& pairs) {
  constexpr double width = 320.0;
  constexpr double height = 190.0;
  constexpr double left = 52.0;
  constexpr double bottom = 152.0;
  constexpr double top = 8.0;
  constexpr double beside = 2.5;  // data to the left of a time, simulation to the right
  std::vector<Moments> data;
  std::vector<Moments> simulated;
  std::vector<double> times;
  double largest = 0.0;
  for (const MarginalPair& pair : pairs) {
    times.push_back(pair.time);
    data.emplace_back(pair.data);
    simulated.emplace_back(pair.simulated);
    for (const Moments& of : {data.back(), simulated.back()}) largest = std::max(largest, of.mean + of.deviation);
  }
  const Axis x{times.front(), times.back(), left + 10.0, width - 10.0};
  const Axis y{0.0, largest > 0.0 ? largest : 1.0, bottom, top};

  Svg svg(width, height, "mean and standard deviation of " + name + " over time, data and simulation");
  for (const double tick : ticks(y.first, y.last, 6)) {
    svg.line({left, y(tick)}, {width, y(tick)}, "grid-line");
    svg.text({left - 4.0, y(tick) + 4.0}, Anchor::end, brief(tick), "tick");
  }
  const auto course = [&](const std::vector<Moments>& moments, double shift, const std::string& what) {
    std::string line;
    for (std::size_t k = 0; k < moments.size(); ++k) {
      const double at = x(times[k]) + shift;
      const auto& [mean, deviation] = moments[k];
      line += (k == 0 ? "M " : "L ") + coordinates({at, y(mean)}) + ' ';
      svg.line({at, y(std::max(0.0, mean - deviation))}, {at, y(mean + deviation)}, "course course-" + what, 1.4);
    }
    svg.path(line, "course course-" + what);
    for (std::size_t k = 0; k < moments.size(); ++k) {
      svg.circle({x(times[k]) + shift, y(moments[k].mean)}, 3.0, "dot " + what);
    }
  };
  course(data, -beside, "data");
  course(simulated, beside, "simulated");
  svg.line({left, bottom}, {width, bottom}, "axis");
  for (const double time : spaced(times, x, 26.0)) {
    svg.text({x(time), bottom + 15.0}, Anchor::middle, brief(time), "tick");
  }
  svg.text({0.5 * (left + width), height - 5.0}, Anchor::middle, "time [h]", "tick");
  svg.text({12.0, 0.5 * (top + bottom)}, Anchor::middle, "counts per cell", "tick", -90.0);
  return svg.str();
}

}  // namespace cardamom::report
