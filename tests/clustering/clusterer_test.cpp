// Which types are clusterers; what the role says of those that are not is in tests/compile_fail.
#include <doctest/doctest.h>

#include <cardamom/clustering.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

namespace {

/// One family only, no template.
struct OfCounts {
  GeneClustering operator()(const GeneSample& sample, const NegativeBinomial&, RandomStream&) const {
    return constant_gene(sample);
  }
};
struct WrongResult {
  template <class Family>
  GeneModes operator()(const GeneSample&, const Family&, RandomStream&) const;
};
struct NotConst {
  template <class Family>
  GeneClustering operator()(const GeneSample&, const Family&, RandomStream&);
};
struct NotCopyable : OfCounts {
  NotCopyable() = default;
  NotCopyable(const NotCopyable&) = delete;
};

constexpr auto lambda = [](const auto& sample, const auto&, auto&) { return constant_gene(sample); };

template <class T, class Family = NegativeBinomial>
constexpr bool fits = ClustererRole<Family>::template fits<T>;

static_assert(fits<Binarize> && fits<FixedModes> && fits<Rjmcmc> && fits<NoClustering>);
static_assert(fits<Binarize, Gamma> && fits<FixedModes, Gamma> && fits<Rjmcmc, Gamma> && fits<NoClustering, Gamma>);
static_assert(fits<std::remove_const_t<decltype(lambda)>> && fits<std::remove_const_t<decltype(lambda)>, Gamma>);
static_assert(fits<OfCounts> && !fits<OfCounts, Gamma>);
static_assert(!fits<WrongResult> && !fits<NotConst> && !fits<NotCopyable>);
static_assert(!fits<NegativeBinomial> && !fits<Threads> && !fits<IgnoreProgress> && !fits<int>);
static_assert(!fits<Binarize, int>);

// A clusterer fits no other role of `cluster`, and what plays another role is not explained as a bad clusterer.
static_assert(!FamilyRole::fits<Binarize> && !ExecutorRole::fits<Binarize> && !ProgressRole::fits<Binarize>);
static_assert(ClustererRole<Gamma>::check<Threads>() && ClustererRole<Gamma>::check<NegativeBinomial>() &&
              ClustererRole<Gamma>::check<IgnoreProgress>() && ClustererRole<Gamma>::check<Binarize>());
static_assert(FamilyRole::check<Binarize>() && FamilyRole::check<Gamma>());

}  // namespace

TEST_CASE("a clusterer written for one family serves that family") {
  Matrix table(3, 2);
  table << 0, 1, 1, 5, 1, 9;
  const Clustering clustering = cluster(Counts(table, Vector::Zero(3)), {}, OfCounts{});
  CHECK(clustering.gene(1).count() == 1);
}
