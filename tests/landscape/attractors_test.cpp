#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/landscape/attractors.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace cardamom;

namespace {

/// States uniform on the cube [0, size]^genes.
Matrix random_states(Index states, Index genes, std::uint64_t seed, double size = 1.5) {
  RandomStream stream(seed, Purpose::user);
  Matrix result = Matrix::Zero(states, genes);
  for (Index k = 0; k < states; ++k) {
    for (Index i = 1; i < genes; ++i) result(k, i) = size * stream.uniform();
  }
  return result;
}

/// The same rate without its gradient.
auto without_gradient(const Sigmoid& rate) {
  return FunctionRate(rate.nodes(), [rate](Index gene, const VectorIn& protein) { return rate(gene, protein); });
}

}  // namespace

TEST_CASE("the toggle switch has two attractors and one saddle on the diagonal") {
  const Model model = toggle_switch();
  const Attractors found = find_attractors(model, random_states(200, 3, 1));
  REQUIRE(found.count() == 2);
  CHECK(found.unsettled_starts == 0);
  CHECK(found.saddle_starts == 0);
  CHECK(found[0].protein[1] == doctest::Approx(0.9905).epsilon(5e-5));
  CHECK(std::abs(found[0].protein[2] - 0.0512) < 5e-5);
  CHECK(std::abs(found[1].protein[1] - found[0].protein[2]) < 1e-13);
  CHECK(std::abs(found[1].protein[2] - found[0].protein[1]) < 1e-13);
  for (Index z = 0; z < 2; ++z) {
    CHECK(found[z].stable());
    CHECK(found[z].residual < 1e-14);
    CHECK(found[z].protein[0] == 1.0);
    CHECK(found[z].eigenvalues.size() == 2);
    CHECK(found[z].eigenvalues.real().maxCoeff() < 0.0);
    // (5) and (11): P_z = k_z/k1.
    CHECK(found[z].frequency[1] == doctest::Approx(2.0 * found[z].protein[1]).epsilon(1e-13));
  }
  CHECK(found[0].starts + found[1].starts == 200);
  REQUIRE(found.saddles.size() == 1);
  CHECK(found.saddles[0].protein[1] == doctest::Approx(found.saddles[0].protein[2]).epsilon(1e-12));
  CHECK(found.saddles[0].unstable == 1);
  CHECK(found.saddles[0].starts == 0);
  for (Index k = 0; k < 200; ++k) {
    // By symmetry the border is the diagonal.
    const Matrix starts = random_states(200, 3, 1);
    CHECK(found.of_start[static_cast<std::size_t>(k)] == (starts(k, 1) > starts(k, 2) ? 0 : 1));
    if (k > 20) break;
  }
  CHECK(found.proteins().row(0).transpose() == found[0].protein);
  CHECK(found.frequencies()(1, 2) == found[1].frequency[2]);
}

TEST_CASE("a start on the border comes to rest at the saddle and is not counted for a basin") {
  const Model model = toggle_switch();
  Matrix starts = random_states(3, 3, 2);
  starts.row(1).tail(2).setConstant(0.3);
  const Attractors found = find_attractors(model, starts, {.saddles = false});
  CHECK(found.of_start[1] == at_saddle);
  CHECK(found.saddle_starts == 1);
  REQUIRE(found.saddles.size() == 1);
  CHECK(found.saddles[0].starts == 1);
  CHECK_FALSE(found.saddles[0].stable());
}

TEST_CASE("rates without a gradient find the same landscape") {
  const Model model = two_toggles();
  const Matrix starts = random_states(60, 5, 3);
  const Attractors analytic = find_attractors(model, starts);
  const Attractors numeric = find_attractors(BasicModel{model.kinetics, without_gradient(model.rate)}, starts);
  REQUIRE(analytic.count() == 4);
  REQUIRE(numeric.count() == 4);
  CHECK(analytic.of_start == numeric.of_start);
  for (Index z = 0; z < 4; ++z) {
    CHECK((analytic[z].protein - numeric[z].protein).cwiseAbs().maxCoeff() < 1e-12);
    CHECK((analytic[z].eigenvalues - numeric[z].eigenvalues).cwiseAbs().maxCoeff() < 1e-7);
  }
  // One toggle at its saddle, the other at either attractor (4), or both at their saddle (1).
  CHECK(analytic.saddles.size() == 5);
  CHECK(numeric.saddles.size() == 5);
}

