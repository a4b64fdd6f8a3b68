// Cells of `simulate` with a process in place of the model, and of what follows a single cell.
#include <matrix/cells.hpp>
#include <vector>

#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/deterministic_course.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/trajectory.hpp>
#include <cardamom/simulation/two_state_process.hpp>

using namespace matrix;

namespace {

const Protocol protocol{.time_points = {0, 8, 24}, .cells_per_time_point = 10};

template <class Process, class... Policies>
Population simulated(const Process& process, const Policies&... policies) {
  return simulate(process, protocol, {.seed = 4, .keep_latent = true}, policies...);
}

const archetypes::BoundedRate rate(3);
const BasicModel model{paper_kinetics(3), rate};

/// A process of model (1) or (3) tells either kind of observer of the same bursts and takes the course it takes
/// unobserved.
template <class Process>
void check_observers(Process process) {
  const auto restart = [&] {
    process.reset(RandomStream(5, Purpose::cell), 0.0, CellState::zero(3));
    process.clamp(0, 1.0);
  };
  restart();
  process.advance_to(30.0);
  const Vector unobserved = process.protein();
  archetypes::Observer observer(3);
  restart();
  process.advance_to(30.0, observer);
  CHECK(process.protein() == unobserved);
  CHECK(observer.bursts() > 0);
  CHECK(observer.sizes()[0] == 0.0);
  CHECK(observer.sizes().minCoeff() >= 0.0);
  archetypes::StateObserver with_state(3);
  restart();
  process.advance_to(30.0, with_state);
  CHECK(process.protein() == unobserved);
  CHECK(with_state.sizes() == observer.sizes());
  CHECK(with_state.before() > 0.0);
}

}  // namespace

TEST_CASE("simulate takes any process") {
  const archetypes::Process process(3);
  const Population own = simulated(process);
  CHECK(own.mrna != simulated(ProteinProcess(model)).mrna);
  CHECK(simulated(archetypes::ObservableProcess(3)).counts.values() == own.counts.values());
  const Population lossy = simulated(process, archetypes::ObservationLaw(0));
  CHECK(lossy.counts.values() != own.counts.values());
  CHECK(lossy.mrna == own.mrna);
  check_run_policies([&](const auto&... policies) { return simulated(process, policies...).counts.values(); });
}

TEST_CASE("processes of the library take any bounded rate") {
  const Matrix fast = simulated(ProteinProcess(model)).counts.values();
  CHECK(simulated(TwoStateProcess(model, Vector::Constant(3, 4.0))).counts.values() != fast);
  CHECK(simulated(ProteinProcess(BasicModel{paper_kinetics(3), archetypes::LearnableRate(3)})).counts.values() != fast);
  check_run_policies([&](const auto&... policies) { return simulated(ProteinProcess(model), policies...).mrna; });
}

TEST_CASE("processes take any observer of bursts") {
  check_observers(BurstyProcess(model));
  check_observers(ProteinProcess(model));
  check_observers(archetypes::ObservableProcess(3));
}

TEST_CASE("follow_cell takes any bounded rate, and any process that can be observed") {
  const std::vector<double> times{-5.0, 0.0, 8.0};
  // A cell of the first time points is at its observation where simulate read it.
  const auto agrees = [&](const Trajectory& course, const Population& population) {
    CHECK(course.bursts.size() > 0);
    CHECK(course.mrna.row(2) == population.mrna.row(10));
    CHECK(course.protein.row(2) == population.protein.row(10));
  };
  const FollowOptions options{.seed = 4, .cell = 10};
  agrees(follow_cell(model, protocol, times, options), simulated(model));
  agrees(follow_cell(archetypes::ObservableProcess(3), protocol, times, options),
         simulated(archetypes::ObservableProcess(3)));
}

TEST_CASE("deterministic_course takes any rate") {
  const std::vector<double> times{0.0, 8.0};
  const Matrix course =
      deterministic_course(BasicModel{paper_kinetics(3), archetypes::Rate(3)}, protocol, times).protein;
  CHECK(course.allFinite());
  CHECK(course.row(1).minCoeff() > 0.0);
  CHECK(course !=
        deterministic_course(BasicModel{paper_kinetics(3), archetypes::LearnableRate(3)}, protocol, times).protein);
}
