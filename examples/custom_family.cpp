// A mixture family of one's own: the law of the counts of a gene in one of its modes. The library's negative binomial
// is a Poisson law whose mean varies from cell to cell as bursts come and go; here it does not vary, as after pooling
// many cells into one. Whatever clusters counts or infers from them takes the struct below in place of
// `NegativeBinomial`.
#include <cmath>
#include <cstdint>
#include <iostream>
#include <limits>
#include <string_view>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/family.hpp>

using cardamom::GeneSample;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::RandomStream;
using cardamom::Vector;

// A mode has a shape a, and shares b with the other modes of its gene: the mean of a count is exposure · a/b. A Poisson
// law knows means alone, so b stays 1 and the shape is the mean.
struct Poisson {
  bool admits(double x) const { return x >= 0.0 && x == std::floor(x); }
  std::string_view support() const { return "a whole number of molecules"; }

  double log_density(double x, double a, double b, double exposure) const {
    const double mean = exposure * a / b;
    if (mean == 0.0) return x == 0.0 ? 0.0 : -std::numeric_limits<double>::infinity();
    return x * std::log(mean) - mean - std::lgamma(x + 1.0);
  }
  void log_densities(const GeneSample& sample, double a, double b, Vector& out) const {
    out.resize(sample.size());
    for (Index i = 0; i < sample.size(); ++i) out[i] = log_density(sample.values[i], a, b, sample.exposure(i));
  }

  // Maximum likelihood of several groups of cells; `weights` says how much of each observation belongs to each group.
  cardamom::SharedFit fit(const GeneSample& sample, const Matrix& weights, const cardamom::SharedFitOptions&) const {
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
static_assert(cardamom::MixtureFamily<Poisson>);

int main() {
  // A stimulus and one gene of which the mean goes from 2 to 12 when the stimulus comes.
  const Index cells = 400;
  Matrix values(cells, 2);
  Vector times(cells);
  RandomStream random(1, cardamom::Purpose::user);
  for (Index cell = 0; cell < cells; ++cell) {
    const bool late = cell >= cells / 2;
    times[cell] = late ? 10.0 : 0.0;
    values(cell, 0) = late ? 1.0 : 0.0;
    values(cell, 1) = Poisson{}.draw(late ? 12.0 : 2.0, 1.0, 1.0, random);
  }
  const cardamom::Counts counts(values, times);

  const auto clustering = cluster(counts, {.seed = 1}, Poisson{}, cardamom::Binarize{});
  const Vector& means = clustering.gene(1).shapes;
  Index right = 0;
  for (Index cell = 0; cell < cells; ++cell) right += (clustering.modes(cell, 1) == 1) == (cell >= cells / 2);
  std::cout << "modes of gene 1: " << means.transpose() << "; " << right << " of " << cells
            << " cells in the right one\n";
  return means.size() == 2 && std::abs(means[0] - 2.0) < 0.5 && std::abs(means[1] - 12.0) < 1.0 && right > 380 ? 0 : 1;
}
