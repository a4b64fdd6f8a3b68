#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/protein_process.hpp>

namespace cardamom::thinning {

template ChosenEngine<Sigmoid, Jump::mrna> make_engine<Jump::mrna>(const char*, const Kinetics&, Sigmoid,
                                                                   const ProcessOptions&);
template class ThinnedProcess<Engines<Sigmoid, Jump::mrna>>;
template ChosenEngine<Sigmoid, Jump::protein> make_engine<Jump::protein>(const char*, const Kinetics&, Sigmoid,
                                                                         const ProcessOptions&);
template class ThinnedProcess<Engines<Sigmoid, Jump::protein>>;

}  // namespace cardamom::thinning
