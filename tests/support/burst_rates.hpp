// A rate of each shipped form, of one input and three genes.
#pragma once

#include <cstddef>
#include <vector>

#include <cardamom/burst_rate/hill.hpp>
#include <cardamom/burst_rate/perceptron.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>

namespace support {

inline const cardamom::Vector k0{{0, 0.1, 0.0, 0.3}};
inline const cardamom::Vector k1{{0, 2.0, 1.0, 0.3}};

inline cardamom::Hill hill() {
  return {k0, k1, {{2, 1, 0.5, -2.0}, {0, 1, 0.4, 1.0}, {1, 2, 0.3, 4.5}, {2, 2, 0.7, 1.5}, {1, 3, 0.5, 2.0}}};
}

inline cardamom::Sigmoid sigmoid_rate() {
  cardamom::Matrix theta = cardamom::Matrix::Zero(4, 4);
  theta.row(1) << 2, 0, -4, 1;
  theta.row(2) << 0, 3, 1, 0;
  return {k0, k1, cardamom::Vector{{0, -1, 0.5, 0}}, theta.sparseView()};
}

inline cardamom::Perceptron perceptron() {
  std::vector<cardamom::PerceptronGene> nets(4);
  cardamom::RandomStream stream(1, cardamom::Purpose::user);
  for (std::size_t i = 1; i < 3; ++i) {
    nets[i] = {cardamom::Matrix::NullaryExpr(3, 4, [&] { return 3.0 * stream.normal(); }),
               cardamom::Vector::NullaryExpr(3, [&] { return stream.normal(); }),
               cardamom::Vector::NullaryExpr(3, [&] { return 2.0 * stream.normal(); }), stream.normal()};
  }
  return {k0, k1, nets};
}

}  // namespace support
