/// @file
/// A burst rate computed by a small feed-forward network per gene (section 7.4 of the paper):
/// kon_i(P) = k0_i + (k1_i − k0_i) σ(b_i + w_i · tanh(c_i + A_i P)), A_i with one row per hidden unit.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/check_frequencies.hpp>
#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// The network of one gene with H hidden units.
struct PerceptronGene {
  Matrix hidden;         ///< A, H × nodes
  Vector hidden_offset;  ///< c, length H
  Vector output;         ///< w, length H
  double offset = 0.0;   ///< b
};

/// One hidden layer of tanh units, a logistic output: any dependence on the proteins, non-monotone ones included. What
/// it does not offer is a fast path: every protein may matter.
class Perceptron {
 public:
  /// @param frequency_min k0, @param frequency_max k1 [1/h], one per node, 0 <= k0 <= k1, those of inputs ignored
  /// @param networks one per node, those of inputs ignored; a gene may have no hidden unit (then kon is constant)
  /// @param inputs how many of the nodes, the first ones, are inputs
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  template <class Use = CompiledWhereUsed>
  Perceptron(WhereUsed<Vector, Use> frequency_min, WhereUsed<Vector, Use> frequency_max,
             std::vector<PerceptronGene> networks, Index inputs = 1)
      : frequency_min_(std::move(frequency_min)),
        frequency_max_(std::move(frequency_max)),
        networks_(std::move(networks)),
        inputs_(inputs) {
    check_frequencies("Perceptron", frequency_min_, frequency_max_, inputs);
    check_size("Perceptron", "networks", static_cast<Index>(networks_.size()), nodes());
    for (PerceptronGene& net : networks_) {
      if (net.output.size() == 0 && net.hidden.size() == 0) net.hidden.resize(0, nodes());
    }
    for (Index i = inputs; i < nodes(); ++i) {
      const WhereUsed<PerceptronGene, Use>& net = network(i);
      const std::string argument = detail::element("networks", i);
      const Index units = net.output.size();
      check_shape("Perceptron", argument + ".hidden", net.hidden, units, nodes());
      check_size("Perceptron", argument + ".hidden_offset", net.hidden_offset.size(), units);
      check_finite("Perceptron", argument + ".offset", net.offset);
      check_all_finite("Perceptron", argument + ".hidden_offset", net.hidden_offset);
      check_all_finite("Perceptron", argument + ".output", net.output);
      check_all_finite("Perceptron", argument + ".hidden", net.hidden.reshaped());
    }
  }

  [[nodiscard]] Index nodes() const noexcept { return frequency_max_.size(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }

  /// O(H · nodes).
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double operator()(Index gene, const WhereUsed<VectorIn, Use>& protein) const {
    const WhereUsed<PerceptronGene, Use>& net = network(gene);
    double sum = net.offset;
    for (Index h = 0; h < net.output.size(); ++h) {
      sum += net.output[h] * std::tanh(net.hidden_offset[h] + net.hidden.row(h).dot(protein));
    }
    return rate(gene, sum);
  }

  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double bound(Index gene) const {
    const WhereUsed<PerceptronGene, Use>& net = network(gene);
    return rate(gene, net.offset + net.output.cwiseAbs().sum());
  }
  /// Unit by unit, each at its own most favourable corner of the box: not attained when units disagree.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double bound(Index gene, const WhereUsed<VectorIn, Use>& lower,
                             const WhereUsed<VectorIn, Use>& upper) const {
    const WhereUsed<PerceptronGene, Use>& net = network(gene);
    double sum = net.offset;
    for (Index h = 0; h < net.output.size(); ++h) {
      double argument = net.hidden_offset[h];
      for (Index j = 0; j < nodes(); ++j) {
        const double weight = net.hidden(h, j);
        argument += weight * ((weight > 0.0) == (net.output[h] > 0.0) ? upper[j] : lower[j]);
      }
      sum += net.output[h] * std::tanh(argument);
    }
    return rate(gene, sum);
  }

