/// @file
/// Kinetic parameters of the genes and the protein scale (11).
#pragma once

#include <cstddef>
#include <numbers>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/decay_rates.hpp>

namespace cardamom {

/// One entry per node; those of inputs are ignored. Any one time unit serves in place of hours.
struct Kinetics {
  Vector mrna_decay;          ///< d0 [1/h], > 0
  Vector protein_decay;       ///< d1 [1/h], > 0
  Vector protein_synthesis;   ///< s1 [protein/(molecule·h)], > 0
  Vector inverse_burst_size;  ///< koff/s0 [1/molecule], > 0: bursts are exponential of mean s0/koff
  Vector frequency_min;       ///< k0 [1/h], 0 <= k0 <= k1
  Vector frequency_max;       ///< k1 [1/h], > 0
  Index number_of_inputs = 1;

  Index nodes() const noexcept { return mrna_decay.size(); }
  Index inputs() const noexcept { return number_of_inputs; }
  Index genes() const noexcept { return nodes() - inputs(); }

  /// The same values for every gene, with s1 from (11).
  /// @param nodes inputs and genes
  template <class = CompiledWhereUsed>
  static Kinetics uniform(Index nodes, double mrna_decay, double protein_decay, double inverse_burst_size,
                          double frequency_min, double frequency_max, Index inputs = 1) {
    check_at_least("Kinetics::uniform", "inputs", inputs, 0);
    check_at_least("Kinetics::uniform", "nodes", nodes, inputs);
    const auto constant = [nodes](double value) { return Vector(Vector::Constant(nodes, value)); };
    Kinetics kinetics{constant(mrna_decay),    constant(protein_decay), Vector(), constant(inverse_burst_size),
                      constant(frequency_min), constant(frequency_max), inputs};
    kinetics.scale_proteins();
    return kinetics;
  }

  /// From what counts determine, the extreme modes k0/d0 and k1/d0 and koff/s0 (each of length nodes), and degradation
  /// rates; s1 from (11).
  /// @param rates d0 and d1; where empty, half-lives of `assumed_mrna_half_life` and `assumed_protein_half_life`
  /// @throws std::invalid_argument on sizes, std::domain_error on values out of range
  template <class Use = CompiledWhereUsed>
  static Kinetics from_modes(const WhereUsed<VectorIn, Use>& shape_min, const WhereUsed<VectorIn, Use>& shape_max,
                             const WhereUsed<VectorIn, Use>& inverse_burst_size,
                             const WhereUsed<DecayRates, Use>& rates = {}, Index inputs = 1);

  /// The kinetics of the inputs and of some genes, in the order given.
  /// @param chosen node numbers of genes
  template <class = CompiledWhereUsed>
  [[nodiscard]] Kinetics subset(const std::vector<Index>& chosen) const {
    std::vector<Index> kept;
    for (Index j = 0; j < inputs(); ++j) kept.push_back(j);
    for (const Index i : chosen) {
      check_index("Kinetics::subset", "chosen", i, nodes());
      kept.push_back(i);
    }
    return {mrna_decay(kept),
            protein_decay(kept),
            protein_synthesis(kept),
            inverse_burst_size(kept),
            frequency_min(kept),
            frequency_max(kept),
            inputs()};
  }

  /// Sets s1 by (11), s1 = d1 d0 (koff/s0) / k1: then P lives on the scale where a fully expressed gene has P ≈ 1.
  template <class Use = CompiledWhereUsed>
  void scale_proteins() {
    const WhereUsed<Kinetics, Use>& own = *this;
    protein_synthesis =
        own.protein_decay.array() * own.mrna_decay.array() * own.inverse_burst_size.array() / own.frequency_max.array();
  }

  /// k1 s1 s0/(koff d0 d1): mean protein of a gene that is fully expressed; 1 under (11). 1 of inputs.
  template <class Use = CompiledWhereUsed>
  Vector protein_scale() const {
    const WhereUsed<Kinetics, Use>& own = *this;
    WhereUsed<Vector, Use> scale =
        own.frequency_max.array() / own.protein_decay.array() / own.inverse_protein_burst_size().array();
    scale.head(inputs()).setOnes();
    return scale;
  }

  /// c = (koff/s0) d0/s1: inverse size of a protein burst in the protein-only model (3) [1/protein]; k1/d1 under (11).
  template <class Use = CompiledWhereUsed>
  Vector inverse_protein_burst_size() const {
    const WhereUsed<Kinetics, Use>& own = *this;
    return own.inverse_burst_size.array() * own.mrna_decay.array() / own.protein_synthesis.array();
  }
};

/// Throws std::invalid_argument on sizes, std::domain_error naming field, gene and value on anything out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<Kinetics, Use>& kinetics) {
  const Index size = kinetics.nodes();
  check_at_least("Kinetics", "number_of_inputs", kinetics.inputs(), 0);
  check_at_least("Kinetics", "mrna_decay.size()", size, kinetics.inputs());
  const std::pair<const char*, const Vector*> positive[] = {{"mrna_decay", &kinetics.mrna_decay},
                                                            {"protein_decay", &kinetics.protein_decay},
                                                            {"protein_synthesis", &kinetics.protein_synthesis},
                                                            {"inverse_burst_size", &kinetics.inverse_burst_size},
                                                            {"frequency_max", &kinetics.frequency_max}};
  for (const auto& [name, values] : positive) {
    check_size("Kinetics", name, values->size(), size);
    check_all_positive("Kinetics", name, *values, kinetics.inputs());
  }
  check_size("Kinetics", "frequency_min", kinetics.frequency_min.size(), size);
  for (Index i = kinetics.inputs(); i < size; ++i) {
    check_in("Kinetics", detail::element("frequency_min", i), kinetics.frequency_min[i], 0.0,
             kinetics.frequency_max[i]);
  }
}

template <class Use>
Kinetics Kinetics::from_modes(const WhereUsed<VectorIn, Use>& shape_min, const WhereUsed<VectorIn, Use>& shape_max,
                              const WhereUsed<VectorIn, Use>& inverse_burst_size,
                              const WhereUsed<DecayRates, Use>& rates, Index inputs) {
  const char* const function = "Kinetics::from_modes";
  const Index size = shape_max.size();
  check_size(function, "shape_min", shape_min.size(), size);
  check_size(function, "inverse_burst_size", inverse_burst_size.size(), size);
  const WhereUsed<Vector, Use> mrna_decay =
      rates.mrna.size() > 0 ? rates.mrna : Vector(Vector::Constant(size, std::numbers::ln2 / assumed_mrna_half_life));
  const WhereUsed<Vector, Use> protein_decay =
      rates.protein.size() > 0 ? rates.protein
                               : Vector(Vector::Constant(size, std::numbers::ln2 / assumed_protein_half_life));
  check_size(function, "rates.mrna", mrna_decay.size(), size);
  check_size(function, "rates.protein", protein_decay.size(), size);
  check_all_positive(function, "rates.mrna", mrna_decay, inputs);
  check_all_positive(function, "rates.protein", protein_decay, inputs);
  Kinetics kinetics{mrna_decay,
                    protein_decay,
                    Vector(),
                    inverse_burst_size,
                    shape_min.cwiseProduct(mrna_decay),
                    shape_max.cwiseProduct(mrna_decay),
                    inputs};
  kinetics.scale_proteins();
  validate(kinetics);
  return kinetics;
}

}  // namespace cardamom
