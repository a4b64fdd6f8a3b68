/// @file
/// Tables of counts in HDF5 files, dense and sparse, into the columns of the selected genes, in blocks: what is read at
/// a time does not grow with the table. What the readers of AnnData files and of 10x's HDF5 files share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/hdf5/hdf5_file.hpp>
#include <cardamom/io/hdf5/hdf5_numbers.hpp>

namespace cardamom::detail {

/// One table of cells × genes.
class Hdf5Counts {
 public:
  /// @param path of the table inside the file
  /// @param selection of its genes
  Hdf5Counts(const Hdf5File& file, std::string path, Index cells, const GeneSelection& selection)
      : file_(file), path_(std::move(path)), selection_(selection), cells_(cells), totals_(Vector::Zero(cells)) {}

  /// Per cell: the sum over all genes, selected or not, of the table that was read.
  const Vector& totals() const noexcept { return totals_; }

  /// @param shape as the file has it, cells × genes
  void check_shape(const std::vector<Index>& shape) const {
    if (shape != std::vector<Index>{cells_, genes()}) {
      fail("its shape is not the number of cells, " + to_text(cells_) + ", by the number of genes, " +
           to_text(genes()));
    }
  }

  /// A dataset of cells × genes.
  Matrix dense() {
    const Hdf5Numbers table(file_, path_);
    if (table.dimensions() != 2) fail("must have two dimensions, cells and genes");
    values_.resize(cells_, selection_.nodes());
    table.with_type([&](auto* type) { read_dense<std::remove_pointer_t<decltype(type)>>(table); });
    return std::move(values_);
  }

  /// A group of `data`, `indices` and `indptr`.
  /// @param by_cell whether pointers are those of cells and indices of genes, rather than the other way round
  Matrix sparse(bool by_cell) {
    const Hdf5Numbers data(file_, path_ + "/data");
    const Hdf5Numbers indices(file_, path_ + "/indices");
    const std::vector<Index> pointers = file_.indices(path_ + "/indptr");
    const Index outer = by_cell ? cells_ : genes();
    const Index size = data.shape()[0];
    if (data.dimensions() != 1 || indices.dimensions() != 1 || indices.shape()[0] != size ||
        static_cast<Index>(pointers.size()) != outer + 1 || pointers.front() != 0 || pointers.back() != size ||
        !std::is_sorted(pointers.begin(), pointers.end())) {
      contradicts_itself();
    }
    // Once the table is known to be one: until then so much memory is not asked for.
    values_ = Matrix::Zero(cells_, selection_.nodes());
    data.with_type([&](auto* type) {
      using Value = std::remove_pointer_t<decltype(type)>;
      indices.with_type([&](auto* index_type) {
        using Stored = std::remove_pointer_t<decltype(index_type)>;
        using Position = std::conditional_t<std::is_same_v<Stored, std::int32_t>, std::int32_t, std::int64_t>;
        by_cell ? read_sparse<Value, Position, true>(data, indices, pointers)
                : read_sparse<Value, Position, false>(data, indices, pointers);
      });
    });
    return std::move(values_);
  }

 private:
  /// Numbers that are read at a time: they stay in the cache of one core.
  static constexpr Index block = Index{1} << 16;

  Index genes() const { return static_cast<Index>(selection_.column.size()); }
  [[noreturn]] void fail(const std::string& what) const { throw IoError(file_.path(), path_ + ": " + what); }
  [[noreturn]] void contradicts_itself() const { fail("the sparse table contradicts itself"); }

  template <class Value>
  void read_dense(const Hdf5Numbers& table) {
    // Whole chunks are read where they are small; those of large ones by pieces, one chunk after the other.
    const auto [chunk_rows, chunk_columns] =
        table.chunked() ? table.chunk() : Hdf5Numbers::Sizes{1, std::max<Index>(1, genes())};
    const auto multiple = [](Index unit, Index most) { return unit * std::max<Index>(1, most / unit); };
    const bool wide = chunk_rows * genes() <= 8 * block;
    const Index columns = wide ? std::max<Index>(1, genes()) : multiple(chunk_columns, block / chunk_rows);
    const Index rows = multiple(chunk_rows, block / columns);
    const Index step = rows * columns <= 8 * block ? rows : std::max<Index>(1, block / columns);
    std::vector<Value> values;
    for (Index row = 0; row < cells_; row += rows) {
      const Index row_end = std::min(row + rows, cells_);
      for (Index column = 0; column < genes(); column += columns) {
        const Index width = std::min(columns, genes() - column);
        for (Index begin = row; begin < row_end; begin += step) {
          const Index height = std::min(step, row_end - begin);
          table.read({begin, column}, {height, width}, values);
          put_block(values, begin, column, height, width);
        }
      }
    }
  }

  template <class Value>
  void put_block(const std::vector<Value>& block_values, Index cell, Index gene, Index cells, Index genes) {
    double* const totals = totals_.data() + cell;
    for (Index g = 0; g < genes; ++g) {
      const Value* const from = block_values.data() + g;
      const Index column = selection_.column[static_cast<std::size_t>(gene + g)];
      if (column == GeneSelection::left_out) continue;
      if (column < 0) {
        for (Index c = 0; c < cells; ++c) totals[c] += static_cast<double>(from[c * genes]);
        continue;
      }
      double* const to = values_.data() + column * cells_ + cell;
      for (Index c = 0; c < cells; ++c) {
        to[c] = static_cast<double>(from[c * genes]);
        totals[c] += to[c];
      }
    }
  }

  /// Entries given twice add up, as they do in sparse tables.
  template <class Value, class Position, bool by_cell>
  void read_sparse(const Hdf5Numbers& data, const Hdf5Numbers& indices, const std::vector<Index>& pointers) {
    const Index size = data.shape()[0];
    const auto inner = static_cast<std::uint64_t>(by_cell ? genes() : cells_);
    const Index* const column_of = selection_.column.data();
    double* const table = values_.data();
    std::vector<Value> values;
    std::vector<Position> positions;
    std::size_t o = 0;
    for (Index begin = 0; begin < size; begin += block) {
      const Index count = std::min(block, size - begin);
      data.read({begin, 0}, {count, 1}, values);
      indices.read({begin, 0}, {count, 1}, positions);
      for (Index k = 0; k < count;) {
        while (pointers[o + 1] <= begin + k) ++o;
        const Index end = std::min(count, pointers[o + 1] - begin);
        const auto outer = static_cast<Index>(o);
        for (; k < end; ++k) {
          const auto i = static_cast<Index>(positions[static_cast<std::size_t>(k)]);
          if (static_cast<std::uint64_t>(i) >= inner) fail("an index of the sparse table is out of range");
          const auto value = static_cast<double>(values[static_cast<std::size_t>(k)]);
          const Index cell = by_cell ? outer : i;
          const Index column = column_of[by_cell ? i : outer];
          if (column == GeneSelection::left_out) continue;
          totals_[cell] += value;
          if (column >= 0) table[column * cells_ + cell] += value;
        }
      }
    }
  }

  const Hdf5File& file_;
  std::string path_;
  const GeneSelection& selection_;
  Index cells_;
  Matrix values_;
  Vector totals_;
};

}  // namespace cardamom::detail
