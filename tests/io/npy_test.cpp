#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/npy.hpp>
#include <support/files.hpp>

using cardamom::Index;
using cardamom::Matrix;
using cardamom::NpyArray;
using cardamom::Vector;
using namespace std::string_literals;

namespace {

/// A file as NumPy's format description says, with the header text given.
std::string npy(const std::string& header, const std::string& data, int version = 1) {
  std::string text = header;
  const std::size_t start = version == 1 ? 10 : 12;
  text.append(63 - (start + text.size()) % 64, ' ');
  text += '\n';
  std::string bytes = "\x93NUMPY" + std::string(1, static_cast<char>(version)) + '\0';
  for (int k = 0; k < (version == 1 ? 2 : 4); ++k) bytes += static_cast<char>((text.size() >> (8 * k)) & 0xff);
  return bytes + text + data;
}

std::string header(const std::string& type, const std::string& order, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

/// The bytes of numbers in the byte order asked for.
template <class T>
std::string raw(const std::vector<T>& values, bool big) {
  std::string bytes;
  for (const T value : values) {
    auto item = std::bit_cast<std::array<char, sizeof(T)>>(value);
    if (big != (std::endian::native == std::endian::big)) std::reverse(item.begin(), item.end());
    bytes.append(item.data(), item.size());
  }
  return bytes;
}

template <class T>
void check_type(const std::string& code) {
  const support::TemporaryDirectory directory;
  const std::vector<T> values{T(0), T(1), T(100), std::numeric_limits<T>::max(), std::numeric_limits<T>::lowest()};
  for (const bool big : {false, true}) {
    const std::string prefix = sizeof(T) == 1 ? "|" : (big ? ">" : "<");
    CAPTURE(prefix + code);
    const Vector read = cardamom::read_npy_vector(
        directory.write("a.npy", npy(header(prefix + code, "False", "(5,)"), raw(values, big))));
    REQUIRE(read.size() == 5);
    for (Index i = 0; i < 5; ++i) CHECK(read[i] == static_cast<double>(values[static_cast<std::size_t>(i)]));
  }
}

void check_refused(const std::string& bytes, const std::string& text) {
  const support::TemporaryDirectory directory;
  const std::string path = directory.write("a.npy", bytes);
  support::check_io_error(path, text, [&] { return cardamom::read_npy(path); });
}

}  // namespace

TEST_CASE("every number type is read in both byte orders") {
  check_type<double>("f8");
  check_type<float>("f4");
  check_type<std::int8_t>("i1");
  check_type<std::int16_t>("i2");
  check_type<std::int32_t>("i4");
  check_type<std::int64_t>("i8");
  check_type<std::uint8_t>("u1");
  check_type<std::uint16_t>("u2");
  check_type<std::uint32_t>("u4");
  check_type<std::uint64_t>("u8");
  const support::TemporaryDirectory directory;
  const Vector flags =
      cardamom::read_npy_vector(directory.write("a.npy", npy(header("|b1", "False", "(3,)"), "\0\1\0"s)));
  CHECK(flags == Eigen::Vector3d(0, 1, 0));
}

TEST_CASE("both orders and all versions of the format are read") {
  const support::TemporaryDirectory directory;
  Matrix expected(2, 3);
  expected << 1, 2, 3, 4, 5, 6;
  for (const int version : {1, 2, 3}) {
    const auto file = [&](const std::string& order, const std::vector<double>& values) {
      return directory.write("a.npy", npy(header("<f8", order, "(2, 3)"), raw(values, false), version));
    };
    CHECK(cardamom::read_npy_matrix(file("False", {1, 2, 3, 4, 5, 6})) == expected);
    CHECK(cardamom::read_npy_matrix(file("True", {1, 4, 2, 5, 3, 6})) == expected);
  }
}

TEST_CASE("three dimensions are read in both orders") {
  const support::TemporaryDirectory directory;
  const std::vector<double> c{0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112};  // digits are the indices
  const std::vector<double> fortran{0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112};
  for (const bool order : {false, true}) {
    const NpyArray array = cardamom::read_npy(directory.write(
        "a.npy", npy(header("<f8", order ? "True" : "False", "(2, 2, 3)"), raw(order ? fortran : c, false))));
    CHECK(array.shape == std::vector<Index>{2, 2, 3});
    CHECK(array.values == c);
  }
}

TEST_CASE("headers may be spelled in any way that is Python") {
  const support::TemporaryDirectory directory;
  const std::string data = raw(std::vector<double>{7, 8}, false);
  for (const char* text : {"{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}",
                           "{ \"shape\" :( 2 , ) ,\"fortran_order\":True,\n'descr':'<f8' , }",
                           "{'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }"}) {
    CAPTURE(text);
    CHECK(cardamom::read_npy_vector(directory.write("a.npy", npy(text, data))) == Eigen::Vector2d(7, 8));
  }
  CHECK(cardamom::read_npy(directory.write("b.npy", npy(header("<f8", "False", "()"), data.substr(0, 8)))).values ==
        std::vector<double>{7});
  CHECK(cardamom::read_npy_vector(directory.write("c.npy", npy(header("<f8", "False", "(0,)"), ""))).size() == 0);
  const Matrix none =
      cardamom::read_npy_matrix(directory.write("d.npy", npy(header("<f8", "True", "(0, 900000000000000)"), "")));
  CHECK(none.rows() == 0);
}

TEST_CASE("arrays come back bit for bit") {
  const support::TemporaryDirectory directory;
  const double infinity = std::numeric_limits<double>::infinity();
  const Vector vector{{0.0, -0.0, 0.1, infinity, std::numeric_limits<double>::denorm_min()}};
  const Matrix matrix = Matrix::Random(5, 7);
  cardamom::write_npy(directory / "v.npy", cardamom::npy_vector(vector));
  cardamom::write_npy(directory / "m.npy", cardamom::npy_matrix(matrix));
  const Vector v = cardamom::read_npy_vector(directory / "v.npy");
  CHECK(v == vector);
  CHECK(std::signbit(v[1]));
  CHECK(cardamom::read_npy_matrix(directory / "m.npy") == matrix);
}

TEST_CASE("an array without values comes back whatever its shape claims") {
  const Index most = 999999999999999;
  const cardamom::NpyArray empty{{most, most, 0}, {}};
  const cardamom::NpyArray back = cardamom::npy_array("a.npy", cardamom::npy_bytes(empty));
  CHECK(back.shape == empty.shape);
  CHECK(back.values.empty());
}

TEST_CASE("the bytes written are those NumPy writes") {
  // numpy.save of numpy.array([[1., 2.]]): version 1.0, header padded so that the data begin at byte 128.
  const std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }";
  const std::string expected = "\x93NUMPY\x01\x00\x76\x00"s + text + std::string(117 - text.size(), ' ') + "\n" +
                               "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x40"s;
  CHECK(cardamom::npy_bytes({{1, 2}, {1.0, 2.0}}) == expected);
  CHECK_THROWS_WITH_AS(cardamom::npy_bytes({{2, 2}, {1.0}}), "npy_bytes: array.values has size 1, must be 4",
                       std::invalid_argument);
}

