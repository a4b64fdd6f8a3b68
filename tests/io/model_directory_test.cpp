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
  check_equal(cardamom::to_saved(model), example());
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
  refused("inputs.tsv", ", line 1: the title must be \"input?name\"");
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
