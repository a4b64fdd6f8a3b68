/// @file
/// A network with its kinetics: everything a simulation of the paper's model needs.
#pragma once

#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom {

struct Model {
  Kinetics kinetics;
  Network network;

  Index genes() const noexcept { return network.genes(); }
};

/// The burst rate (2) of a network: β and θ from the network, k0 and k1 from the kinetics.
/// @throws std::invalid_argument when sizes disagree
inline Sigmoid sigmoid(const Kinetics& kinetics, const Network& network) {
  check_size("sigmoid", "kinetics", kinetics.genes(), network.genes());
  return {kinetics.frequency_min, kinetics.frequency_max, network.basal(), network.interactions()};
}
inline Sigmoid sigmoid(const Model& model) { return sigmoid(model.kinetics, model.network); }

}  // namespace cardamom
