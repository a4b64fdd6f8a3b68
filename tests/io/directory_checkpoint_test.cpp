#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/checkpoint.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/data/fingerprint.hpp>
#include <cardamom/data/perturbation.hpp>
#include <cardamom/inference/stability.hpp>
#include <cardamom/io/directory_checkpoint.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

#include "support/files.hpp"

using namespace cardamom;

namespace {

/// Stops, as a kill would, once so many pieces are saved.
struct Killed : std::runtime_error {
  Killed() : std::runtime_error("killed") {}
};
struct Dying {
  DirectoryCheckpoint kept;
  std::atomic<int>* left;

  std::optional<std::string> load(const std::string& name) const { return kept.load(name); }
  void save(const std::string& name, const std::string& bytes) const {
    if (--*left < 0) throw Killed();
    kept.save(name, bytes);
  }
};
static_assert(Checkpoint<Dying>);
static_assert(Checkpoint<DirectoryCheckpoint>);
static_assert(Checkpoint<NoCheckpoint>);

}  // namespace

TEST_CASE("pieces are kept whole, from one run to the next") {
  const support::TemporaryDirectory scratch;
  const std::string path = (scratch.path() + "/" + "kept");
  const std::string bytes("a\0b\n\xff", 5);
  {
    const DirectoryCheckpoint checkpoint(path, {{"method", "paper"}});
    CHECK_FALSE(checkpoint.load("piece").has_value());
    checkpoint.save("piece", bytes);
    checkpoint.save("empty", "");
  }
  const DirectoryCheckpoint again(path, {{"method", "paper"}});
  CHECK(again.load("piece") == bytes);
  CHECK(again.load("empty") == "");
  again.save("piece", "other");
  CHECK(DirectoryCheckpoint(again).load("piece") == "other");
  CHECK_THROWS_AS(again.save("two words", ""), std::invalid_argument);
}

TEST_CASE("what a kill cut off, or what is damaged, is dropped and can be saved again") {
  const support::TemporaryDirectory scratch;
  const std::string path = scratch / "kept";
  {
    const DirectoryCheckpoint checkpoint(path);
    checkpoint.save("first", "one");
    checkpoint.save("second", "two\n2 3");
  }
  const std::string whole = read_bytes(path + "/pieces");
  const auto reopened = [&](const std::string& content) {
    std::ofstream(path + "/pieces", std::ios::binary) << content;
    return DirectoryCheckpoint(path);
  };
  const std::size_t second = whole.find("second");
  for (std::size_t size = second; size < whole.size(); ++size) {
    const DirectoryCheckpoint cut = reopened(whole.substr(0, size));
    CHECK(cut.load("first") == "one");
    CHECK_FALSE(cut.load("second").has_value());
    cut.save("second", "two\n2 3");
    CHECK(read_bytes(path + "/pieces") == whole);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const DirectoryCheckpoint left = reopened(damaged);
    const std::string first = left.load("first").value_or("one");
    CHECK(first == "one");
    CHECK(left.load("second").value_or("two\n2 3") == "two\n2 3");
    CHECK((at < second ? left.load("first") : left.load("second")).has_value() == false);
  }
}

TEST_CASE("a checkpoint of another run is refused by what differs") {
  const support::TemporaryDirectory scratch;
  const std::string path = (scratch.path() + "/" + "kept");
  const DirectoryCheckpoint first(path, {{"method", "paper"}, {"data", "17"}});
  const auto open = [&](const CheckpointIdentity& identity) { static_cast<void>(DirectoryCheckpoint(path, identity)); };
  CHECK_NOTHROW(open({{"method", "paper"}, {"data", "17"}}));
  CHECK_THROWS_WITH_AS(open({{"method", "paper"}, {"data", "18"}}),
                       (path + "/identity, line 4: the checkpoint is of another run: data was \"17\", is \"18\"; name "
                               "another directory, or remove this one to begin anew")
                           .c_str(),
                       IoError);
  CHECK_THROWS_AS(open({{"method", "paper"}}), IoError);
  CHECK_THROWS_AS(open({{"method", "paper"}, {"data", "17"}, {"more", "1"}}), IoError);
  CHECK_THROWS_AS(open({{"method", "pa\tper"}}), std::invalid_argument);
  std::filesystem::create_directory((scratch.path() + "/" + "full"));
  std::ofstream((scratch.path() + "/" + "full") + "/notes.txt") << "mine";
  CHECK_THROWS_WITH_AS(
      static_cast<void>(DirectoryCheckpoint((scratch.path() + "/" + "full"))),
      ((scratch.path() + "/" + "full") + ": the directory is neither empty nor a checkpoint: it has no file identity")
          .c_str(),
      IoError);
  CHECK_THROWS_AS(static_cast<void>(DirectoryCheckpoint((scratch.path() + "/" + "none") + "/deep")), IoError);
}

