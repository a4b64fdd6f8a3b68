#include <cardamom/evaluation/edge_ranking.hpp>
#include <cardamom/evaluation/ranking_measures.hpp>
#include <cardamom/evaluation/wasserstein.hpp>

namespace cardamom {

template EdgeRanking rank_edges(const MatrixIn&, const MatrixIn&, const EdgeRankingOptions&);
template double aupr(const EdgeRanking&);
template double auroc(const EdgeRanking&);
template Vector marginal_wasserstein(const MatrixIn&, const MatrixIn&, const WassersteinOptions&);

}  // namespace cardamom
