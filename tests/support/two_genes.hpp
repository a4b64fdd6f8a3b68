// A model of two genes and one input for tau-leaping.
#pragma once

#include <cardamom/model/kinetics.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>

namespace support {

template <class Link = cardamom::Logistic>
cardamom::LinearLeapingModel<Link> two_genes(Link link = {}) {
  using namespace cardamom;
  Kinetics kinetics = Kinetics::uniform(3, 1.0, 1.0, 1.0, 0.0, 1.0);
  kinetics.mrna_decay.tail(2) = Eigen::Vector2d(0.5, 0.25);
  kinetics.protein_decay.tail(2) = Eigen::Vector2d(0.1, 0.2);
  kinetics.inverse_burst_size.tail(2) = Eigen::Vector2d(1.0 / 20.0, 1.0 / 30.0);
  kinetics.frequency_min.tail(2) = Eigen::Vector2d(0.05, 0.02);
  kinetics.frequency_max.tail(2) = Eigen::Vector2d(0.8, 0.5);
  kinetics.scale_proteins();
  LinearLeapingModel<Link> model{kinetics, Eigen::Vector2d(-1.0, -2.0), Matrix(2, 3), link};
  model.interactions << 2.0, 0.5, -1.0, 0.0, 4.0, 0.0;
  return model;
}

}  // namespace support
