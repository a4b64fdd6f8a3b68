#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/model_directory.hpp>
#include <support/files.hpp>

using cardamom::DecayRates;
using cardamom::Edge;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Network;
using cardamom::NpyArray;
using cardamom::SavedModel;
using cardamom::Vector;

namespace {

/// Two genes: 0 -> 1 and 1 -| 2.
SavedModel example() {
  SavedModel model;
  model.network = Network(Vector{{0, -5, 1.0 / 3}}, std::vector<Edge>{{0, 1, 10.1}, {1, 2, -0.7}, {2, 2, 1e-17}});
  model.shape_min = Vector{{0, 0.01, 0}};
  model.shape_max = Vector{{1, 2.2, 0.1}};
  model.inverse_burst_size = Vector{{1, 0.02, 0.03}};
  return model;
}

void check_equal(const SavedModel& a, const SavedModel& b) {
  const auto same = [](const Network& x, const Network& y) {
    CHECK(x.basal() == y.basal());
    CHECK(x.edges() == y.edges());
  };
  same(a.network, b.network);
  CHECK(a.shape_min == b.shape_min);
  CHECK(a.shape_max == b.shape_max);
  CHECK(a.inverse_burst_size == b.inverse_burst_size);
  REQUIRE(a.modes.size() == b.modes.size());
  if (a.modes.size() > 0) CHECK(a.modes == b.modes);
  REQUIRE(a.history.size() == b.history.size());
  for (std::size_t t = 0; t < a.history.size(); ++t) same(a.history[t], b.history[t]);
  REQUIRE(a.rates.mrna.size() == b.rates.mrna.size());
  REQUIRE(a.rates.protein.size() == b.rates.protein.size());
  CHECK(a.rates.mrna.tail(a.rates.mrna.size() > 0 ? a.genes() : 0) ==
        b.rates.mrna.tail(b.rates.mrna.size() > 0 ? b.genes() : 0));
  CHECK(a.rates.protein.tail(a.rates.protein.size() > 0 ? a.genes() : 0) ==
        b.rates.protein.tail(b.rates.protein.size() > 0 ? b.genes() : 0));
  CHECK(a.experiment == b.experiment);
  CHECK(a.first_observation == b.first_observation);
  CHECK(a.schedule == b.schedule);
}

/// Replaces one file of a written directory and checks what reading says.
void check_refused(const std::string& name, const NpyArray& array, const std::string& text, bool whole = false) {
  const support::TemporaryDirectory directory;
  cardamom::write_model_directory(directory.path(), example());
  cardamom::write_npy(directory / name, array);
  support::check_io_error(whole ? directory.path() : directory / name, text,
                          [&] { return cardamom::read_model_directory(directory.path()); });
}

}  // namespace

TEST_CASE("a model directory comes back bit for bit") {
  const support::TemporaryDirectory directory;
  SavedModel model = example();
  cardamom::write_model_directory(directory / "model", model);
  check_equal(cardamom::read_model_directory(directory / "model"), model);

  model.modes = Matrix{{0, 0.01, 0.1}, {1, 2.2, 0}};
  model.history = {model.network, Network(Vector{{0, 1, 2}}, std::vector<Edge>{{2, 1, 3.5}})};
  cardamom::write_model_directory(directory / "model", model);
  check_equal(cardamom::read_model_directory(directory / "model"), model);
  CHECK(directory.list() == std::vector<std::string>{"model"});
}

TEST_CASE("the arrays have the shapes and the orientation of the Python package") {
  const support::TemporaryDirectory directory;
  SavedModel model = example();
  model.modes = Matrix{{0, 0.01, 0.1}, {1, 2.2, 0}};
  model.history = {model.network, model.network};
  cardamom::write_model_directory(directory.path(), model);
  CHECK(directory.list() == std::vector<std::string>{"basal.npy", "basal_t.npy", "bet.npy", "data_bool.npy",
                                                     "inter.npy", "inter_t.npy", "kmax.npy", "kmin.npy"});
  const Matrix inter = cardamom::read_npy_matrix(directory / "inter.npy");
  REQUIRE(inter.rows() == 3);
  REQUIRE(inter.cols() == 3);
  CHECK(inter(0, 1) == 10.1);
  CHECK(inter(1, 2) == -0.7);
  CHECK(inter(1, 0) == 0.0);
  const NpyArray history = cardamom::read_npy(directory / "inter_t.npy");
  CHECK(history.shape == std::vector<Index>{2, 3, 3});
  CHECK(history.values[9 + 1] == 10.1);
  CHECK(cardamom::read_npy_vector(directory / "basal.npy").size() == 3);
  CHECK(cardamom::read_npy_matrix(directory / "data_bool.npy").rows() == 2);
}

