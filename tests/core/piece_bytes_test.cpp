#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/piece_bytes.hpp>

namespace {

using namespace cardamom;

struct Piece {
  bool flag = false;
  double number = 0.0;
  Vector vector;
  Matrix matrix;
  std::vector<std::pair<Index, double>> pairs;
  Eigen::Vector3d fixed = Eigen::Vector3d::Zero();

  void visit(auto& bytes) {
    bytes(flag);
    bytes(number);
    bytes(vector);
    bytes(matrix);
    bytes(pairs);
    bytes(fixed);
  }
};

// Two processes in one: the second half of the pieces is done elsewhere, by `other`, and comes as bytes.
struct TwoProcesses {
  double* here = nullptr;
  double* elsewhere = nullptr;
  Index lost = -1;  // a piece that nobody hands over

  void for_ranges(Index count, FunctionRef<void(Index, Index)> body) const {
    if (count > 0) body(0, count);
  }
  void for_shared_ranges(Index count, FunctionRef<void(Index, Index)> body, FunctionRef<void(Index, PieceWriter&)> save,
                         FunctionRef<void(Index, PieceReader&)> load) const {
    const Index half = count / 2;
    body(0, half);
    std::string mine;
    PieceWriter writer(mine);
    for (Index i = 0; i < half; ++i) save(i, writer);
    std::string bytes;
    PieceWriter other(bytes);
    for (Index i = half; i < count; ++i) other(elsewhere[i]);
    PieceReader reader(bytes);
    for (Index i = half; i < count; ++i) {
      if (i != lost) load(i, reader);
    }
    PieceReader back(mine);
    for (Index i = 0; i < half; ++i) {
      double value = 0.0;
      back(value);
      here[i] = value;
    }
  }
};
static_assert(SharingExecutor<TwoProcesses> && SharingExecutor<ExecutorRef>);
static_assert(!SharingExecutor<Sequential> && !SharingExecutor<Threads>);

}  // namespace

TEST_CASE("what is written of a piece is read back, empty parts too") {
  Piece piece;
  piece.flag = true;
  piece.number = -0.1;
  piece.vector = Vector::LinSpaced(5, 0.0, 1.0);
  piece.matrix = Matrix::Random(3, 2);
  piece.pairs = {{1, 2.5}, {-7, 0.0}};
  piece.fixed << 1, 2, 3;
  std::string bytes;
  PieceWriter writer(bytes);
  Piece nothing;
  piece.visit(writer);
  nothing.visit(writer);
  writer.entries(piece.matrix.row(1));

  PieceReader reader(bytes);
  Piece read;
  read.visit(reader);
  CHECK(read.flag);
  CHECK(read.number == piece.number);
  CHECK(read.vector == piece.vector);
  CHECK(read.matrix == piece.matrix);
  CHECK(read.pairs == piece.pairs);
  CHECK(read.fixed == piece.fixed);
  read.visit(reader);
  CHECK(read.vector.size() == 0);
  CHECK(read.pairs.empty());
  Matrix rows = Matrix::Zero(2, 2);
  reader.entries(rows.row(1));
  CHECK(rows.row(1) == piece.matrix.row(1));
  CHECK(rows.row(0).isZero(0.0));
  CHECK(reader.done());
  CHECK_THROWS_WITH_AS(reader(read.number), "PieceReader: a piece is read that was not written like that",
                       std::logic_error);
}

TEST_CASE("pieces that are not done here are read, each once") {
  std::vector<double> here(7, 0.0);
  std::vector<double> elsewhere(7, 5.0);
  const auto square = [&](ExecutorRef executor) {
    for_shared_ranges(
        executor, 7,
        [&](Index begin, Index end) {
          for (Index i = begin; i < end; ++i) here[static_cast<std::size_t>(i)] = static_cast<double>(i * i);
        },
        [&](Index i, auto& bytes) { bytes(here[static_cast<std::size_t>(i)]); });
  };
  square(TwoProcesses{here.data(), elsewhere.data()});
  CHECK(here == std::vector<double>{0, 1, 4, 5, 5, 5, 5});
  square(Threads(2));
  CHECK(here == std::vector<double>{0, 1, 4, 9, 16, 25, 36});
  CHECK_THROWS_AS(square(TwoProcesses{here.data(), elsewhere.data(), 4}), NumericalError);
}
