#include <cardamom/prediction/multinomial_logistic.hpp>
#include <cardamom/prediction/velocity_embedding.hpp>

namespace cardamom {

template MultinomialLogistic fit_logistic(const Counts&, const CellTypes&, const LogisticOptions&);
template VelocityEmbedding embed_velocities(const Counts&, const CellVelocities&, Index);

}  // namespace cardamom
