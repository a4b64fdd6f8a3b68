/// @file
/// What tau-leaping with path scores asks of a model: kinetics, parameters, and a law that gives rates and scores of
/// many cells at once.
///
/// The *path score* of a cell is the derivative of the log likelihood of its simulated path in the parameters. Its mean
/// is 0, and its covariance with any function of the cell is the derivative of that function's mean (the likelihood
/// ratio method): one set of simulations gives the sensitivities to all parameters.
#pragma once

#include <concepts>

#include <cardamom/core/types.hpp>
#include <cardamom/model/kinetics.hpp>

namespace cardamom {

/// Values of cells side by side, one row each, in single precision.
using CellValues = Eigen::ArrayXXf;
/// One value per cell.
using CellValue = Eigen::ArrayXf;
/// Path scores, cells × parameters.
using CellScores = Eigen::MatrixXf;

/// Genes are counted from 0 here: gene a is node inputs + a.
///
/// | expression | meaning |
/// | --- | --- |
/// | `model.kinetics` | `Kinetics` of the nodes; k1 bounds the rates |
/// | `model.parameters()` | `Vector` of all parameters |
/// | `M::Law(model, cells)` | rates and scores of a block of cells; may refer to the model |
/// | `law.begin_step(proteins, dt, clamp)` | the proteins that rates see, cells × nodes, for a step of dt [h]; if `clamp`, scores use these from now on |
/// | `law.rate(a, rate)` | writes kon dt of every cell for gene a |
/// | `law.accumulate(a, increment)` | takes the compensated increment (bursts − kon dt)/(kon dt) of gene a, whose rate was asked for last |
/// | `law.flush(score)` | adds the scores accumulated since the last flush to `score` |
///
/// Models: `LinearLeapingModel`, `LearnedLeapingModel`.
template <class M>
concept LeapingModel = std::copy_constructible<M> &&
    requires(const M& model, typename M::Law& law, const CellValues& proteins, CellValue& values, CellScores& score,
             Index index, double number) {
  requires std::constructible_from<typename M::Law, const M&, Index>;
  { model.kinetics } -> std::convertible_to<const Kinetics&>;
  { model.parameters() } -> std::same_as<Vector>;
  law.begin_step(proteins, number, true);
  law.rate(index, values);
  law.accumulate(index, values);
  law.flush(score);
};

}  // namespace cardamom