namespace {

/// All equilibria that Newton's method, undamped, leads to from a grid of levels from 0 to 1.
std::vector<Equilibrium> equilibria_by_grid(const Model& model) {
  constexpr Index levels = 9;
  const VectorField<Sigmoid> field(model);
  const Index genes = field.genes();
  std::vector<Equilibrium> found;
  Index points = 1;
  for (Index i = 0; i < genes; ++i) points *= levels;
  for (Index k = 0; k < points; ++k) {
    Vector point = Vector::Ones(field.nodes());
    Index digits = k;
    for (Index i = 0; i < genes; ++i, digits /= levels) {
      point[field.inputs() + i] = static_cast<double>(digits % levels) / static_cast<double>(levels - 1);
    }
    Vector slope(field.nodes());
    for (int step = 0; step < 30; ++step) {
      field(point, slope);
      const Vector change = field.jacobian(point).partialPivLu().solve(slope.tail(genes));
      if (!change.allFinite()) break;
      point.tail(genes) = (point.tail(genes) - change).cwiseMax(0.0).cwiseMin(2.0);
    }
    field(point, slope);
    const double residual = field.residual(point, slope);
    if (!(residual < 1e-10)) continue;
    const auto same = [&](const Equilibrium& e) { return field.distance(e.protein, point) < 1e-3; };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back(examine_equilibrium(field, point, residual));
  }
  return found;
}

/// A gene that switches itself on, and is switched off in the end by what follows from it.
Model excitable() {
  return make_model(benchmark_kinetics(4, 0.4, 0.09),
                    {Vector{{0, -5, -5, -5}}, {{0, 1, 8.0}, {3, 1, -10.0}, {1, 2, 9.0}, {2, 3, 10.0}, {3, 3, 8.5}}});
}

}  // namespace

TEST_CASE("every equilibrium that Newton's method finds from a grid is listed, and no other") {
  const auto listed = [](const std::vector<Equilibrium>& list, const Equilibrium& wanted, const Model& model) {
    const VectorField<Sigmoid> field(model);
    return std::any_of(list.begin(), list.end(), [&](const Equilibrium& e) {
      return e.unstable == wanted.unstable && field.distance(e.protein, wanted.protein) < 1e-3;
    });
  };
  for (const Model& model : {toggle_switch(), two_toggles(), excitable(), fn4(), benchmark_cascade(5)}) {
    const std::vector<Equilibrium> grid = equilibria_by_grid(model);
    const Attractors found = find_attractors(model, random_states(50, model.nodes(), 12));
    CHECK(grid.size() == found.stable.size() + found.saddles.size());
    int degree = 0;
    for (const Equilibrium& e : grid) {
      CHECK(listed(e.stable() ? found.stable : found.saddles, e, model));
      degree += e.unstable % 2 == 0 ? 1 : -1;
    }
    // The field points inwards on the border of a large box: its degree is 1.
    CHECK(degree == 1);
  }
}

TEST_CASE("the saddle of an excitable network, which has one attractor, is found") {
  const Matrix starts = random_states(50, 4, 13);
  const Attractors found = find_attractors(excitable(), starts);
  CHECK(found.count() == 1);
  REQUIRE(found.saddles.size() == 2);
  CHECK(found.saddles[0].unstable == 2);
  CHECK(found.saddles[1].unstable == 1);
  CHECK(found.saddles[1].starts == 0);
  CHECK(find_attractors(excitable(), starts, {.newton_points = 0}).saddles.empty());
  CHECK(find_attractors(excitable(), starts, {.saddles = false}).saddles.empty());
}

