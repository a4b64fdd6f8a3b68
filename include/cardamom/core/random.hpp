/// @file
/// Random streams. Each unit of work (a cell, a gene, a chain) draws from its own stream, keyed by
/// (seed, purpose, index), so results depend on the seed alone: not on threads, chunking, order or platform.
///
/// The engine is xoshiro256++ (Blackman & Vigna 2021), its state filled by SplitMix64 from a hash of the key. Variates
/// come from Boost.Random, whose algorithms are fixed, never from `std::` distributions, which differ between
/// platforms.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// What a stream is for, one purpose per call site: streams of the same seed and index but different purpose are
/// independent. Values are part of what a seed means: new ones go to the end.
enum class Purpose : std::uint64_t {
  cell = 1,         ///< trajectory of a simulated cell
  counts,           ///< measurement noise of a simulated cell
  network,          ///< random networks
  clustering,       ///< chains and restarts of a clusterer, per gene
  regression,       ///< subsampling inside the regression
  refinement,       ///< simulations inside the inference
  bootstrap,        ///< resampled data sets
  mixture_sample,   ///< draws from a mixture
  user,             ///< never used by the library
  impulsion,        ///< draws from the mixture whose impulsion is estimated
  transitions,      ///< cells followed from basin to basin
  projections,      ///< directions of the sliced Wasserstein distance
  pathwise,         ///< simulations that are differentiated
  checks,           ///< where check functions try a policy
  chance_distance,  ///< draws from the data that say how far chance takes simulated cells
  thinning,         ///< molecules kept of a thinned table
  equilibria,       ///< where Newton's method looks for equilibria from
  k_means,          ///< seeds of k-means, per start
  folds,            ///< which cells a cross-validation holds out
  conditions,       ///< seeds of the conditions of a simulated experiment
  trial,            ///< first bursts of a process, by which its path is chosen
};

/// An independent stream of random numbers; satisfies std::uniform_random_bit_generator.
/// Copying a stream copies its position: pass it by reference.
class RandomStream {
 public:
  using result_type = std::uint64_t;

  template <class Use = CompiledWhereUsed>
  RandomStream(std::uint64_t seed, WhereUsed<Purpose, Use> purpose, std::uint64_t index = 0) noexcept {
    std::uint64_t key = mix(seed + golden);
    key = mix(key ^ (static_cast<std::uint64_t>(purpose) * golden));
    key = mix(key ^ (index + golden));
    for (std::uint64_t& word : state_) {
      key += golden;
      word = mix(key);
    }
  }

  static constexpr result_type min() noexcept { return 0; }
  static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  result_type operator()() noexcept {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform on (0, 1], 53 bits: its logarithm is always finite.
  double uniform() noexcept { return to_unit((*this)()); }

  /// A whole number, uniform on {0, …, size − 1}, and the rest of the same draw, uniform on (0, 1] given that number.
  struct Split {
    std::uint32_t whole;
    double rest;
  };

  /// Two variates from one draw; the rest still has 64 − log2(size) random bits. size >= 1
  template <class = CompiledWhereUsed>
  Split split(std::uint32_t size) noexcept {
    // The draw times size as whole part and fraction of 64 bits; a bias of the whole part is below size/2^64.
    const std::uint64_t bits = (*this)();
    const std::uint64_t low = (bits & 0xffffffff) * size;
    const std::uint64_t high = (bits >> 32) * size + (low >> 32);
    return {static_cast<std::uint32_t>(high >> 32), to_unit(bits * size)};
  }

  /// Exponential of rate 1 (mean 1); divide by the rate wanted.
  double exponential() { return boost::random::exponential_distribution<double>(1.0)(*this); }

  /// Standard normal.
  double normal() { return boost::random::normal_distribution<double>()(*this); }

  /// Gamma of the given shape (> 0) and rate 1; divide by the rate wanted.
  double gamma(double shape) { return boost::random::gamma_distribution<double>(shape, 1.0)(*this); }

  /// Largest mean of `poisson`: counts of more than 2^53 are not exact as doubles.
  static constexpr double largest_mean = 0x1p53;

  /// Poisson of the given mean.
  /// @throws std::domain_error unless the mean is in [0, largest_mean]
  std::int64_t poisson(double mean) {
    if (mean == 0.0) return 0;
    check_in("RandomStream::poisson", "mean", mean, 0.0, largest_mean);
    return boost::random::poisson_distribution<std::int64_t, double>(mean)(*this);
  }

  /// Uniform on {0, …, size − 1}, size >= 1.
  Index below(Index size) { return boost::random::uniform_int_distribution<Index>(0, size - 1)(*this); }

 private:
  static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;

  /// The upper 53 bits; converting a signed number is one instruction.
  static double to_unit(std::uint64_t bits) noexcept {
    return (static_cast<double>(static_cast<std::int64_t>(bits >> 11)) + 1.0) * 0x1.0p-53;
  }

  static constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  std::uint64_t state_[4];
};

}  // namespace cardamom
