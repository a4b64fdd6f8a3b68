#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/io/delimited.hpp>
#include <cardamom/io/titled_table.hpp>
#include <support/files.hpp>

using cardamom::Index;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string_view text) {
  Rows rows;
  for (cardamom::TableLines lines("f", text, cardamom::table_separator(text)); lines.next();) {
    rows.emplace_back();
    cardamom::LineFields fields = lines.fields();
    for (std::string_view field; fields.next(field);) rows.back().push_back(fields.text());
  }
  return rows;
}

}  // namespace

TEST_CASE("the separator is told by the first two lines") {
  CHECK(cardamom::table_separator("a,b;c\td\n") == '\t');
  CHECK(cardamom::table_separator(";c1;c2\nSox2;1;2\n") == ';');
  CHECK(cardamom::table_separator(",c1,c2\nSox2,1,2\n") == ',');
  CHECK(cardamom::table_separator("a  b\n1 2\n") == ' ');
  CHECK(cardamom::table_separator("\"a,b\" c\n1 2\n") == ' ');
  // Where the first line has none, the second one does; comments and blank lines tell nothing.
  CHECK(cardamom::table_separator("# a\tb\n\nPseudoTime\nc1,5\n") == ',');
  // Semicolons between numbers with decimal commas, and a semicolon in a name.
  CHECK(cardamom::table_separator("0;0,5;1,5\n0;1,25;3\n") == ';');
  CHECK(cardamom::table_separator(";HLA-A,B;Sox2\nc1;1;2\n") == ';');
  CHECK(cardamom::table_separator("gene,Sox2;x\nc1,1\n") == ',');
  CHECK(cardamom::table_separator("0 0,5 1,5\n0 0 1,25\n") == ' ');
  CHECK(cardamom::table_separator("cell, time\nc1, 5\n") == ',');
  CHECK(cardamom::table_separator("1 1\n0,5 0,1\n") == ' ');
  CHECK(cardamom::table_separator("a,b;c\nd,e;f\n") == '\0');
}

TEST_CASE("blank lines, comments and lines of separators are passed over, quotes may hold line ends") {
  CHECK(rows_of("a,b\n\n# c,d\n,\n1,2\n") == Rows{{"a", "b"}, {"1", "2"}});
  CHECK(rows_of("a\tb\n\t\n1\t\n\t\t\n") == Rows{{"a", "b"}, {"1", ""}});
  CHECK(rows_of("a,\"b\nc\",d\r\n1,2,3\r\n") == Rows{{"a", "b\nc", "d"}, {"1", "2", "3"}});
  CHECK(rows_of("a\rb,c\r") == Rows{{"a"}, {"b", "c"}});
  cardamom::TableLines lines("f", "a,\"b\nc,d\n", ',');
  CHECK_THROWS_WITH_AS(static_cast<void>(lines.next()), "f, line 1: a quote is opened in this line, and nowhere closed",
                       cardamom::IoError);
}

TEST_CASE("a file has decimal points or decimal commas, and what may be either is refused") {
  const auto read = [](const std::vector<std::string>& fields) {
    cardamom::DecimalSigns signs("f");
    std::vector<double> values;
    for (const std::string& field : fields) {
      double value = 0.0;
      REQUIRE(signs.number(field, 1, static_cast<Index>(values.size()) + 1, value));
      values.push_back(value);
    }
    signs.check();
    return values;
  };
  CHECK(read({"1", "0.5", "1e3"}) == std::vector<double>{1, 0.5, 1000});
  CHECK(read({"1", "0,5", "-2,25e1", "1,200"}) == std::vector<double>{1, 0.5, -22.5, 1.2});
  CHECK(read({"0,125"}) == std::vector<double>{0.125});  // a group of thousands does not begin with 0
  CHECK_THROWS_WITH_AS(read({"1", "1,200"}),
                       "f, line 1, column 2: value is \"1,200\": 1.200, with a decimal comma, or 1200, in groups of "
                       "thousands? No other number of the file tells: write it with a point, or without groups",
                       cardamom::IoError);
  CHECK_THROWS_WITH_AS(read({"0.5", "0,5"}),
                       "f, line 1, column 2: \"0,5\" has a decimal comma, but \"0.5\" in line 1 a point: write all "
                       "numbers with points",
                       cardamom::IoError);
  cardamom::DecimalSigns signs("f");
  double value = 0.0;
  for (const char* text : {"", "NA", "1,2,3", "1,", "1.5,2", "x,5"}) CHECK(!signs.number(text, 1, 1, value));
}

TEST_CASE("separators at the end of lines are no columns of a titled table, missing values are") {
  const auto read = [](std::string_view text) {
    cardamom::TitledTable table =
        cardamom::read_titled_table("f", text, [](const cardamom::TableLine& line) { return line.fields[0] != "c1"; });
    Rows rows;
    if (table.titled()) rows.emplace_back(table.titles.fields.begin(), table.titles.fields.end());
    for (const auto& line : table.lines) rows.emplace_back(line.fields.begin(), line.fields.end());
    return rows;
  };
  const Rows expected{{"cell", "time"}, {"c1", "0"}, {"c2", "6"}};
  CHECK(read("cell,time\nc1,0\nc2,6\n") == expected);
  CHECK(read("cell,time,\nc1,0,\nc2,6,\n") == expected);
  CHECK(read("cell,time\nc1,0,\nc2,6,\n") == expected);
  CHECK(read("cell\ttime\t\t\nc1\t0\nc2\t6\t\n") == expected);
  CHECK(read("c1,0,\nc2,6,\n") == Rows{{"c1", "0"}, {"c2", "6"}});
  // Names of rows without a title, although the first line ends empty.
  CHECK(read("t1,t2\nc1,0,\nc2,,6\n") == Rows{{"", "t1", "t2"}, {"c1", "0", ""}, {"c2", "", "6"}});
  CHECK(read("cell\tt1\tt2\nc1\t0\t\nc2\t\t6\n") == Rows{{"cell", "t1", "t2"}, {"c1", "0", ""}, {"c2", "", "6"}});
  CHECK(read("cell,time\n\"c\"\"1\",0\n") == Rows{{"cell", "time"}, {"c\"1", "0"}});
}
