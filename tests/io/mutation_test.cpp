// Valid files with random damage: a reader either understands what is left or throws IoError; nothing else happens.
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/random.hpp>
#include <cardamom/io.hpp>
#include <support/files.hpp>

using cardamom::Index;
using cardamom::RandomStream;

namespace {

/// One to four random edits: a byte replaced, removed or inserted, a stretch cut out, doubled or cut off.
std::string damaged(std::string bytes, RandomStream& random) {
  static const std::string likely = "0123456789-+.eE \t\r\n,(){}':<>TFnaif\x00\x7f\xff";
  const auto position = [&] { return static_cast<std::size_t>(random.below(static_cast<Index>(bytes.size()))); };
  const auto byte = [&] {
    return random.below(4) == 0 ? static_cast<char>(random.below(256))
                                : likely[static_cast<std::size_t>(random.below(static_cast<Index>(likely.size())))];
  };
  for (Index edits = 1 + random.below(4); edits > 0 && !bytes.empty(); --edits) {
    const std::size_t at = position();
    const std::size_t length = static_cast<std::size_t>(1 + random.below(12));
    switch (random.below(6)) {
      case 0:
        bytes[at] = byte();
        break;
      case 1:
        bytes.erase(at, 1);
        break;
      case 2:
        bytes.insert(at, 1, byte());
        break;
      case 3:
        bytes.erase(at, length);
        break;
      case 4:
        bytes.insert(at, bytes.substr(position(), length));
        break;
      default:
        bytes.resize(random.below(8) == 0 ? at : bytes.size());
    }
  }
  return bytes;
}

void check_reader(const std::string& valid, const std::function<void(const std::string&)>& read, int files = 3000) {
  const support::TemporaryDirectory directory;
  RandomStream random(1, cardamom::Purpose::user);
  int refused = 0;
  for (int i = 0; i < files; ++i) {
    const std::string path = directory.write("file", damaged(valid, random));
    try {
      read(path);
    } catch (const cardamom::IoError&) {
      ++refused;
    }
  }
  // Otherwise the damage misses its point.
  CHECK(refused > files / 20);
}

}  // namespace

TEST_CASE("damaged panels are read or refused") {
  check_reader("0\t0\t0\t6\t6.5\n0\t0\t0\t1\t1\n1\t3\t0\t12\t7\n2\t0\t0\t1\t25\n",
               [](const std::string& path) { return cardamom::read_panel(path); });
}

TEST_CASE("damaged tables of genes and cells are read or refused") {
  const auto read = [](const std::string& path) { return cardamom::read_counts(path); };
  check_reader("cell;time;Sox2;\"Klf \"\"4\"\"\"\r\nc1;0;3;0\r\n# 6 h\r\nc2;6,5;0;1\r\nc3;24;12;5\r\n", read);
  check_reader("\"c1\" \"c2\" \"c3\"\n\"time\" 0 6 24\n\"Sox2\" 3 0 12\n\"Klf4\" 0 1 5\n", read);
}

TEST_CASE("damaged gene names are read or refused") {
  check_reader("0   Stimulus\n1\tSox2\n2\tKlf4\n",
               [](const std::string& path) { return cardamom::read_gene_names(path); });
}

TEST_CASE("damaged decay rates are read or refused") {
  check_reader("d0 d1\n0.5\t0.1\n0.5\t1e-2\n1\t0.25\n",
               [](const std::string& path) { return cardamom::read_decay_rates(path); });
  const cardamom::KnownNodes nodes{.names = {"Stimulus", "Sox2", "Klf4"}, .unknown = cardamom::UnknownGenes::skip};
  for (const char* valid : {"gene,d0,d1\nKlf4,0.5,0.1\n\"Sox2\",0.5,1e-2\nNanog,1,0.25\n",
                            "# h\n\nhalf_life_mRNA\thalf_life_protein\n9\t46\n5.5\t24\n"}) {
    check_reader(valid, [&](const std::string& path) { return cardamom::read_known_rates(path, nodes); });
  }
}

TEST_CASE("damaged edges are read or refused") {
  check_reader("source\ttarget\tweight\n0\t1\t2.5\n1\t2\t-1\nSox2\t2\t7\n", [](const std::string& path) {
    return cardamom::read_edges(path, {"Stimulus", "Sox2", "Klf4"});
  });
  const cardamom::KnownNodes nodes{.names = {"Stimulus", "Sox2", "Klf4"}, .unknown = cardamom::UnknownGenes::skip};
  for (const char* valid :
       {"\"\",\"TF\",\"target\",\"importance\",\"regulation\"\n\"1\",\"Sox2\",\"Klf4\",2.5,-1\n\"2\",\"Klf4\",\"Sox2\","
        "2,1\n",
        "#target source weight\nSox2 Klf4 -1\nNanog Sox2 3\n", "Sox2 activates Klf4\nKlf4 represses Sox2\n"}) {
    check_reader(valid, [&](const std::string& path) { return cardamom::read_prior(path, nodes); });
  }
}

TEST_CASE("damaged depths are read or refused") {
  for (const char* valid : {"depth\n4100\n5200.5\n1e3\n", "cell\tdepth\nc1\t4100\nc3\t5200.5\nc2\t1e3\n"}) {
    check_reader(valid, [](const std::string& path) {
      return cardamom::read_cell_depths(path, 3, {"c1", "c2", "c3"});
    });
  }
}

TEST_CASE("damaged arrays are read or refused") {
  cardamom::NpyArray array{{2, 3}, {1, 2, 3, 4, 5, 6}};
  check_reader(cardamom::npy_bytes(array), [](const std::string& path) { return cardamom::read_npy(path); });
  std::string fortran = cardamom::npy_bytes({{2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}});
  fortran.replace(fortran.find("False"), 5, "True ");
  check_reader(fortran, [](const std::string& path) { return cardamom::read_npy(path); });
}

TEST_CASE("damaged model directories are read or refused") {
  const support::TemporaryDirectory directory;
  cardamom::SavedModel model;
  model.network = cardamom::Network(cardamom::Vector{{0, -5, 1}}, std::vector<cardamom::Edge>{{0, 1, 10}, {1, 2, -7}});
  model.shape_min = cardamom::Vector{{0, 0.01, 0}};
  model.shape_max = cardamom::Vector{{1, 2.2, 0.1}};
  model.inverse_burst_size = cardamom::Vector{{1, 0.02, 0.03}};
  model.history = {model.network};
  model.rates = {cardamom::Vector{{1, 0.5, 0.25}}, cardamom::Vector{{1, 0.1, 0.2}}};
  model.experiment = {cardamom::AtRest{120}, 0.3};
  model.schedule = {{-120, 0.5, 0}, {0, 1, 0}};
  cardamom::write_model_directory(directory.path(), model);
  for (const std::string& name : directory.list()) {
    const std::string valid = support::content(directory / name);
    check_reader(
        valid,
        [&](const std::string& path) {
          directory.write(name, support::content(path));
          static_cast<void>(cardamom::read_model_directory(directory.path()));
        },
        500);
    directory.write(name, valid);
  }
}