TEST_CASE("fingerprints tell tables apart") {
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 5}, {.seed = 6}).counts;
  const std::uint64_t mark = fingerprint(counts);
  CHECK(fingerprint(Counts(counts.values(), counts.times(), counts.names(), {}, counts.inputs())) == mark);
  Matrix values = counts.values();
  values(3, 2) += 1.0;
  CHECK(fingerprint(Counts(values, counts.times(), counts.names(), {}, counts.inputs())) != mark);
  Vector times = counts.times();
  times.tail(5).array() += 1.0;
  CHECK(fingerprint(Counts(counts.values(), times, counts.names(), {}, counts.inputs())) != mark);
  CHECK(fingerprint(counts.select_cells(std::vector<Index>{0, 1, 2})) != mark);
  const auto in_conditions = [&](const Perturbation& perturbation) {
    return fingerprint(counts.with_conditions({{.name = "perturbed", .perturbations = {perturbation}}},
                                              std::vector<Index>(static_cast<std::size_t>(counts.cells()), 0)));
  };
  CHECK(in_conditions(knock_out(1)) != mark);
  CHECK(in_conditions(knock_out(1)) != in_conditions(knock_out(2)));
}

TEST_CASE("stability goes on from where it was killed, to the same bits") {
  const support::TemporaryDirectory scratch;
  const Counts counts = simulate(fn4(), Protocol{.cells_per_time_point = 30}, {.seed = 6}).counts;
  const StabilityOptions options{.seed = 3, .resamples = 9};
  std::atomic<int> runs = 0;
  const auto scores = [&runs](const Counts& sample) {
    ++runs;
    return infer(sample, {}, Successive{}).scores;
  };
  const Matrix whole = stability(counts, options, scores);
  runs = 0;
  int kills = 0;
  Matrix continued;
  for (int most = 3; continued.size() == 0; ++kills) {  // two resamples more each time, and once the call itself
    std::atomic<int> left = most;
    most = 2;
    try {
      continued = stability(counts, options, scores, Threads(2),
                            Dying{DirectoryCheckpoint((scratch.path() + "/" + "kept")), &left});
    } catch (const Killed&) {
    }
  }
  CHECK(continued == whole);
  CHECK(kills >= 4);
  // Of two threads both may lose what they had in hand.
  CHECK(runs <= 9 + 2 * kills);
  // All is done: nothing is inferred again, but for the further resamples.
  runs = 0;
  const DirectoryCheckpoint kept((scratch.path() + "/" + "kept"));
  CHECK(stability(counts, options, scores, kept) == whole);
  CHECK(runs == 0);
  const StabilityOptions more{.seed = 3, .resamples = 11};
  CHECK(stability(counts, more, scores, kept) == stability(counts, more, Successive{}));
  // Another call.
  CHECK_THROWS_AS(static_cast<void>(stability(counts, {.seed = 4, .resamples = 9}, scores, kept)),
                  std::invalid_argument);
  CHECK_THROWS_AS(
      static_cast<void>(stability(counts.select_cells(std::vector<Index>{0, 1, 30, 31}), options, scores, kept)),
      std::invalid_argument);
  kept.save("resample_0", "1 99\n");
  CHECK_THROWS_WITH_AS(static_cast<void>(stability(counts, options, scores, kept)),
                       "stability: piece resample_0 of the checkpoint holds no edges", std::invalid_argument);
}