TEST_CASE("other shapes than asked for are refused") {
  const support::TemporaryDirectory directory;
  const std::string data = raw(std::vector<double>{7, 8}, false);
  const std::string path = directory.write("a.npy", npy(header("<f8", "False", "(1, 2, 1)"), data));
  support::check_io_error(path, ": the array has shape (1, 2, 1), must be one-dimensional",
                          [&] { return cardamom::read_npy_vector(path); });
  support::check_io_error(path, ": the array has shape (1, 2, 1), must be two-dimensional",
                          [&] { return cardamom::read_npy_matrix(path); });
  const std::string vector = directory.write("b.npy", npy(header("<f8", "False", "(2,)"), data));
  support::check_io_error(vector, ": the array has shape (2,), must be two-dimensional",
                          [&] { return cardamom::read_npy_matrix(vector); });
}

TEST_CASE("files that are not arrays of numbers are refused") {
  const std::string types = ", must be f4, f8, i1 to i8, u1 to u8 or b1";
  check_refused("", ": this is no .npy file");
  check_refused("0\t1\n", ": this is no .npy file");
  check_refused("\x93NUMPY\x01", ": the header is truncated");
  check_refused("\x93NUMPY\x02\0\x10\0\0"s, ": the header is truncated");
  check_refused("\x93NUMPY\x04\0\x10\0\0\0"s, ": the format's version is 4, must be 1, 2 or 3");
  check_refused("\x93NUMPY\x01\0\xff\xff{}"s, ": the header is truncated");
  check_refused("\x93NUMPY\x03\0\xff\xff\xff\xff{}"s, ": the header is truncated");
  check_refused(npy(header("<f2", "False", "(1,)"), "ab"), ": the array's type is \"<f2\"" + types);
  check_refused(npy(header("<c16", "False", "(1,)"), "ab"), ": the array's type is \"<c16\"" + types);
  check_refused(npy(header("|O", "False", "(1,)"), "ab"), ": the array's type is \"|O\"" + types);
  check_refused(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", "12345678"),
                ": arrays with fields (structured types) cannot be read");
}

TEST_CASE("corrupt headers are refused") {
  const auto broken = [](const std::string& text, const std::string& message) {
    check_refused(npy(text, ""), message);
  };
  broken("", ": header is not understood at \"\": expected '{'");
  broken("{", ": header is not understood at \"\": expected '''");
  broken("{'descr': '<f8', }", ": header lacks descr, fortran_order or shape");
  broken("{'descr': '<f8', 'descr': '<f8', }", ": header gives descr twice");
  broken("{'other': 1}", ": header has an unknown key \"other\"");
  broken("{'descr': '<f8}", ": header has a string without end");
  broken("{'fortran_order': true}", ": header's fortran_order is neither True nor False");
  broken("{'shape': 3}", ": header is not understood at \"3}" + std::string(39 - 1, ' ') + "...\": expected '('");
  broken("{'shape': (-3,)}", ": header's shape is not understood at \"-3,)}" + std::string(35, ' ') + "...\"");
  broken(header("<f8", "False", "(1,)") + "x", ": header has something after its closing brace");
}

TEST_CASE("a shape that does not fit the file is refused before anything is allocated") {
  const std::string data = raw(std::vector<double>{7, 8}, false);
  const std::string few = ": the file is truncated: it has fewer values than its shape says";
  check_refused(npy(header("<f8", "False", "(3,)"), data), few);
  check_refused(npy(header("<f8", "False", "(2,)"), data.substr(1)), few);
  check_refused(npy(header("<f8", "False", "(999999999999999,)"), data), few);
  check_refused(npy(header("<f8", "False", "(4294967296, 4294967296)"), data), few);
  check_refused(npy(header("<f8", "False", "(1,)"), data), ": the file has more values than its shape says");
  check_refused(npy(header("<f8", "False", "(0, 5)"), data), ": the file has more values than its shape says");
  check_refused(npy(header("<f8", "False", "(99999999999999999999,)"), data),
                ": header's shape is not understood at \"99999999999999999999,), }" + std::string(15, ' ') + "...\"");
}