  template <class Use = CompiledWhereUsed>
  void gradient(Index gene, const WhereUsed<VectorIn, Use>& protein, WhereUsed<VectorOut, Use> out) const {
    check_size("Perceptron::gradient", "out", out.size(), nodes());
    const WhereUsed<PerceptronGene, Use>& net = network(gene);
    out.setZero();
    double sum = net.offset;
    for (Index h = 0; h < net.output.size(); ++h) {
      const double unit = std::tanh(net.hidden_offset[h] + net.hidden.row(h).dot(protein));
      sum += net.output[h] * unit;
      out += net.output[h] * (1.0 - unit * unit) * net.hidden.row(h).transpose();
    }
    const double s = logistic(sum);
    out *= (frequency_max_[gene] - frequency_min_[gene]) * s * (1.0 - s);
  }

  /// What can be learned of a gene: A by columns, c, w, b, in this order.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector parameters(Index gene) const {
    const WhereUsed<PerceptronGene, Use>& net = network(gene);
    WhereUsed<Vector, Use> x(net.hidden.size() + 2 * net.output.size() + 1);
    x << net.hidden.reshaped(), net.hidden_offset, net.output, net.offset;
    return x;
  }
  /// @param x as `parameters(gene)`, of the same length (else std::invalid_argument), finite (else std::domain_error)
  template <class Use = CompiledWhereUsed>
  void set_parameters(Index gene, const WhereUsed<VectorIn, Use>& x) {
    WhereUsed<PerceptronGene, Use>& net = networks_[static_cast<std::size_t>(gene)];
    const Index units = net.output.size();
    check_size("Perceptron::set_parameters", "x", x.size(), net.hidden.size() + 2 * units + 1);
    check_all_finite("Perceptron::set_parameters", "x", x);
    net.hidden.reshaped() = x.head(net.hidden.size());
    net.hidden_offset = x.segment(net.hidden.size(), units);
    net.output = x.segment(net.hidden.size() + units, units);
    net.offset = x[x.size() - 1];
  }
  template <class Use = CompiledWhereUsed>
  void parameter_gradient(Index gene, const WhereUsed<VectorIn, Use>& protein, WhereUsed<VectorOut, Use> out) const {
    const WhereUsed<PerceptronGene, Use>& net = network(gene);
    const Index units = net.output.size();
    check_size("Perceptron::parameter_gradient", "out", out.size(), net.hidden.size() + 2 * units + 1);
    const WhereUsed<Vector, Use> unit = (net.hidden_offset + net.hidden * protein).array().tanh();
    const double s = logistic(net.offset + net.output.dot(unit));
    const double slope = (frequency_max_[gene] - frequency_min_[gene]) * s * (1.0 - s);
    const WhereUsed<Vector, Use> inner = slope * net.output.array() * (1.0 - unit.array().square());
    out.head(net.hidden.size()).reshaped(units, net.hidden.cols()) = inner * protein.transpose();
    out.segment(net.hidden.size(), units) = inner;
    out.segment(net.hidden.size() + units, units) = slope * unit;
    out[out.size() - 1] = slope;
  }

 private:
  const PerceptronGene& network(Index gene) const { return networks_[static_cast<std::size_t>(gene)]; }
  double rate(Index gene, double sum) const {
    return frequency_min_[gene] + (frequency_max_[gene] - frequency_min_[gene]) * logistic(sum);
  }

  Vector frequency_min_;
  Vector frequency_max_;
  std::vector<PerceptronGene> networks_;
  Index inputs_;
};

static_assert(BoxBoundBurstRate<Perceptron> && ConstantBoundBurstRate<Perceptron> &&
              DifferentiableBurstRate<Perceptron> && ParameterGradientBurstRate<Perceptron>);

}  // namespace cardamom