TEST_CASE("optional files of an older model do not survive") {
  const support::TemporaryDirectory directory;
  SavedModel model = example();
  model.modes = Matrix{{0, 0.01, 0.1}, {1, 2.2, 0}};
  model.history = {model.network};
  cardamom::write_model_directory(directory.path(), model);
  directory.write("notes.txt", "mine");
  cardamom::write_model_directory(directory.path(), example());
  CHECK(directory.list() ==
        std::vector<std::string>{"basal.npy", "bet.npy", "inter.npy", "kmax.npy", "kmin.npy", "notes.txt"});
}

TEST_CASE("a saved model becomes a model and back") {
  const DecayRates rates{Vector{{0, 0.5, 0.25}}, Vector{{0, 0.1, 0.2}}};
  const cardamom::Model model = cardamom::to_model(example(), rates);
  CHECK(model.kinetics.frequency_max[1] == doctest::Approx(1.1));
  CHECK(model.kinetics.frequency_min[1] == doctest::Approx(0.005));
  // (11): s1 = d1 d0 (koff/s0) / k1
  CHECK(model.kinetics.protein_synthesis[2] == doctest::Approx(0.2 * 0.25 * 0.03 / 0.025));
  SavedModel saved = cardamom::to_saved(model);
  CHECK(saved.rates.mrna == Vector{{1, 0.5, 0.25}});
  CHECK(saved.rates.protein == Vector{{1, 0.1, 0.2}});
  saved.rates = {};
  check_equal(saved, example());
}

TEST_CASE("models that make no sense are not written") {
  const support::TemporaryDirectory directory;
  SavedModel model = example();
  model.shape_min[2] = 0.2;
  CHECK_THROWS_WITH_AS(cardamom::write_model_directory(directory / "model", model),
                       "SavedModel: shape_min[2] is 0.2, must be in [0, 0.1]", std::domain_error);
  model = example();
  model.inverse_burst_size[1] = 0;
  CHECK_THROWS_WITH_AS(cardamom::write_model_directory(directory / "model", model),
                       "SavedModel: inverse_burst_size[1] is 0, must be finite and > 0", std::domain_error);
  model = example();
  model.shape_max.conservativeResize(2);
  CHECK_THROWS_WITH_AS(cardamom::write_model_directory(directory / "model", model),
                       "SavedModel: shape_max has size 2, must be 3", std::invalid_argument);
  model = example();
  model.history.resize(1);
  CHECK_THROWS_WITH_AS(cardamom::write_model_directory(directory / "model", model),
                       "SavedModel: history has size 1, must be 3", std::invalid_argument);
  CHECK(directory.list().empty());
  CHECK_THROWS_WITH_AS(cardamom::to_model(example(), {Vector::Ones(2), Vector::Ones(3)}),
                       "Kinetics::from_modes: rates.mrna has size 2, must be 3", std::invalid_argument);
  CHECK_THROWS_WITH_AS(cardamom::to_model(example(), {Vector::Zero(3), Vector::Ones(3)}),
                       "Kinetics::from_modes: rates.mrna[1] is 0, must be finite and > 0", std::domain_error);
}

