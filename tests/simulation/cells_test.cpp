// A process of one's own, and what becomes of exceptions thrown inside cells.
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/trajectory.hpp>

namespace {

using namespace cardamom;

// The members that `simulate` asks for and no others: one gene whose mRNA counts the bursts of a Poisson process, of
// rate 2 while the input is at 1.
class Counting {
 public:
  explicit Counting(double rate) : rate_(rate) {}
  Counting(const Counting&) = default;
  Counting& operator=(const Counting&) = delete;

  Index nodes() const { return 2; }
  void reset(const RandomStream& stream, double time, const CellState& state) {
    stream_ = stream;
    time_ = time;
    mrna_ = state.mrna;
    protein_ = state.protein;
  }
  void clamp(Index node, double level) { protein_[node] = level; }
  void release(Index) {}
  void advance_to(double time) {
    if (time > time_) mrna_[1] += static_cast<double>(stream_.poisson(rate_ * protein_[0] * (time - time_)));
    time_ = time;
  }
  const Vector& protein() const { return protein_; }
  const Vector& mrna() const { return mrna_; }

 private:
  double rate_;
  RandomStream stream_{0, Purpose::user};
  double time_ = 0.0;
  Vector mrna_ = Vector::Zero(2);
  Vector protein_ = Vector::Zero(2);
};
static_assert(CellProcess<Counting> && !ObservableProcess<Counting>);
static_assert(ObservableProcess<BurstyProcess<Sigmoid>> && ObservableProcess<ProteinProcess<Sigmoid>>);

struct WithoutRelease : Counting {
  using Counting::Counting;
  void release(Index) = delete;
};
static_assert(!CellProcess<WithoutRelease>);

class OwnError : public std::exception {
 public:
  const char* what() const noexcept override { return "mine"; }
};
struct OwnNumericalError : NumericalError {
  using NumericalError::NumericalError;
};

template <class Error>
auto throwing() {
  const auto rate = [](Index, const VectorIn& protein) -> double {
    if (protein[0] > 0.5) throw Error();
    return 1.0;
  };
  return BasicModel{Kinetics::uniform(2, 1.0, 0.2, 0.02, 0.1, 2.0), BoundedFunctionRate(rate, Vector{{0, 2}})};
}

}  // namespace

TEST_CASE("a process with the required members alone is simulated, on any number of threads") {
  const Protocol protocol{
      .time_points = {-1, 10}, .cells_per_time_point = 400, .schedule = {{.time = 0}, {.time = 6, .level = 0.5}}};
  const SimulateOptions options{.seed = 2, .keep_latent = true, .names = {"Input", "Gene"}};
  const Population cells = simulate(Counting(2.0), protocol, options, ExactMeasurement{});
  CHECK(cells.counts.names() == std::vector<std::string>{"Input", "Gene"});
  CHECK(cells.mrna.topRows(400) == Matrix::Zero(400, 2));
  // Poisson of mean 2 (6 + 4/2) = 16: standard error of the mean 0.2.
  CHECK(cells.mrna.col(1).tail(400).mean() == doctest::Approx(16.0).epsilon(0.05));
  CHECK(cells.counts.values().col(0).tail(400) == Vector::Constant(400, 0.5));
  CHECK(cells.diagnostics.work.bursts == 0);
  const Population many = simulate(Counting(2.0), protocol, options, Threads(3), ExactMeasurement{});
  CHECK(many.counts.values() == cells.counts.values());
}

TEST_CASE("a user's exception leaves as what it is") {
  const Protocol late{.time_points = {3}, .cells_per_time_point = 50};
  for (const Index threads : {1, 2}) {
    CHECK_THROWS_AS(simulate(throwing<OwnError>(), late, {}, Threads(threads)), OwnError);
    CHECK_THROWS_AS(simulate(throwing<std::bad_alloc>(), late, {}, Threads(threads)), std::bad_alloc);
  }
  CHECK_THROWS_AS(follow_cell(throwing<OwnError>(), late, {3, 60}), OwnError);
  struct Mine : OwnNumericalError {
    Mine() : OwnNumericalError("mine") {}
  };
  CHECK_THROWS_WITH_AS(simulate(throwing<Mine>(), late), "mine", Mine);
}

TEST_CASE("the library's own errors name the verb that was called") {
  const auto rate = [](Index, const VectorIn& protein) { return protein[0] > 0.5 ? 3.0 : 1.0; };
  const BasicModel model{Kinetics::uniform(2, 1.0, 0.2, 0.02, 0.1, 2.0), BoundedFunctionRate(rate, Vector{{0, 2}})};
  const auto message = [](auto&& call) -> std::string {
    try {
      call();
    } catch (const NumericalError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message([&] {
          (void)simulate(model, {.time_points = {40}});
        }).find("simulate: cell 0 (time point 40): rate(1") == 0);
  CHECK(message([&] {
          (void)follow_cell(model, {}, {40}, {.cell = 3});
        }).find("follow_cell: cell 3 (time point 40): rate(1") == 0);
}
