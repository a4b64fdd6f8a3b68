#include <cstdio>
#include <string>

#include <cardamom/io/hdf5/anndata_format.hpp>
#include <cardamom/io/zlib/gzip.hpp>

int main() {
  const std::string path = "components.h5ad";
  cardamom::write_anndata(path, {cardamom::Counts(cardamom::Matrix::Ones(2, 2), cardamom::Vector::Zero(2)), {}, {}});
  const cardamom::CountsFile file =
      cardamom::read_counts(path, {.read = cardamom::read_gzip_file}, cardamom::AnnDataFormat{});
  std::remove(path.c_str());
  return file.counts.genes() == 1 ? 0 : 1;
}
