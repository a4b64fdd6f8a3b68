// Which path is taken where none is asked for, and what is told of it.
#include <cstddef>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protein_process.hpp>

namespace {

using namespace cardamom;

Kinetics shared() { return Kinetics::uniform(5, 1.0, 0.2, 0.02, 0.1, 2.0); }

Sigmoid rate_of(const Kinetics& kinetics, const Network& network) {
  return {kinetics.frequency_min, kinetics.frequency_max, network.basal(), network.interactions()};
}

// Branching, a repression, self-activation, a stimulus.
Network sparse(double basal = -3.0) {
  return {Vector(Vector::Constant(5, basal)),
          std::vector<Edge>{{0, 1, 8}, {1, 2, 6}, {1, 3, 7}, {2, 2, 3}, {3, 4, 5}, {4, 1, -4}, {4, 3, -1}}};
}
// All nodes act on all genes.
Network dense(Index nodes) {
  RandomStream stream(5, Purpose::network);
  std::vector<Edge> edges;
  for (Index target = 1; target < nodes; ++target) {
    for (Index source = 0; source < nodes; ++source) edges.push_back({source, target, 3.0 * stream.normal()});
  }
  return Network(Vector(Vector::Constant(nodes, -1.0)), edges);
}

// Rates linear in the proteins, without a constant bound: a Hawkes process. Regulators are named, or not.
struct Excited {
  Vector basal_;
  SparseMatrix weights;
  Index nodes() const { return basal_.size(); }
  Index inputs() const { return 0; }
  double operator()(Index gene, const VectorIn& protein) const {
    double sum = basal_[gene];
    for (SparseMatrix::InnerIterator edge(weights, gene); edge; ++edge) sum += edge.value() * protein[edge.col()];
    return sum;
  }
  double bound(Index gene, const VectorIn&, const VectorIn& upper) const { return (*this)(gene, upper); }
  const Vector& basal() const { return basal_; }
  const SparseMatrix& interactions() const { return weights; }
  double link(Index, double argument) const { return argument; }
};
struct Named : Excited {
  std::span<const SparseMatrix::StorageIndex> regulators(Index gene) const {
    const auto* first = weights.outerIndexPtr() + gene;
    return {weights.innerIndexPtr() + first[0], static_cast<std::size_t>(first[1] - first[0])};
  }
};
template <class Rate>
Rate excited(Index genes) {
  Rate rate;
  rate.basal_ = Vector::Constant(genes, 0.5);
  SparseMatrix weights(genes, genes);
  for (Index i = 0; i < genes; ++i) {
    for (Index j = 0; j < genes; ++j) {
      if (i != j && (i + j) % 3 == 0) weights.insert(i, j) = 1.0;
    }
  }
  weights.makeCompressed();
  rate.weights = weights;
  return rate;
}

}  // namespace

TEST_CASE("a linear form without a constant bound is followed by its sums, not by all proteins") {
  const auto check = [](const auto& rate, Index genes) {
    CAPTURE(genes);
    Kinetics kinetics = Kinetics::uniform(genes, 5.0, 5.0, 10.0, 0.0, 1.0, 0);
    const ProteinProcess shared(kinetics, rate);
    CHECK(shared.path() == (genes == 1 ? Path::sparse : Path::separable));  // one gene has no sums
    CHECK(shared.candidates() == Candidates::levels);
    kinetics.protein_decay[0] = 4.0;
    if (genes > 1) CHECK(ProteinProcess(kinetics, rate).path() == Path::sparse);
    CHECK_THROWS_WITH_AS(ProteinProcess(kinetics, rate, {Path::sparse, Candidates::constant}),
                         "ProteinProcess: options.candidates is constant, which needs rate.bound(gene)",
                         std::invalid_argument);
    CHECK(ProteinProcess(kinetics, rate, {.path = Path::plain}).path() == Path::plain);
  };
  for (const Index genes : {1, 10, 90}) {
    check(excited<Excited>(genes), genes);
    check(excited<Named>(genes), genes);
  }
}

TEST_CASE("what was considered is told, the cheapest first, and the choice is the same each time") {
  const Kinetics kinetics = shared();
  const Sigmoid rate = rate_of(kinetics, sparse());
  const BurstyProcess one(kinetics, rate);
  const BurstyProcess two(kinetics, rate);
  REQUIRE(one.considered().size() == 6);  // separable and sparse with both kinds of candidates, expansion, plain
  CHECK(one.considered()[0].path == one.path());
  CHECK(one.considered()[0].candidates == one.candidates());
  for (std::size_t k = 0; k < one.considered().size(); ++k) {
    CHECK(one.considered()[k].cost == two.considered()[k].cost);
    CHECK(one.considered()[k].candidates_per_burst >= 1.0);
    if (k > 0) CHECK(one.considered()[k - 1].cost <= one.considered()[k].cost);
  }
  CHECK(simulate(BasicModel{kinetics, rate}).diagnostics.considered.size() == 6);
  CHECK(BurstyProcess(kinetics, rate, {.path = Path::plain}).considered().empty());
  CHECK(BurstyProcess(kinetics, rate, {.path = Path::separable}).considered().size() == 2);
}

TEST_CASE("constant bounds are taken where most candidates burst, levels where few do") {
  const auto chosen = [](double k0, double k1, const Network& network) {
    const Kinetics k = Kinetics::uniform(network.nodes(), 1.0, 0.2, 0.02, k0, k1);
    return BurstyProcess(k, rate_of(k, network)).candidates();
  };
  CHECK(chosen(0.1, 0.11, dense(13)) == Candidates::constant);
  CHECK(chosen(0.1, 0.11, sparse()) == Candidates::levels);  // raising one or two bounds costs little
  CHECK(chosen(0.01, 2.0, sparse(-9.0)) == Candidates::levels);
  CHECK(chosen(0.0, 1.0, dense(101)) == Candidates::constant);
  // Rates so low that a trial never sees a burst.
  CHECK(chosen(0.0, 1e-9, sparse()) == chosen(0.0, 1e-9, sparse()));
}

namespace {

// Above its own bound once there are proteins.
struct Liar : Named {
  double bound(Index) const { return 0.6; }
  using Named::bound;
};

}  // namespace

TEST_CASE("a rate that fails in the trial fails where the cell is simulated") {
  Liar liar;
  static_cast<Named&>(liar) = excited<Named>(10);
  const Kinetics kinetics = Kinetics::uniform(10, 5.0, 5.0, 1.0, 0.0, 1.0, 0);
  ProteinProcess process(kinetics, liar);
  process.reset(RandomStream(1, Purpose::cell));
  CHECK_THROWS_AS(process.advance_to(100.0), NumericalError);
}
