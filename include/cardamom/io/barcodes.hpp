/// @file
/// Cells by their names, where tables may write the barcodes of 10x with or without the number of the well at their
/// end: AAACCTGAGAAACCAT-1, AAACCTGAGAAACCAT.1 (as R writes it) and AAACCTGAGAAACCAT.
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace cardamom::detail {

/// A barcode without the number of the first well; other names as they are.
inline std::string_view bare_barcode(std::string_view name) noexcept {
  constexpr std::size_t shortest = 8;  // bases: names such as those of repeated cells in R, cell.1, are none
  if (!name.ends_with("-1") && !name.ends_with(".1")) return name;
  const std::string_view bare = name.substr(0, name.size() - 2);
  if (bare.size() < shortest) return name;
  const std::string_view bases = bare.substr(bare.size() - shortest);
  return bases.find_first_not_of("ACGTN") == std::string_view::npos ? bare : name;
}

/// What a table says of cells, by their names. The names must outlive it.
template <class Value>
class ByBarcode {
 public:
  /// @return what was added before under the same name, else nullptr
  const Value* add(std::string_view name, Value value) {
    const auto [entry, added] = exact_.try_emplace(name, std::move(value));
    if (!added) return &entry->second;
    const auto [other, first] = bare_.try_emplace(bare_barcode(name), &entry->second);
    if (!first) other->second = nullptr;  // which of the two is meant cannot be said
    return nullptr;
  }

  /// What was added under this name, or under that of the same barcode where there is one such; nullptr: nothing.
  const Value* find(std::string_view name) const {
    if (const auto entry = exact_.find(name); entry != exact_.end()) return &entry->second;
    const auto entry = bare_.find(bare_barcode(name));
    return entry != bare_.end() ? entry->second : nullptr;
  }

 private:
  std::unordered_map<std::string_view, Value> exact_;
  std::unordered_map<std::string_view, const Value*> bare_;
};

}  // namespace cardamom::detail