TEST_CASE("the stimulus is held at the given level") {
  const Model model = benchmark_cascade(4);
  const Matrix starts = random_states(5, 4, 4);
  AttractorOptions off;
  off.relaxation.input_levels = Vector::Zero(1);
  const Attractors without = find_attractors(model, starts, off);
  const Attractors with = find_attractors(model, starts);
  REQUIRE(without.count() == 1);
  REQUIRE(with.count() == 1);
  CHECK(without[0].protein[0] == 0.0);
  CHECK(without[0].protein[3] < 0.01);
  CHECK(with[0].protein[3] > 0.9);
}

TEST_CASE("a limit cycle is a status") {
  // A ring of three steep repressions oscillates.
  const Model model =
      make_model(paper_kinetics(4), {Vector{{0.0, 15.0, 15.0, 15.0}}, {{3, 1, -50.0}, {1, 2, -50.0}, {2, 3, -50.0}}});
  Matrix starts = random_states(4, 4, 5);
  starts.row(3).setConstant(0.2);
  const Attractors found = find_attractors(model, starts);
  CHECK(found.count() == 0);
  CHECK(found.unsettled_starts == 3);
  CHECK(found.of_start[0] == unsettled);
  // The symmetric start rests at the unstable centre of the cycle.
  CHECK(found.of_start[3] == at_saddle);
  REQUIRE(found.saddles.size() == 1);
  CHECK(found.saddles[0].unstable == 2);
  CHECK_FALSE(relax(model, starts.row(0).transpose()).convergence.converged());
}

