// The archetype of a component of a mixture over cells, see archetypes.hpp.
#pragma once

#include <archetypes/archetypes.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/mixture/fit_mixture.hpp>

namespace archetypes {

class Component;

/// Independent exponential laws; `first` are their rates, the second parameter is not used.
class ExponentialLaws : Bare {
 public:
  struct Second {};
  ExponentialLaws(const Component&, Index, Matrix first, Second, Index inputs)
      : Bare(0), rates_(std::move(first)), inputs_(inputs) {}
  Index nodes() const { return rates_.cols(); }
  Index inputs() const { return inputs_; }
  Vector scores(std::string_view, const VectorIn& x) const {
    Vector result = Vector::Zero(rates_.rows());
    for (Index i = inputs_; i < nodes(); ++i) {
      result.array() += rates_.col(i).array().log() - rates_.col(i).array() * x[i];
    }
    return result;
  }
  double shared_term(const VectorIn&) const { return 0.0; }
  Vector draw(Index z, RandomStream& random) const {
    Vector x = Vector::Zero(nodes());
    for (Index i = inputs_; i < nodes(); ++i) x[i] = random.exponential() / rates_(z, i);
    return x;
  }
  /// Beside the concept, for tests: components × nodes.
  const Matrix& rates() const { return rates_; }

 private:
  Matrix rates_;
  Index inputs_;
};

/// `FittableComponent`: a product of exponential laws.
class Component : Bare {
 public:
  static constexpr std::string_view name = "ExponentialMixture";
  using Laws = ExponentialLaws;
  explicit Component(int) : Bare(0) {}
};

/// What `mixture_fitter` returns.
class ExponentialFitter : Bare {
 public:
  struct Parameters {
    Matrix rates;  // components × genes
  };
  ExponentialFitter(const Component& component, Matrix data, Index inputs)
      : Bare(0), component_(component), data_(std::move(data)), inputs_(inputs) {}
  const Matrix& points() const { return data_; }
  Parameters maximise(const Matrix& responsibilities, const Parameters&) const {
    return {(responsibilities.transpose() * data_)
                .cwiseInverse()
                .cwiseProduct(responsibilities.colwise().sum().transpose().replicate(1, data_.cols()))};
  }
  void log_densities(const Parameters& parameters, Matrix& out) const {
    out = -data_ * parameters.rates.transpose();
    out.rowwise() += parameters.rates.array().log().matrix().rowwise().sum().transpose();
  }
  ExponentialLaws laws(const Parameters& parameters, const std::vector<Index>& order) const {
    Matrix rates = Matrix::Zero(static_cast<Index>(order.size()), data_.cols() + inputs_);
    rates.rightCols(data_.cols()) = parameters.rates(order, Eigen::all);
    return {component_, rates.rows(), rates, {}, inputs_};
  }
  Index free_parameters(Index components) const { return components * data_.cols(); }
  double log_unit() const { return 0.0; }

 private:
  Component component_;
  Matrix data_;
  Index inputs_;
};

inline ExponentialFitter mixture_fitter(const Component& component, const cardamom::MatrixIn& data, Index inputs) {
  return {component, data.rightCols(data.cols() - inputs), inputs};
}

static_assert(cardamom::FittableComponent<Component> && !cardamom::MixtureFamily<Component>);

}  // namespace archetypes
