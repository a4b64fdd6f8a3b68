// The inference that found the truth, FN4.
#pragma once

#include <cardamom/inference/inference.hpp>
#include <cardamom/model/named_networks.hpp>

inline cardamom::Inference<> fn4_inference() {
  cardamom::Inference<> inference{{}, cardamom::fn4()};
  inference.names = {"Stimulus", "1", "2", "3", "4"};
  inference.weights = cardamom::Matrix(inference.model.rate.interactions());
  return inference;
}
