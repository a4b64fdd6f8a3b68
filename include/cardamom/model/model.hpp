/// @file
/// Kinetics with a burst rate: everything a simulation of model (1) or (3) needs.
#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

/// What simulation, landscape and attractors take, and what inference returns. `BasicModel{kinetics, rate}` for a burst
/// rate of one's own; `Model`, of the paper's rate (2), is made of a network by `make_model`.
template <class Rate>
struct BasicModel {
  static_assert(detail::explain_rate<Rate>());

  WhereUsed<Kinetics, Rate> kinetics;
  Rate rate;
  std::vector<std::string> names = {};  ///< per node, or empty

  Index nodes() const noexcept { return kinetics.nodes(); }
  Index inputs() const noexcept { return kinetics.inputs(); }
  Index genes() const noexcept { return kinetics.genes(); }

  /// β and θ of a rate with a linear form, with the nodes' names.
  Network network() const requires LinkedBurstRate<Rate> {
    return {rate.basal(), rate.interactions(), names, inputs()};
  }
};
template <class Rate>
BasicModel(Kinetics, Rate) -> BasicModel<Rate>;
template <class Rate>
BasicModel(Kinetics, Rate, std::vector<std::string>) -> BasicModel<Rate>;

/// A model whose burst rate is the sigmoid of the paper.
using Model = BasicModel<Sigmoid>;

/// Throws std::invalid_argument when rate, names and kinetics disagree about the number of nodes, or a rate that says
/// how many of them are inputs about that; else as
/// `validate(kinetics)`.
template <BurstRate Rate>
void validate(const BasicModel<Rate>& model) {
  validate(model.kinetics);
  check_size("BasicModel", "rate.nodes()", static_cast<Index>(model.rate.nodes()), model.nodes());
  if constexpr (requires {
                  { model.rate.inputs() } -> std::convertible_to<Index>;
                }) {
    check_size("BasicModel", "rate.inputs()", static_cast<Index>(model.rate.inputs()), model.inputs());
  }
  if (!model.names.empty()) check_size("BasicModel", "names", static_cast<Index>(model.names.size()), model.nodes());
}

/// The burst rate (2) of a network: β and θ from the network, k0 and k1 from the kinetics.
/// @throws std::invalid_argument when sizes or numbers of inputs disagree
template <class Use = CompiledWhereUsed>
inline Sigmoid sigmoid(const WhereUsed<Kinetics, Use>& kinetics, const WhereUsed<Network, Use>& network) {
  check_size("sigmoid", "kinetics", kinetics.nodes(), network.nodes());
  check_size("sigmoid", "kinetics.inputs()", kinetics.inputs(), network.inputs());
  return {kinetics.frequency_min, kinetics.frequency_max, network.basal(), network.interactions(), network.inputs()};
}

/// The paper's model of a network.
/// @throws as `sigmoid`
template <class Use = CompiledWhereUsed>
inline Model make_model(WhereUsed<Kinetics, Use> kinetics, const WhereUsed<Network, Use>& network) {
  Sigmoid rate = sigmoid(kinetics, network);
  return {std::move(kinetics), std::move(rate), network.names()};
}

}  // namespace cardamom