TEST_CASE("results do not depend on the executor nor on the unit of protein") {
  const Model model = two_toggles();
  const Matrix starts = random_states(50, 5, 6);
  const Attractors one = find_attractors(model, starts);
  const Attractors three = find_attractors(model, starts, {}, Threads(3));
  CHECK(one.of_start == three.of_start);
  CHECK(one.proteins() == three.proteins());

  // Protein in a unit a thousand times smaller: s1 and P grow, θ shrinks.
  Model scaled =
      make_model(model.kinetics, {model.network().basal(), SparseMatrix(model.network().interactions() / 1000.0)});
  scaled.kinetics.protein_synthesis *= 1000.0;
  const Attractors other = find_attractors(scaled, starts * 1000.0);
  CHECK(other.of_start == one.of_start);
  CHECK((other.proteins().rightCols(4) / 1000.0 - one.proteins().rightCols(4)).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("a landscape without genes or without starts is empty") {
  const Model model = toggle_switch();
  const Attractors none = find_attractors(model, Matrix(0, 3));
  CHECK(none.count() == 0);
  CHECK(none.saddles.empty());
}

TEST_CASE("attractor searches reject wrong arguments") {
  const Model model = toggle_switch();
  const Sigmoid rate = model.rate;
  CHECK_THROWS_WITH_AS(find_attractors(model, Matrix::Zero(1, 2)),
                       "find_attractors: starts.cols() has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(find_attractors(model, Matrix::Constant(1, 3, -1.0)),
                       "find_attractors: starts column 1[0] is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(find_attractors(BasicModel{paper_kinetics(4), rate}, Matrix::Zero(1, 4)),
                       "BasicModel: rate.nodes() has size 3, must be 4", std::invalid_argument);
  AttractorOptions options;
  options.merge = 1e-6;
  CHECK_THROWS_WITH_AS(find_attractors(model, Matrix::Zero(1, 3), options),
                       "AttractorOptions: merge is 1e-06, must be at least 10 relaxation.rest and at most 0.5",
                       std::domain_error);
  const FunctionRate broken(3, [](Index, const VectorIn&) { return std::nan(""); });
  CHECK_THROWS_WITH_AS(find_attractors(BasicModel{model.kinetics, broken}, Matrix::Zero(1, 3)),
                       "rate(1, protein) is nan, must be finite and >= 0", NumericalError);
  CHECK_THROWS_AS(find_attractors(model, Matrix::Zero(5, 3), {}, [](Index done, Index) { return done < 2; }),
                  Cancelled);
}

namespace {

/// Two inputs, a drug and an inhibitor of it, a gene they set, and one that the first gene switches on.
BasicModel<FunctionRate<double (*)(Index, const VectorIn&)>> drug_and_inhibitor() {
  using Rate = FunctionRate<double (*)(Index, const VectorIn&)>;
  return {paper_kinetics(4, 2), Rate(
                                    4,
                                    [](Index gene, const VectorIn& p) {
                                      return gene == 2 ? 2.0 * p[0] * (1.0 - p[1])
                                                       : 2.0 / (1.0 + std::exp(-20.0 * (p[2] - 0.4)));
                                    },
                                    2)};
}

}  // namespace

TEST_CASE("several inputs are held at their own levels and are no part of the dynamics") {
  const auto model = drug_and_inhibitor();
  AttractorOptions options;
  for (const Vector& levels : {Vector{{1.0, 0.25}}, Vector{{1.0, 0.75}}, Vector{{0.0, 0.0}}}) {
    options.relaxation.input_levels = levels;
    const Attractors found = find_attractors(model, random_states(10, 4, 9), options);
    REQUIRE(found.count() == 1);
    CHECK(found.inputs == 2);
    CHECK(found[0].protein.head(2) == levels);
    CHECK(found[0].frequency.head(2).isZero());
    CHECK(found[0].eigenvalues.size() == 2);
    const double first = levels[0] * (1.0 - levels[1]);
    CHECK(found[0].protein[2] == doctest::Approx(first));
    CHECK(found[0].protein[3] == doctest::Approx(1.0 / (1.0 + std::exp(-20.0 * (first - 0.4)))));
  }
  // All on by default: the inhibitor wins.
  CHECK(find_attractors(model, Matrix::Zero(1, 4))[0].protein[2] < 1e-12);
  options.relaxation.input_levels = Vector::Ones(3);
  CHECK_THROWS_WITH_AS(find_attractors(model, Matrix::Zero(1, 4), options),
                       "RelaxationOptions: input_levels has size 3, must be 2", std::invalid_argument);
}

TEST_CASE("a network without inputs has a landscape, its first node is a gene") {
  // The toggle switch again, by a rate that reads nothing but its two genes.
  const BasicModel model{paper_kinetics(2, 0), FunctionRate(
                                                   2,
                                                   [](Index gene, const VectorIn& p) {
                                                     return 0.1 +
                                                            1.9 / (1.0 + std::exp(-5.0 * p[gene] + 7.0 * p[1 - gene]));
                                                   },
                                                   0)};
  const Attractors found = find_attractors(model, random_states(20, 3, 10).rightCols(2));
  REQUIRE(found.count() == 2);
  CHECK(found.inputs == 0);
  CHECK(found[0].protein[0] == doctest::Approx(0.9905).epsilon(5e-5));
  CHECK(found[1].protein[1] == doctest::Approx(0.9905).epsilon(5e-5));
  CHECK(found[0].eigenvalues.size() == 2);
  CHECK(found.saddles.size() == 1);
  CHECK_THROWS_WITH_AS(find_attractors(model, Matrix::Constant(1, 2, -1.0)),
                       "find_attractors: starts column 0[0] is -1, must be finite and >= 0", std::domain_error);
}

TEST_CASE("policies come in any order") {
  const Model model = toggle_switch();
  Index last = 0;
  Index total = 0;
  const auto watch = [&](Index done, Index of) {
    CHECK(done == last + 1);
    last = done;
    total = of;
    return true;
  };
  const Matrix starts = random_states(30, 3, 1);
  const Attractors one = find_attractors(model, starts, {}, watch, Threads(2));
  CHECK(last == 30);
  CHECK(total == 30);
  last = 0;
  CHECK(find_attractors(model, starts, {}, Threads(3), watch).proteins() == one.proteins());
  CHECK(last == 30);
}
