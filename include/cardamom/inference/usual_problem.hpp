/// @file
/// The problem that `infer` hands to an estimator where its caller names no policy of the data: what
/// `cardamom::precompiled` holds.
#pragma once

#include <cardamom/burst_rate/sigmoid.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

namespace cardamom {

/// The problem of counts with a sigmoid, negative binomials, and no policy given.
using UsualProblem =
    InferenceProblem<Sigmoid, NegativeBinomial, Unspecified, Unspecified, Unspecified, Unspecified, double>;

}  // namespace cardamom
