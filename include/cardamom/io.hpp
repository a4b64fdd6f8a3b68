/// @file
/// Files in and out: counts in the formats of the field, gene names, degradation rates, edge lists, Graphviz pictures,
/// reports, NumPy arrays, model directories. What needs another library is not included here: <cardamom/io/hdf5/…>
/// needs HDF5 (target cardamom::hdf5), <cardamom/io/zlib/…> zlib (target cardamom::zlib).
#pragma once

#include <cardamom/io/assemble_counts.hpp>
#include <cardamom/io/barcodes.hpp>
#include <cardamom/io/beeline.hpp>
#include <cardamom/io/cell_annotations.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/conditions.hpp>
#include <cardamom/io/count_list.hpp>
#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/delimited.hpp>
#include <cardamom/io/directory_checkpoint.hpp>
#include <cardamom/io/edge_prior.hpp>
#include <cardamom/io/edges.hpp>
#include <cardamom/io/experiment.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/gene_names.hpp>
#include <cardamom/io/graphviz.hpp>
#include <cardamom/io/known_nodes.hpp>
#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/model_directory.hpp>
#include <cardamom/io/named_edges.hpp>
#include <cardamom/io/named_table.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/npy.hpp>
#include <cardamom/io/number_table.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/report/report.hpp>
#include <cardamom/io/ten_x.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/text_lines.hpp>
#include <cardamom/io/time_units.hpp>
#include <cardamom/io/titled_table.hpp>
#include <cardamom/io/value_scale.hpp>
