/// @file
/// Which paths a rate opens, and the choice among them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/simulation/detail/candidates.hpp>
#include <cardamom/simulation/detail/dense_proteins.hpp>
#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/thinning.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

template <class Rate>
using GlobalPicker = std::conditional_t<ConstantBoundBurstRate<Rate>, ConstantCandidates, WindowCandidates>;

template <class Rate, Jump jump>
using Engines = std::variant<Thinning<DenseProteins<Rate, jump>, GlobalPicker<Rate>>>;

template <class Rate, Jump jump>
Engines<Rate, jump> make_engine(const std::string& function, const Kinetics& kinetics, Rate rate,
                                const ProcessOptions& options) {
  const auto constants = std::make_shared<const GeneConstants>(kinetics, jump);
  const auto shared_rate = std::make_shared<const Rate>(std::move(rate));
  if (options.path != Path::automatic && options.path != Path::plain) {
    throw std::invalid_argument(function + ": options.path is " + std::string(name(options.path)) +
                                ", which this burst rate does not allow");
  }
  return Thinning(DenseProteins<Rate, jump>(shared_rate, constants), GlobalPicker<Rate>(*shared_rate));
}

}  // namespace cardamom::detail
