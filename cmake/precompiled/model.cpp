#include <cardamom/model/named_networks.hpp>

namespace cardamom {

template Network::Network(Vector, SparseMatrix, std::vector<std::string>, Index);
template std::vector<Edge> Network::edges<>() const;
template Model fn4<>();
template Model cn5<>();
template Model fn8<>();
template Model bn8<>();

}  // namespace cardamom