TEST_CASE("directories that make no sense are refused by file") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check_refused("inter.npy", {{2, 2}, {0, 0, 0, 0}},
                ": the array has shape (2, 2), must be (3, 3) as basal.npy has 3 entries");
  check_refused("inter.npy", {{3, 3, 1}, std::vector<double>(9, 0.0)},
                ": the array has shape (3, 3, 1), must be (3, 3) as basal.npy has 3 entries");
  check_refused("inter.npy", {{3, 3}, {0, 0, 0, 1, 0, 0, 0, 0, 0}},
                ": Network: edge 1 -> 0 acts on an input, which has no regulators");
  check_refused("inter.npy", {{3, 3}, {0, nan, 0, 0, 0, 0, 0, 0, 0}},
                ": Network: interactions(1, 0) is nan, must be finite");
  check_refused("kmin.npy", {{2}, {0, 0}},
                ": the array has 2 entries, must have one per gene and one for the stimulus: 3");
  check_refused("kmin.npy", {{3}, {0, 5, 0}}, ": SavedModel: shape_min[1] is 5, must be in [0, 2.2]", true);
  check_refused("kmax.npy", {{3}, {0, nan, 1}}, ": SavedModel: shape_max[1] is nan, must be finite and > 0", true);
  check_refused("bet.npy", {{3}, {0, 1, -1}}, ": SavedModel: inverse_burst_size[2] is -1, must be finite and > 0",
                true);
  check_refused("basal.npy", {{0}, {}}, ": the array is empty");
  check_refused("basal.npy", {{3, 1}, {0, 0, 0}}, ": the array has shape (3, 1), must be one-dimensional");
  check_refused("data_bool.npy", {{1, 2}, {0, 0}}, ": the array has 2 columns, must have 3");

  const support::TemporaryDirectory directory;
  support::check_io_error(directory / "basal.npy", ": cannot be opened: No such file or directory",
                          [&] { return cardamom::read_model_directory(directory.path()); });
}

TEST_CASE("histories that make no sense are refused") {
  const support::TemporaryDirectory directory;
  SavedModel model = example();
  model.history = {model.network};
  cardamom::write_model_directory(directory.path(), model);
  cardamom::write_npy(directory / "inter_t.npy", {{2, 3, 3}, std::vector<double>(18, 0.0)});
  support::check_io_error(directory / "inter_t.npy", ": the array has shape (2, 3, 3), must be (1, 3, 3)",
                          [&] { return cardamom::read_model_directory(directory.path()); });
  cardamom::write_npy(directory / "basal_t.npy", {{2}, {0, 0}});
  support::check_io_error(directory / "basal_t.npy", ": the array has shape (2,), must be (times, 3)",
                          [&] { return cardamom::read_model_directory(directory.path()); });
}

namespace {

/// Two inputs and two genes, with modes and history.
SavedModel two_inputs() {
  const std::vector<std::string> names{"Light", "dose", "1", "2"};
  SavedModel model;
  model.network =
      Network(Vector{{0, 0, -5, 1.0 / 3}}, std::vector<Edge>{{0, 2, 10.1}, {1, 3, -0.7}, {2, 3, 1e-17}}, names, 2);
  model.shape_min = Vector{{0, 0, 0.01, 0}};
  model.shape_max = Vector{{1, 1, 2.2, 0.1}};
  model.inverse_burst_size = Vector{{1, 1, 0.02, 0.03}};
  model.modes = cardamom::Matrix(3, 4);
  model.modes << 0, 0, 0.01, 0, 1, 0.5, 2.2, 0.1, 1, 2.5, 0.01, 0.1;
  model.history = {model.network, Network(Vector{{0, 0, 1, 2}}, std::vector<Edge>{{1, 2, 3.5}, {1, 3, 0.1}}, names, 2)};
  return model;
}

}  // namespace

TEST_CASE("a model of two inputs comes back, and other programs see the first") {
  const support::TemporaryDirectory directory;
  const SavedModel model = two_inputs();
  cardamom::write_model_directory(directory.path(), model);
  const SavedModel back = cardamom::read_model_directory(directory.path());
  CHECK(back.inputs() == 2);
  CHECK(back.network.names() == model.network.names());
  check_equal(back, model);
  CHECK(support::content(directory / "inputs.tsv") == "input\tname\n0\tLight\ninput:dose\tdose\n");
  CHECK(cardamom::read_npy_vector(directory / "basal.npy") == Vector{{0, -5, 1.0 / 3}});
  const NpyArray interactions = cardamom::read_npy(directory / "inter.npy");
  CHECK(interactions.shape == std::vector<Index>{3, 3});
  CHECK(interactions.values == std::vector<double>{0, 10.1, 0, 0, 0, 1e-17, 0, 0, 0});
  CHECK(cardamom::read_npy_matrix(directory / "data_bool.npy").cols() == 3);
  CHECK(cardamom::read_npy(directory / "inter_inputs.npy").values == std::vector<double>{0, -0.7});
  // The model that is simulated has both inputs.
  CHECK(cardamom::to_model(back).inputs() == 2);
  // A model of one input in the same place leaves nothing of the other behind.
  cardamom::write_model_directory(directory.path(), example());
  CHECK(directory.list() == std::vector<std::string>{"basal.npy", "bet.npy", "inter.npy", "kmax.npy", "kmin.npy"});
  check_equal(cardamom::read_model_directory(directory.path()), example());
}

