#include "formats.hpp"

#include <cardamom/core/error.hpp>
#include <cardamom/io/panel.hpp>

#ifdef PROGRAMS_WITH_HDF5
#include <cardamom/io/hdf5/anndata.hpp>
#include <cardamom/io/hdf5/anndata_format.hpp>
#include <cardamom/io/hdf5/ten_x_hdf5.hpp>
#endif
#ifdef PROGRAMS_WITH_ZLIB
#include <cardamom/io/zlib/gzip.hpp>
#endif

namespace support {

cardamom::FileReader file_reader([[maybe_unused]] std::uint64_t largest) {
#ifdef PROGRAMS_WITH_ZLIB
  return cardamom::GzipFileReader{largest};
#else
  return cardamom::read_plain_file;
#endif
}

cardamom::CountsFile read_counts(const std::string& path, cardamom::ReadCountsOptions options, std::uint64_t largest) {
  options.read = file_reader(largest);
#ifdef PROGRAMS_WITH_HDF5
  return cardamom::read_counts(path, options, cardamom::TenXHdf5Format{largest}, cardamom::AnnDataFormat{largest});
#else
  return cardamom::read_counts(path, options);
#endif
}

void add_counts(cardamom::FileSet& files, const std::string& path, const cardamom::Counts& counts,
                const cardamom::DecayRates& rates) {
  if (!path.ends_with(".h5ad")) {
    files.add(path, cardamom::panel_text(counts));
    return;
  }
  add_cells(files, path, counts, rates, {});
}

void add_cells(cardamom::FileSet& files, const std::string& path, const cardamom::Counts& counts,
               const cardamom::DecayRates& rates, const cardamom::CellAnnotations& annotations) {
#ifdef PROGRAMS_WITH_HDF5
  // When a disk is full, HDF5 cannot close the file, tries again at the end of the program, and crashes. All that is
  // complete is closed before.
  H5dont_atexit();
  cardamom::add_anndata(files, path, {counts, {}, rates, {}, {}, annotations});
#else
  static_cast<void>(rates), static_cast<void>(annotations);
  throw cardamom::IoError(path, "AnnData files need HDF5, and this program was built without it");
#endif
}

std::vector<std::string> obs_labels(const std::string& path, const std::string& column) {
#ifdef PROGRAMS_WITH_HDF5
  const cardamom::detail::Hdf5File file(path);
  if (!file.exists("obs/" + column)) {
    throw cardamom::IoError(
        path, "obs has no column " + cardamom::in_quotes(column) + "; it has " + cardamom::detail::obs_columns(file));
  }
  const auto entries = cardamom::detail::read_anndata_column(file, "obs", column);
  std::vector<std::string> labels;
  for (const cardamom::Index value : entries.value_of) {
    if (value < 0) {
      throw cardamom::IoError(path, "obs/" + column + ": cell " + std::to_string(labels.size() + 1) + " has no entry");
    }
    labels.push_back(entries.written(value));
  }
  return labels;
#else
  throw cardamom::IoError(path, "obs/" + column + ": AnnData files need HDF5, and this program was built without it");
#endif
}

}  // namespace support
