// Sees the headers that need HDF5 and zlib as well; with without_hdf5.cpp it makes one program. Functions that both
// units see are the same in both, and each unit gets the formats it asks for.
#include <cstdio>
#include <fstream>
#include <string>

#include <cardamom/cardamom.hpp>
#include <cardamom/io/hdf5/anndata_format.hpp>
#include <cardamom/io/zlib/gzip.hpp>

std::string format_without_hdf5(const std::string& path);
cardamom::FileReader reader_without_hdf5();

namespace {

int failures = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  std::printf("failed: %s\n", what);
  ++failures;
}

}  // namespace

int main() {
  const std::string panel = "odr_panel.tsv";
  std::ofstream(panel) << "0\t0\t6\n0\t0\t1\n1\t3\t12\n";
  const std::string anndata = "odr_counts.h5ad";
  cardamom::write_anndata(anndata, {cardamom::read_panel(panel), {}, {}});

  check(cardamom::PanelOptions{}.read(panel) == reader_without_hdf5()(panel), "both units read plain files by default");
  check(cardamom::read_counts(panel).format == format_without_hdf5(panel), "both units read a panel");
  check(cardamom::read_counts(anndata, {}, cardamom::AnnDataFormat{}).format == "AnnData file",
        "the unit with HDF5 reads AnnData files");
  bool refused = false;
  try {
    format_without_hdf5(anndata);
  } catch (const cardamom::IoError&) {
    refused = true;
  }
  check(refused, "the unit without HDF5 refuses AnnData files");
  std::remove(panel.c_str());
  std::remove(anndata.c_str());
  return failures;
}
