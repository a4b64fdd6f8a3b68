/// @file
/// Weights of edges over time for a page: a map of θ, edges × time points, and when each edge comes on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/report/svg.hpp>

namespace cardamom::report {

/// θ as of a time point.
struct WeightsAtTime {
  double time;                       ///< [h]
  const SparseMatrix* interactions;  ///< nodes × nodes, θ(i, j) the action of j on i
};

/// θ of an edge over time.
struct EdgeCourse {
  Index source = 0;
  Index target = 0;
  Vector weights;  ///< per time point
  /// The first time point from which on |θ| stays at half its largest value or above; -1 where the edge goes again.
  Index switch_on = -1;
};

/// The edges that ever act, those of the largest |θ| first.
/// @param steps at least one, of the same nodes
template <class = CompiledWhereUsed>
inline std::vector<EdgeCourse> edge_courses(const std::vector<WeightsAtTime>& steps) {
  const auto times = static_cast<Index>(steps.size());
  std::vector<EdgeCourse> courses;
  std::map<std::pair<Index, Index>, std::size_t> place;
  for (Index k = 0; k < times; ++k) {
    const SparseMatrix& theta = *steps[static_cast<std::size_t>(k)].interactions;
    for (Index outer = 0; outer < theta.outerSize(); ++outer) {
      for (SparseMatrix::InnerIterator entry(theta, outer); entry; ++entry) {
        if (entry.value() == 0.0) continue;
        const auto [at, fresh] = place.try_emplace({entry.row(), entry.col()}, courses.size());
        if (fresh) courses.push_back({entry.col(), entry.row(), Vector::Zero(times), -1});
        courses[at->second].weights[k] = entry.value();
      }
    }
  }
  for (EdgeCourse& course : courses) {
    const double half = 0.5 * course.weights.cwiseAbs().maxCoeff();
    Index k = times;
    while (k > 0 && std::abs(course.weights[k - 1]) >= half) --k;
    course.switch_on = k < times ? k : -1;
  }
  std::stable_sort(courses.begin(), courses.end(), [](const EdgeCourse& a, const EdgeCourse& b) {
    return a.weights.cwiseAbs().maxCoeff() > b.weights.cwiseAbs().maxCoeff();
  });
  return courses;
}

/// A field for every edge and time point, blue where θ > 0 and orange where θ < 0, the stronger the larger |θ|; the
/// time at which an edge comes on has a frame.
/// @param courses in the order of the rows
template <class = CompiledWhereUsed>
inline std::string weights_picture(const std::vector<EdgeCourse>& courses, const std::vector<double>& times,
                                   const std::vector<std::string>& names) {
  constexpr double width = 420.0;
  constexpr double left = 132.0;
  constexpr double row = 17.0;
  constexpr double top = 34.0;
  const double column = (width - left) / static_cast<double>(times.size());
  double largest = 0.0;
  for (const EdgeCourse& course : courses) largest = std::max(largest, course.weights.cwiseAbs().maxCoeff());
  Svg svg(width, top + row * static_cast<double>(courses.size()) + 2.0, "weights of edges over time");
  svg.text({left + 0.5 * (width - left), 12.0}, Anchor::middle, "time [h]", "tick");
  const std::size_t stride = (times.size() + 11) / 12;
  for (std::size_t k = 0; k < times.size(); k += stride) {
    svg.text({left + column * (static_cast<double>(k) + 0.5), 29.0}, Anchor::middle, brief(times[k]), "tick");
  }
  double y = top;
  for (const EdgeCourse& course : courses) {
    const auto name = [&](Index node) { return shortened(names[static_cast<std::size_t>(node)], 9); };
    svg.text({left - 5.0, y + 12.5}, Anchor::end, name(course.source) + " → " + name(course.target), "label");
    for (Index k = 0; k < course.weights.size(); ++k) {
      const double weight = course.weights[k];
      const double x = left + column * static_cast<double>(k);
      svg.field({x + 0.5, y + 0.5}, column - 1.0, row - 1.0, std::abs(weight) / largest,
                weight < 0.0 ? "swatch-represses" : "swatch-activates");
      if (times.size() <= 10) {
        // White is easier to read than black only on the deepest blue.
        svg.text({x + 0.5 * column, y + 12.5}, Anchor::middle, weight == 0.0 ? "0" : fixed(weight, 1),
                 weight > 0.9 * largest ? "inside bright" : "inside");
      }
    }
    if (course.switch_on >= 0) {
      svg.rect({left + column * static_cast<double>(course.switch_on) + 1.0, y + 1.0}, column - 2.0, row - 2.0,
               "switch");
    }
    y += row;
  }
  return svg.str();
}

}  // namespace cardamom::report
