#include <cardamom/landscape/attractors.hpp>

namespace cardamom {

template Attractors detail::find_attractors(const Model&, const MatrixIn&, const AttractorOptions&, const ExecutorRef&,
                                            ProgressRef);

}  // namespace cardamom
