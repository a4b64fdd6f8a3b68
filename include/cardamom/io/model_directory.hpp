/// @file
/// The model directory of the Python package CARDAMOM, read and written so that either program continues where the
/// other stopped.
///
/// | file | shape | content |
/// | --- | --- | --- |
/// | `basal.npy` | (1 + n,) | β |
/// | `inter.npy` | (1 + n, 1 + n) | interactions, `inter[i, j]` the action of i on j: the transpose of θ |
/// | `kmin.npy`, `kmax.npy` | (1 + n,) | k0/d0 and k1/d0, burst frequencies relative to mRNA decay |
/// | `bet.npy` | (1 + n,) | koff/s0 [1/molecule] |
/// | `data_bool.npy` | (cells, 1 + n) | optional: mode k/d0 of every gene in every cell; its simulation program needs it |
/// | `basal_t.npy`, `inter_t.npy` | (T, 1 + n), (T, 1 + n, 1 + n) | optional: β and interactions after every time point |
///
/// n is the number of genes, index 0 the first input, the stimulus. What there is besides of other inputs, which the
/// Python package does not know, is in files of its own; a directory without them has one input.
///
/// | file | shape | content |
/// | --- | --- | --- |
/// | `inputs.tsv` | | a title, then a line per input: its label and its name, as in a gene-name file |
/// | `inter_inputs.npy` | (inputs − 1, n) | actions of the further inputs on the genes |
/// | `data_inputs.npy` | (cells, inputs − 1) | optional: level of the further inputs, beside `data_bool.npy` |
/// | `inter_inputs_t.npy` | (T, inputs − 1, n) | optional: the same actions after every time point |
///
/// Where there are no inputs, index 0 is unused and `inputs.tsv` holds its title alone.
///
/// What the Python package does not know either, and what it takes to simulate the data anew, is in two more files; a
/// directory without them says nothing about it.
///
/// | file | content |
/// | --- | --- |
/// | `rates.tsv` | optional: a title, then d0 and d1 [1/h], a line per input, whose values mean nothing, and per gene: see decay_rates.hpp |
/// | `experiment.tsv` | optional: what cells were at the first observation, the spread of their depths, levels of inputs over time: see experiment.hpp |
///
/// The Python simulation program multiplies β and the interactions by constants of its own; the files hold them as
/// inferred.
#pragma once

#include <cardamom/io/model_directory/read.hpp>
#include <cardamom/io/model_directory/saved_model.hpp>
#include <cardamom/io/model_directory/write.hpp>