TEST_CASE("a model without inputs comes back") {
  const support::TemporaryDirectory directory;
  SavedModel model;
  model.network = Network(Vector{{-5, 1}}, std::vector<Edge>{{0, 1, 2.5}}, {"1", "2"}, 0);
  model.shape_min = Vector{{0.01, 0}};
  model.shape_max = Vector{{2.2, 0.1}};
  model.inverse_burst_size = Vector{{0.02, 0.03}};
  model.modes = cardamom::Matrix::Constant(2, 2, 0.1);
  model.history = {model.network};
  cardamom::write_model_directory(directory.path(), model);
  CHECK(support::content(directory / "inputs.tsv") == "input\tname\n");
  CHECK(cardamom::read_npy_vector(directory / "basal.npy") == Vector{{0, -5, 1}});
  CHECK(cardamom::read_npy_vector(directory / "kmax.npy") == Vector{{1, 2.2, 0.1}});
  const SavedModel back = cardamom::read_model_directory(directory.path());
  CHECK(back.inputs() == 0);
  check_equal(back, model);
  CHECK(cardamom::to_model(back).genes() == 2);
  // Without the list of inputs the same arrays are a model of one input, as the Python package reads them.
  std::filesystem::remove(directory / "inputs.tsv");
  CHECK(cardamom::read_model_directory(directory.path()).inputs() == 1);
}

TEST_CASE("inputs of a model directory that contradict themselves are refused") {
  const support::TemporaryDirectory directory;
  cardamom::write_model_directory(directory.path(), two_inputs());
  const auto refused = [&](const std::string& file, const std::string& text) {
    support::check_io_error(directory / file, text, [&] { return cardamom::read_model_directory(directory.path()); });
  };
  directory.write("inputs.tsv", "0\tLight\n");
  refused("inputs.tsv", ", line 1: the title must be \"input\\tname\"");
  directory.write("inputs.tsv", "input\tname\ninput:dose\tdose\n");
  refused("inputs.tsv", ", line 2, column 1: input is \"input:dose\", must be 0");
  directory.write("inputs.tsv", "input\tname\n0\tLight\n1\tdose\n");
  refused("inputs.tsv", ", line 3, column 1: input is \"1\", must be input: and its name");
  directory.write("inputs.tsv", "input\tname\n0\tdose\ninput:dose\tdose\n");
  refused("inputs.tsv", ", line 3, column 2: input \"dose\" is given already");
  directory.write("inputs.tsv", "input\tname\n");
  refused("inter.npy", ": there are edges of index 0, but inputs.tsv says that there are no inputs");
  directory.write("inputs.tsv", "input\tname\n0\tLight\ninput:dose\tdose\ninput:heat\theat\n");
  refused("inter_inputs.npy", ": the array has shape (1, 2), must be (2, 2)");
  cardamom::write_model_directory(directory.path(), two_inputs());
  cardamom::write_npy(directory / "data_inputs.npy", {{2, 1}, {0, 0}});
  refused("data_inputs.npy", ": the array has shape (2, 1), must be (3, 1)");
  cardamom::write_model_directory(directory.path(), two_inputs());
  std::filesystem::remove(directory / "inter_inputs_t.npy");
  refused("inter_inputs_t.npy", ": cannot be opened: No such file or directory");
}

namespace {

/// The model of two inputs with what was fitted to an experiment.
SavedModel whole() {
  SavedModel model = two_inputs();
  model.rates = {Vector{{1, 1, 0.5, 1.0 / 3}}, Vector{{1, 1, 0.1, 1e-3}}};
  model.experiment = {cardamom::AtRest{100.0 / 3}, 0.1 + 0.2};
  model.first_observation = 6.1;
  model.schedule = {{-27, 0.1, 0}, {-27, 0, 1}, {6.1, 1, 0}, {12, 1.0 / 3, 1}, {12, 0, 0}};
  return model;
}

}  // namespace

