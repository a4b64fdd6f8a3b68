#include <cardamom/cardamom.hpp>

int main() {
  const cardamom::Sigmoid rate{cardamom::Vector::Zero(2), cardamom::Vector::Ones(2), cardamom::Vector::Zero(2),
                               cardamom::SparseMatrix(2, 2)};
  return rate(1, cardamom::Vector::Zero(2)) == 0.5 ? 0 : 1;
}
