#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/landscape/vector_field.hpp>
#include <cardamom/model/named_networks.hpp>

using namespace cardamom;

TEST_CASE("numerical Jacobians agree with analytic ones also at the edge") {
  const Model model = cn5();
  const Sigmoid rate = model.rate;
  const FunctionRate plain(6, [rate](Index gene, const VectorIn& p) { return rate(gene, p); });
  const VectorField exact(model);
  const VectorField numeric(BasicModel{model.kinetics, plain});
  for (const double level : {0.0, 1e-4, 0.3, 1.0}) {
    const Vector protein = Vector::Constant(6, level);
    CHECK((exact.jacobian(protein) - numeric.jacobian(protein)).cwiseAbs().maxCoeff() < 1e-7);
  }
}

TEST_CASE("the field, its units and Newton's method skip the inputs") {
  // One gene beside two inputs: P' = (p0 + p1)/c − d1 P, c = 10, d1 = 0.2.
  const BasicModel model{paper_kinetics(3, 2), FunctionRate(
                                                   3, [](Index, const VectorIn& p) { return p[0] + p[1]; }, 2)};
  const VectorField field(model);
  CHECK(field.genes() == 1);
  Vector protein{{0.5, 1.0, 0.3}};
  Vector slope(3);
  field(protein, slope);
  CHECK(slope.head(2).isZero());
  CHECK(slope[2] == doctest::Approx(0.15 - 0.06));
  CHECK(field.residual(protein, slope) == doctest::Approx(0.45 / 0.3));
  CHECK(field.unit(2, 0.01) == doctest::Approx(0.1));  // one burst
  CHECK(field.distance(protein, Vector{{9.0, 9.0, 0.6}}) == doctest::Approx(0.5));
  CHECK(field.jacobian(protein).rows() == 1);
  CHECK(field.jacobian(protein)(0, 0) == doctest::Approx(-0.2));
  CHECK(field.refine_by_newton(protein) < 1e-14);
  CHECK(protein.head(2) == Vector{{0.5, 1.0}});
  CHECK(protein[2] == doctest::Approx(0.75));
}