TEST_CASE("what was fitted to the experiment comes back bit for bit") {
  const support::TemporaryDirectory directory;
  const SavedModel model = whole();
  cardamom::write_model_directory(directory.path(), model);
  check_equal(cardamom::read_model_directory(directory.path()), model);
  CHECK(support::content(directory / "rates.tsv") == "d0\td1\n1\t1\n1\t1\n0.5\t0.1\n0.3333333333333333\t0.001\n");
  CHECK(support::content(directory / "experiment.tsv") ==
        "version\t1\nfirst_observation\t6.1\nfirst_state\trest\t33.333333333333336\n"
        "depth_deviation\t0.30000000000000004\nlevel\t-27\t0\t0.1\nlevel\t-27\tinput:dose\t0\nlevel\t6.1\t0\t1\n"
        "level\t12\tinput:dose\t0.3333333333333333\nlevel\t12\t0\t0\n");
  // Rates are a file that can be given by itself.
  CHECK(cardamom::read_decay_rates(directory / "rates.tsv", 4, 2).mrna == model.rates.mrna);

  SavedModel burnt = example();
  burnt.experiment.first_state = cardamom::BurnIn{7.5};
  cardamom::write_model_directory(directory / "burnt", burnt);
  check_equal(cardamom::read_model_directory(directory / "burnt"), burnt);
  CHECK(!std::filesystem::exists(directory / "burnt/rates.tsv"));
  burnt = example();
  burnt.schedule = {{0, 0.5, 0}};
  cardamom::write_model_directory(directory / "burnt", burnt);
  check_equal(cardamom::read_model_directory(directory / "burnt"), burnt);
}

TEST_CASE("a directory without what was fitted says nothing about it") {
  const support::TemporaryDirectory directory;
  cardamom::write_model_directory(directory.path(), whole());
  std::filesystem::remove(directory / "rates.tsv");
  std::filesystem::remove(directory / "experiment.tsv");
  check_equal(cardamom::read_model_directory(directory.path()), two_inputs());
  // Nor does what another model had survive.
  cardamom::write_model_directory(directory.path(), whole());
  cardamom::write_model_directory(directory.path(), example());
  CHECK(directory.list() == std::vector<std::string>{"basal.npy", "bet.npy", "inter.npy", "kmax.npy", "kmin.npy"});
  check_equal(cardamom::read_model_directory(directory.path()), example());
}

TEST_CASE("rates that are given decide, then those saved, then typical ones") {
  const SavedModel model = whole();
  const DecayRates given{Vector{{1, 1, 2, 3}}, Vector{{1, 1, 4, 5}}};
  CHECK(cardamom::to_model(model, given).kinetics.mrna_decay == given.mrna);
  CHECK(cardamom::to_model(model, {given.mrna, {}}).kinetics.protein_decay == model.rates.protein);
  CHECK(cardamom::to_model(model).kinetics.mrna_decay == model.rates.mrna);
  CHECK(cardamom::to_model(model).kinetics.protein_decay == model.rates.protein);
  CHECK(cardamom::to_model(two_inputs()).kinetics.mrna_decay[2] == doctest::Approx(0.0770).epsilon(0.001));
}

TEST_CASE("what was fitted is not written where it makes no sense") {
  const support::TemporaryDirectory directory;
  const auto refused = [&](const auto& change, const char* message) {
    SavedModel model = whole();
    change(model);
    CHECK_THROWS_WITH(cardamom::write_model_directory(directory / "model", model), message);
  };
  refused([](SavedModel& m) { m.rates.protein.resize(0); }, "SavedModel: rates.protein has size 0, must be 4");
  refused([](SavedModel& m) { m.rates.mrna[3] = 0; }, "SavedModel: rates.mrna[3] is 0, must be finite and > 0");
  refused([](SavedModel& m) { m.experiment.first_state = cardamom::BurnIn{-1}; },
          "FirstState: hours is -1, must be in [0, 1e+06]");
  refused([](SavedModel& m) { m.experiment.depth_deviation = -1; },
          "FittedExperiment: depth_deviation is -1, must be in [0, 5]");
  refused([](SavedModel& m) { m.first_observation = std::numeric_limits<double>::infinity(); },
          "SavedModel: first_observation is inf, must be finite");
  refused([](SavedModel& m) { m.schedule[1].node = 2; }, "SavedModel: schedule[1].node is 2, must be in [0, 2)");
  refused([](SavedModel& m) { m.schedule[1].level = -1; },
          "SavedModel: schedule[1].level is -1, must be finite and >= 0");
  refused([](SavedModel& m) { m.schedule[1].time = std::numeric_limits<double>::infinity(); },
          "SavedModel: schedule[1].time is inf, must be finite");
  CHECK(directory.list().empty());
}

