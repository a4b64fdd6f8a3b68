#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <zlib.h>

#include <doctest/doctest.h>

#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/ten_x.hpp>
#include <cardamom/io/zlib/gzip.hpp>
#include <support/files.hpp>

using cardamom::Matrix;

TEST_CASE("compressed files are read and damaged ones refused") {
  const support::TemporaryDirectory directory;
  const support::TemporaryDirectory other;
  directory.write("matrix.mtx",
                  "%%MatrixMarket matrix coordinate integer general\n2 3 4\n1 1 3\n1 3 12\n2 2 1\n2 3 5\n");
  directory.write("features.tsv", "ENS1\tSox2\nENS2\tKlf4\n");
  directory.write("barcodes.tsv", "c1\nc2\nc3\n");
  for (const char* name : {"matrix.mtx", "features.tsv", "barcodes.tsv"}) {
    const std::string content = support::content(directory / name);
    const gzFile file = gzopen((directory / (std::string(name) + ".gz")).c_str(), "wb");
    REQUIRE(file != nullptr);
    gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
    gzclose(file);
    std::filesystem::remove(directory / name);
  }
  const cardamom::NamedTableOptions options{.times = other.write("times.tsv", "c1 0\nc2 6\nc3 24\n"),
                                            .read = cardamom::read_gzip_file};
  Matrix values(3, 3);
  values << 0, 3, 0, 1, 0, 1, 1, 12, 5;
  CHECK(cardamom::read_ten_x(directory.path(), options).values() == values);
  const cardamom::NamedTableOptions in_pieces{.times = options.times, .read = cardamom::GzipFileReader{}};
  CHECK(cardamom::read_ten_x(directory.path(), in_pieces).values() == values);
  const cardamom::ReadCountsOptions reading{.times = options.times, .read = cardamom::read_gzip_file};
  CHECK(cardamom::read_counts(directory / "matrix.mtx.gz", reading).counts.values() == values);

  const std::string packed = support::content(directory / "barcodes.tsv.gz");
  const std::string damaged = ": the file is damaged: it cannot be unpacked to its end";
  const std::string path = directory.write("barcodes.tsv.gz", packed.substr(0, packed.size() - 5));
  support::check_io_error(path, damaged, [&] { return cardamom::read_ten_x(directory.path(), options); });
  std::string flipped = packed;
  flipped[12] = static_cast<char>(flipped[12] ^ 0x55);
  directory.write("barcodes.tsv.gz", flipped);
  support::check_io_error(path, damaged, [&] { return cardamom::read_ten_x(directory.path(), options); });
  directory.write("barcodes.tsv.gz", packed + packed);  // a file of two members is their contents in a row
  support::check_io_error(directory / "matrix.mtx.gz",
                          ", line 2: the matrix is 2 x 3, but there are 2 features and 6 cells beside it",
                          [&] { return cardamom::read_ten_x(directory.path(), options); });

  // A matrix is not read as a whole before it is looked at, and refused as it would be.
  directory.write("barcodes.tsv.gz", packed);
  const std::string matrix = support::content(directory / "matrix.mtx.gz");
  directory.write("matrix.mtx.gz", matrix.substr(0, matrix.size() - 5));
  support::check_io_error(directory / "matrix.mtx.gz", damaged,
                          [&] { return cardamom::read_ten_x(directory.path(), in_pieces); });
  directory.write("matrix.mtx.gz", matrix);
  support::check_io_error(
      directory / "matrix.mtx.gz",
      ": the file expands to more than 60 bytes, must be at most so many unless a larger bound is asked for", [&] {
        return cardamom::read_ten_x(directory.path(),
                                    {.times = options.times, .read = cardamom::GzipFileReader{.largest = 60}});
      });
}

TEST_CASE("content that expands beyond the bound is refused before it is unpacked in full") {
  const support::TemporaryDirectory directory;
  const std::string path = directory / "zeros.gz";
  const std::string zeros(std::size_t{1} << 20, '0');
  const gzFile file = gzopen(path.c_str(), "wb");
  REQUIRE(file != nullptr);
  gzwrite(file, zeros.data(), static_cast<unsigned>(zeros.size()));
  gzclose(file);
  const std::string packed = support::content(path);
  REQUIRE(packed.size() < 2000);

  CHECK(cardamom::largest_content == std::uint64_t{8} << 30);
  CHECK(cardamom::read_gzip_file(path) == zeros);
  CHECK(cardamom::read_gzip_file(path, zeros.size()) == zeros);
  CHECK(cardamom::unpack_gzip(path, packed, zeros.size()) == zeros);
  for (const std::uint64_t largest : {std::uint64_t{0}, std::uint64_t{100000}, std::uint64_t{zeros.size() - 1}}) {
    CAPTURE(largest);
    support::check_io_error(path,
                            ": the file expands to more than " + std::to_string(largest) +
                                " bytes, must be at most so many unless a larger bound is asked for",
                            [&] { return cardamom::read_gzip_file(path, largest); });
  }
  // The bound is of the content of all members together, and of compressed files alone.
  support::check_io_error(path,
                          ": the file expands to more than 1048577 bytes, must be at most so many unless a larger "
                          "bound is asked for",
                          [&] { return cardamom::unpack_gzip(path, packed + packed, zeros.size() + 1); });
  CHECK(cardamom::read_gzip_file(directory.write("plain.txt", zeros), 10) == zeros);
  const cardamom::FileReader reader = [](const std::string& name) { return cardamom::read_gzip_file(name, 10); };
  CHECK_THROWS_AS(static_cast<void>(reader(path)), cardamom::IoError);
}
