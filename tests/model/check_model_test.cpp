// A rate that does not go with the kinetics is found out.
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/model/check_model.hpp>
#include <support/throws.hpp>

using namespace cardamom;

namespace {

Sigmoid sigmoid_rate(double floor, double ceiling) {
  Matrix theta = Matrix::Zero(3, 3);
  theta(1, 0) = 3.0;
  theta(2, 1) = -2.0;
  return {Vector::Constant(3, floor), Vector::Constant(3, ceiling), Vector::Zero(3), theta.sparseView()};
}

}  // namespace

TEST_CASE("k0 and k1 of the rate are those of the kinetics") {
  const Kinetics kinetics = Kinetics::uniform(3, 0.5, 0.1, 0.02, 0.1, 2.0);
  check_model(BasicModel{kinetics, sigmoid_rate(0.1, 2.0)});
  support::check_throws<NumericalError>(
      [&] {
        check_model(BasicModel{kinetics, sigmoid_rate(0.1, 2.1)});
      },
      {"check_model: rate.frequency_max() of gene 1 is 2.1", "must agree with kinetics.frequency_max[1], which is 2"});
  support::check_throws<NumericalError>(
      [&] {
        check_model(BasicModel{kinetics, sigmoid_rate(0.095, 2.0)});
      },
      {"rate.frequency_min() of gene 1 is 0.095"});
}

TEST_CASE("no rate is above k1 of the kinetics, on the scale of its proteins") {
  Kinetics kinetics = Kinetics::uniform(3, 0.5, 0.1, 0.02, 0.1, 2.0);
  const auto model_of = [&](double ceiling) {
    return BasicModel{kinetics, FunctionRate(3, [ceiling](Index gene, const VectorIn& p) {
                        return gene == 2 ? ceiling * p[1] / (1000.0 + p[1]) : 1.0;
                      })};
  };
  // Proteins of about 1000 each.
  kinetics.protein_synthesis *= 1000.0;
  const Vector scale{{1.0, 1000.0, 1000.0}};
  check_model(model_of(2.0), {.scale = scale});
  support::check_throws<NumericalError>(
      [&] { check_model(model_of(2.1), {.scale = scale}); },
      {"a value of rate(gene, protein) of gene 2 is 2.0", "kinetics.frequency_max[2]"});
}

TEST_CASE("a model is asked what its rate is asked, and has to fit together") {
  const Kinetics kinetics = Kinetics::uniform(3, 0.5, 0.1, 0.02, 0.1, 2.0);
  const auto kon = [](Index, const VectorIn& p) { return 2.0 * p[1] / (1.0 + p[1]); };
  support::check_throws<NumericalError>(
      [&] {
        check_model(BasicModel{kinetics, BoundedFunctionRate(kon, Vector::Constant(3, 1.9))});
      },
      {"check_rate: rate(1, protein)", "rate.bound(1), which is 1.9"});
  CHECK_THROWS_AS(check_model(BasicModel{kinetics, FunctionRate(4, kon)}), std::invalid_argument);
}

TEST_CASE("decay rates that are changed without the scale of proteins are found out") {
  BasicModel model{Kinetics::uniform(3, 0.5, 0.1, 0.02, 0.1, 2.0), sigmoid_rate(0.1, 2.0)};
  model.kinetics.protein_decay[2] *= 1.05;
  support::check_throws<NumericalError>([&] { check_model(model); }, {"check_model: gene 2, fully expressed, has 0.952",
                                                                      "must have 1", "kinetics.scale_proteins()"});
  model.kinetics.scale_proteins();
  check_model(model);
  model.kinetics.mrna_decay[1] *= 0.95;
  support::check_throws<NumericalError>([&] { check_model(model); }, {"gene 1, fully expressed, has 1.05"});
  CHECK_THROWS_AS(check_model(model, {.scale = Vector::Ones(2)}), std::invalid_argument);
}