TEST_CASE("experiments and rates that cannot be understood are refused by file and line") {
  const support::TemporaryDirectory directory;
  cardamom::write_model_directory(directory.path(), whole());
  const auto refused = [&](const std::string& file, const std::string& content, const std::string& text) {
    const std::string kept = support::content(directory / file);
    directory.write(file, content);
    support::check_io_error(directory / file, text, [&] { return cardamom::read_model_directory(directory.path()); });
    directory.write(file, kept);
  };
  const std::string head = "version\t1\nfirst_observation\t0\nfirst_state\tburn-in\t5\n";
  const auto experiment = [&](const std::string& content, const std::string& text) {
    refused("experiment.tsv", content, text);
  };
  experiment("version\t2\nfirst\tburn-in\t5\n", ", line 1, column 2: version of the file is \"2\", must be 1");
  experiment("version\t1.5\n", ", line 1, column 2: version of the file is \"1.5\", must be 1");
  experiment("first_observation\t0\n", ", line 1: the line must hold version and 1");
  experiment("", ", line 1: the line must hold version and 1");
  experiment(head, ": there is no line depth_deviation");
  experiment("version\t1\ndepth_deviation\t0\n", ": there is no line first_observation");
  experiment(head + "first_state\trest\t5\n", ", line 4, column 1: key \"first_state\" is given already");
  experiment(head + "depth\t0\n",
             ", line 4, column 1: key is \"depth\", must be first_observation, first_state, depth_deviation or level");
  experiment(head + "\ndepth_deviation\t0\n",
             ", line 4, column 1: key is \"\", must be first_observation, first_state, depth_deviation or level");
  experiment(head + "depth_deviation\tx\n", ", line 4, column 2: value is \"x\", must be a number in [0, 5]");
  experiment(head + "depth_deviation\t-1\n", ", line 4, column 2: value is \"-1\", must be a number in [0, 5]");
  experiment(head + "depth_deviation\tnan\n", ", line 4, column 2: value is \"nan\", must be a number in [0, 5]");
  experiment(head + "depth_deviation\n", ", line 4: the line must hold depth_deviation and a number");
  experiment("version\t1\nfirst_state\tmoving\t5\n",
             ", line 2, column 2: first state is \"moving\", must be burn-in or rest");
  experiment("version\t1\nfirst_state\trest\t-5\n",
             ", line 2, column 3: value is \"-5\", must be a finite number >= 0 [h]");
  experiment("version\t1\nfirst_state\trest\n",
             ", line 2: the line must hold first_state, burn-in or rest, and a time [h]");
  experiment("version\t1\nfirst_observation\tinf\n",
             ", line 2, column 2: value is \"inf\", must be a finite number [h]");
  experiment(head + "level\t0\t0\n", ", line 4: the line must hold level, a time [h], an input and its level");
  experiment(head + "level\t0\theat\t1\n", ", line 4, column 3: input is \"heat\", must be the label of an input");
  experiment(head + "level\t0\t1\t1\n", ", line 4, column 3: input is \"1\", must be the label of an input");
  experiment(head + "level\t0\t0\t-1\n", ", line 4, column 4: value is \"-1\", must be a finite number >= 0");
  refused("rates.tsv", "d0\td1\n1\t1\n1\t1\n1\t1\n0\t1\n",
          ", line 5, column 1: rate of gene \"2\" is \"0\", must be a finite number > 0 [1/h]");
  refused("rates.tsv", "1\t1\n", ": the file holds rates of 1 genes, inputs included, must be 4");
  check_equal(cardamom::read_model_directory(directory.path()), whole());
}
