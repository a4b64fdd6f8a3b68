#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/line_fields.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/text_lines.hpp>
#include <support/files.hpp>

using cardamom::Index;

namespace {

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> result;
  cardamom::LineFields fields(line);
  for (std::string_view field; fields.next(field);) result.emplace_back(field);
  return result;
}

}  // namespace

TEST_CASE("lines end in LF or CR LF and are numbered from 1") {
  cardamom::TextLines lines("\xef\xbb\xbfone  \r\n\ntwo\n \n");
  REQUIRE(lines.next());
  CHECK(lines.line() == "one");
  CHECK(lines.number() == 1);
  REQUIRE(lines.next());
  CHECK(lines.line().empty());
  REQUIRE(lines.next());
  CHECK(lines.line() == "two");
  CHECK(lines.number() == 3);
  CHECK(!lines.next());
}

TEST_CASE("a line is separated by tabs, else by commas, else by blanks") {
  using Fields = std::vector<std::string>;
  CHECK(fields_of("a\tb c,d\t\te") == Fields{"a", "b c,d", "", "e"});
  CHECK(fields_of("a, b c ,,\"d\"") == Fields{"a", "b c", "", "d"});
  CHECK(fields_of("a  b") == Fields{"a", "b"});
  CHECK(fields_of("").empty());
}

TEST_CASE("separators between quotes are text") {
  using Fields = std::vector<std::string>;
  CHECK(fields_of("a,\"b, c\" ,\"\",\"d\"") == Fields{"a", "b, c", "", "d"});
  CHECK(fields_of("\"a b\" \"c\"  d") == Fields{"a b", "c", "d"});
  CHECK(fields_of("\"a,b") == Fields{"\"a", "b"});
  CHECK(fields_of("\"a\"b,c") == Fields{"\"a\"b", "c"});
}

TEST_CASE("numbers are read whole or not at all") {
  double value = 0.0;
  CHECK((cardamom::parse_number("+1.5e1", value) && value == 15.0));
  for (const char* text : {"", "+-1", "1x", " 1", "1,5"}) CHECK(!cardamom::parse_number(text, value));
  Index whole = 0;
  CHECK((cardamom::parse_whole("007", whole) && whole == 7));
  CHECK((cardamom::parse_whole("999999999999999", whole) && whole == 999999999999999));
  for (const char* text : {"", "-1", "1.0", "1000000000000000"}) CHECK(!cardamom::parse_whole(text, whole));
  CHECK(cardamom::parse_count("f", 1, 1, "-0", false) == 0.0);
  CHECK(cardamom::parse_count("f", 1, 1, "0.5", true) == 0.5);
  CHECK_THROWS_WITH_AS(
      cardamom::parse_count("f", 2, 3, "0.5", false),
      "f, line 2, column 3: value is \"0.5\", must be a whole number in [0, 2^53]: counts are molecules",
      cardamom::IoError);
}

TEST_CASE("texts are trimmed, quoted and put in lower case") {
  CHECK(cardamom::trim(" \ta b\r ") == "a b");
  CHECK(cardamom::lower_case("AbÄZ") == "abÄz");
  CHECK(cardamom::in_quotes("a\tb") == R"("a\tb")");
  CHECK(cardamom::in_quotes(std::string(41, 'x')) == "\"" + std::string(40, 'x') + "...\"");
  // Not half a character.
  CHECK(cardamom::in_quotes(std::string(39, 'x') + "β") == "\"" + std::string(39, 'x') + "...\"");
  CHECK(cardamom::to_text(0.1) == "0.1");
  CHECK(cardamom::to_text(Index{-7}) == "-7");
}

