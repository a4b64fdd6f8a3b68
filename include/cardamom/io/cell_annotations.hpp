/// @file
/// What a file of cells may hold beside counts and times: texts of cells, tables of cells × genes, and coordinates.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>

namespace cardamom {

/// A text per cell, such as its type.
struct CellTexts {
  std::string name;
  std::vector<std::string> values;  ///< per cell
};

/// Numbers per cell.
struct CellNumbers {
  std::string name;
  Matrix values;  ///< cells × genes of a layer, cells × coordinates of an embedding
};

/// What is known of cells beside counts and times, in the places that AnnData has for it.
struct CellAnnotations {
  std::vector<CellTexts> texts = {};         ///< columns of obs, written as categories in alphabetical order
  std::vector<CellNumbers> layers = {};      ///< cells × genes, without the inputs
  std::vector<CellNumbers> embeddings = {};  ///< cells × coordinates, at least one: `obsm`
};

namespace detail {

/// Names of one place of a file, each of which must be new and one that HDF5 takes for no path.
class PlaceNames {
 public:
  /// @param place named in errors: "annotations.layers"
  /// @param taken names that are there already
  template <class = CompiledWhereUsed>
  PlaceNames(std::string_view function, std::string_view place, const std::vector<std::string>& taken = {})
      : function_(function), place_(place), names_(taken.begin(), taken.end()) {}

  /// @throws std::invalid_argument on a name that is empty, is there already, or is a path or none in UTF-8
  template <class = CompiledWhereUsed>
  void add(const std::string& name) {
    const std::string argument = element(place_, number_++) + ".name";
    const auto refuse = [&](const std::string& why) {
      throw std::invalid_argument(function_ + ": " + argument + " is \"" + visible_text(name) + "\", " + why);
    };
    if (name.empty()) refuse("must not be empty");
    check_table_name(function_, argument, name, NamePlace::label);
    if (name == "." || name.find('/') != std::string::npos) refuse("which HDF5 takes for a path");
    if (!names_.insert(name).second) refuse("which is there already, must be unique");
  }

 private:
  std::string function_;
  std::string place_;
  std::unordered_set<std::string> names_;
  Index number_ = 0;
};

}  // namespace detail

/// Throws std::invalid_argument, naming function and element, when names are empty, paths or not unique within their
/// place, texts hold a zero byte, or sizes are not those of the cells and genes.
/// @param columns of obs that are there already
template <class = CompiledWhereUsed>
inline void validate(std::string_view function, const CellAnnotations& annotations, Index cells, Index genes,
                     const std::vector<std::string>& columns) {
  std::vector<std::string> taken = columns;
  taken.emplace_back("_index");
  detail::PlaceNames texts(function, "annotations.texts", taken);
  for (std::size_t k = 0; k < annotations.texts.size(); ++k) {
    const CellTexts& column = annotations.texts[k];
    const std::string argument = detail::element("annotations.texts", static_cast<Index>(k)) + ".values";
    texts.add(column.name);
    check_size(function, argument, static_cast<Index>(column.values.size()), cells);
    for (Index cell = 0; cell < cells; ++cell) {
      if (column.values[static_cast<std::size_t>(cell)].find('\0') == std::string::npos) continue;
      throw std::invalid_argument(std::string(function) + ": " + detail::element(argument, cell) +
                                  " holds a zero byte, where HDF5 ends a text");
    }
  }
  const auto tables = [&](const std::vector<CellNumbers>& list, const std::string& place, Index width) {
    detail::PlaceNames names(function, place);
    for (std::size_t k = 0; k < list.size(); ++k) {
      const std::string argument = detail::element(place, static_cast<Index>(k)) + ".values";
      names.add(list[k].name);
      if (width < 0) check_at_least(function, argument + ".cols()", list[k].values.cols(), 1);
      check_shape(function, argument, list[k].values, cells, width < 0 ? list[k].values.cols() : width);
    }
  };
  tables(annotations.layers, "annotations.layers", genes);
  tables(annotations.embeddings, "annotations.embeddings", -1);
}

}  // namespace cardamom
