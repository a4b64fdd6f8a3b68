/// @file
/// Files in and out: panels of counts, gene names, degradation rates, edge lists, NumPy arrays, model directories.
#pragma once

#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/edges.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/gene_names.hpp>
#include <cardamom/io/model_directory.hpp>
#include <cardamom/io/npy.hpp>
#include <cardamom/io/panel.hpp>