TEST_CASE("files are read to their end, compressed ones not as text") {
  const support::TemporaryDirectory directory;
  const std::string content(200'000, 'y');
  CHECK(cardamom::read_plain_file(directory.write("a", content)) == content);
  const std::string packed = directory.write("b", "\x1f\x8b rest");
  CHECK(cardamom::read_bytes(packed) == "\x1f\x8b rest");
  CHECK(cardamom::is_gzip("\x1f\x8b"));
  support::check_io_error(packed, ": the file is compressed, and is read here without zlib: unpack it by gunzip first",
                          [&] { return cardamom::read_plain_file(packed); });
  support::check_io_error(directory / "none", ": cannot be opened: No such file or directory",
                          [&] { return cardamom::read_bytes(directory / "none"); });
}

TEST_CASE("lines may end in CR alone, and one file may mix its line ends") {
  const auto lines_of = [](std::string_view text) {
    std::vector<std::string> result;
    for (cardamom::TextLines lines(text); lines.next();) result.emplace_back(lines.line());
    return result;
  };
  using Lines = std::vector<std::string>;
  CHECK(lines_of("one\rtwo\r\rthree\r") == Lines{"one", "two", "", "three"});
  CHECK(lines_of("one\r\ntwo\rthree\nfour") == Lines{"one", "two", "three", "four"});
  CHECK(lines_of("\r\none\t \r\n") == Lines{"", "one"});
  cardamom::TextLines lines("\"a\nb\"\tc\t\nd\n");
  REQUIRE(lines.next());
  REQUIRE(lines.extend());
  CHECK(lines.whole() == "\"a\nb\"\tc\t");
  CHECK(lines.number() == 2);
  REQUIRE(lines.next());
  CHECK(lines.line() == "d");
  CHECK(!lines.extend());
}

TEST_CASE("doubled quotes between quotes are quotes") {
  cardamom::LineFields fields("\"5\"\"-Nkx, 2\",Nkx2\"5,\"\"\"\",\"open", ',');
  std::vector<std::string> texts;
  for (std::string_view field; fields.next(field);) texts.push_back(fields.text());
  CHECK(texts == std::vector<std::string>{"5\"-Nkx, 2", "Nkx2\"5", "\"", "\"open"});
  CHECK(fields.open());
}

TEST_CASE("UTF-16 with a byte-order mark becomes UTF-8 where a file is opened") {
  const support::TemporaryDirectory directory;
  // Of one, two, three and four bytes: a, Δ, €, 𝄞.
  const std::string text = "a\xce\x94\xe2\x82\xac\xf0\x9d\x84\x9e\n";
  const std::string units[] = {{'a', '\0'},      {'\x94', '\x03'}, {'\xac', '\x20'},
                               {'\x34', '\xd8'}, {'\x1e', '\xdd'}, {'\n', '\0'}};
  std::string little = "\xff\xfe";
  std::string big = "\xfe\xff";
  for (const std::string& unit : units) {
    little += unit;
    big += {unit[1], unit[0]};
  }
  CHECK(cardamom::read_plain_file(directory.write("little", little)) == text);
  CHECK(cardamom::read_plain_file(directory.write("big", big)) == text);

  const auto refused = [&](const std::string& bytes, const std::string& expected) {
    const std::string path = directory.write("bad", bytes);
    support::check_io_error(path, expected, [&] { return cardamom::read_plain_file(path); });
  };
  const std::string advice = ": save it as UTF-8, or as UTF-16 with a byte-order mark";
  refused(little.substr(2), ": the file is binary, must be text in UTF-8, or in UTF-16 with a byte-order mark");
  refused(std::string("0\0,\0", 4), ": the file is text in UTF-16LE, it seems, but has no byte-order mark" + advice);
  refused(std::string("\0000\0,", 4), ": the file is text in UTF-16BE, it seems, but has no byte-order mark" + advice);
  refused(std::string("\xff\xfe\0\0a\0\0\0", 8), ": the file is text in UTF-32, which is not read" + advice);
  refused(little + "x", ": the file is text in UTF-16, but ends within a character");
  refused("\xff\xfe\x34\xd8" + units[0], ": the file is text in UTF-16, but half of a character is missing");
  refused("\xff\xfe\x1e\xdd", ": the file is text in UTF-16, but half of a character is missing");
}

TEST_CASE("fields that are whole numbers are taken together, and no others") {
  cardamom::LineFields fields("12,3,x,0,3.5,1000000000000000,7 ,9");
  double numbers[8] = {};
  std::string_view field;
  CHECK(fields.next_wholes({numbers, 1}) == 1);  // there is room for one
  CHECK((numbers[0] == 12 && fields.column() == 1));
  CHECK(fields.next_wholes(numbers) == 1);
  CHECK((numbers[0] == 3 && fields.column() == 2));
  CHECK(fields.next_wholes(numbers) == 0);
  CHECK((fields.next(field) && field == "x" && fields.column() == 3));
  CHECK((fields.next_wholes(numbers) == 1 && numbers[0] == 0));
  for (const char* other : {"3.5", "1000000000000000", "7"}) {
    CHECK(fields.next_wholes(numbers) == 0);
    CHECK((fields.next(field) && field == other));
  }
  CHECK((fields.next_wholes(numbers) == 1 && numbers[0] == 9 && fields.column() == 8));
  CHECK(fields.next_wholes(numbers) == 0);
  CHECK(!fields.next(field));
  // An empty last field is a field.
  cardamom::LineFields open("1,");
  CHECK((open.next_wholes(numbers) == 1 && numbers[0] == 1));
  CHECK(open.next_wholes(numbers) == 0);
  CHECK((open.next(field) && field.empty()));
  cardamom::LineFields none("");
  CHECK(none.next_wholes(numbers) == 0);
}

TEST_CASE("readers of files give their content as a whole and in pieces") {
  const support::TemporaryDirectory directory;
  std::string content;
  for (int k = 0; k < 200'000; ++k) content += static_cast<char>('a' + k % 26);
  const std::string path = directory.write("a", content);
  const auto pieces = [&](const cardamom::FileReader& reader, std::size_t most) {
    const cardamom::ByteSource source = reader.open(path);
    std::string all;
    std::string piece(most, '\0');
    while (const std::size_t got = source(piece.data(), most)) all.append(piece, 0, got);
    return all;
  };
  const std::string prefix = "of ";
  const cardamom::FileReader own = [prefix](const std::string& name) { return prefix + name; };
  CHECK(own(path) == prefix + path);
  for (const std::size_t most : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
    CHECK(pieces(cardamom::read_plain_file, most) == content);
    CHECK(pieces(own, most) == prefix + path);
  }
  const cardamom::FileReader plain = cardamom::read_plain_file;
  support::check_io_error(directory / "none", ": cannot be opened: No such file or directory",
                          [&] { static_cast<void>(plain.open(directory / "none")); });
  const std::string packed = directory.write("b", "\x1f\x8b rest");
  support::check_io_error(packed, ": the file is compressed, and is read here without zlib: unpack it by gunzip first",
                          [&] {
                            std::string piece(100, '\0');
                            plain.open(packed)(piece.data(), piece.size());
                          });
}

TEST_CASE("lines are the same whether a text is there as a whole or comes in pieces") {
  const std::string text = "first\r\n\nthird  \t\n" + std::string(700'000, 'x') + "\nlast";
  for (const std::size_t most : {std::size_t{1}, std::size_t{5}, std::size_t{1} << 20}) {
    std::size_t taken = 0;
    cardamom::PiecewiseLines pieces([&](char* to, std::size_t room) {
      const std::size_t got = text.copy(to, std::min(most, room), taken);
      taken += got;
      return got;
    });
    cardamom::TextLines whole(text);
    while (whole.next()) {
      REQUIRE(pieces.next());
      CHECK(pieces.line() == whole.line());
      CHECK(pieces.number() == whole.number());
    }
    CHECK(!pieces.next());
  }
  cardamom::PiecewiseLines none([](char*, std::size_t) { return std::size_t{0}; });
  CHECK(!none.next());
}
