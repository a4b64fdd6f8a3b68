/// @file
/// Mixture families (the law of a gene's observations in a burst-frequency mode) and mixtures over all genes.
#pragma once

#include <cardamom/mixture/check_family.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/fit_mixture.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/gamma_for.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/mixture/gaussian_mixture.hpp>
#include <cardamom/mixture/gene_mixture.hpp>
#include <cardamom/mixture/mixture.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/mixture/product_mixture.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/mixture/shape_floor.hpp>
