/// @file
/// A number that tells tables of counts apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <boost/crc.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

/// 64 bits (the CRC of ECMA-182, reflected) of a table: equal for equal tables on machines of one byte order; different
/// tables have the same by a chance of 2^-64. Not against those who make a table to deceive. Cost: cells × nodes.
template <class Use = CompiledWhereUsed>
[[nodiscard]] std::uint64_t fingerprint(const WhereUsed<Counts, Use>& counts) {
  boost::crc_optimal<64, 0x42F0E1EBA9EA3693U, ~std::uint64_t{0}, ~std::uint64_t{0}, true, true> crc;
  const auto add = [&crc](const auto* values, Index count) {
    const auto size = static_cast<std::int64_t>(count);
    crc.process_bytes(&size, sizeof size);
    crc.process_bytes(values, static_cast<std::size_t>(count) * sizeof *values);
  };
  const auto inputs = static_cast<std::int64_t>(counts.inputs());
  add(&inputs, 1);
  add(counts.values().data(), counts.values().size());
  add(counts.times().data(), counts.times().size());
  add(counts.depth().data(), counts.depth().size());
  add(counts.lineage_times().data(), counts.lineage_times().size());
  for (const std::string& name : counts.names()) add(name.data(), static_cast<Index>(name.size()));
  for (const Condition& condition : counts.conditions()) {
    add(condition.name.data(), static_cast<Index>(condition.name.size()));
    for (const Perturbation& perturbation : condition.perturbations) {
      add(&perturbation.gene, 1);
      add(&perturbation.factor, 1);
      add(&perturbation.extra, 1);
    }
    for (const LevelChange& change : condition.levels) {
      add(&change.time, 1);
      add(&change.node, 1);
      add(&change.level, 1);
    }
  }
  add(counts.condition_of_cell().data(), static_cast<Index>(counts.condition_of_cell().size()));
  return crc.checksum();
}

}  // namespace cardamom
