#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <cardamom/core/table_field.hpp>

using cardamom::NamePlace;
using cardamom::table_fault;
using cardamom::table_field;

TEST_CASE("names are quoted where a reader would take them for something else") {
  for (const char* const plain : {"Sox2", "HLA-A,B", "a b", "T (brachyury)", "0", "β", "a=b", "1-Mar", "a;b"}) {
    CHECK(table_field(plain) == plain);
  }
  for (const char* const quoted : {"a\tb", "two\nlines", "a\r", " a", "a ", "=1+1", "+a", "-", "@a", "#a", "5'"}) {
    CHECK(table_field(quoted) == '"' + std::string(quoted) + '"');
  }
  CHECK(table_field("Nkx2\"5") == R"("Nkx2""5")");
  for (const char* const name : {"Sox2", "a\tb", "Nkx2\"5", "\"", "\"\"", "\"a\"", "a\"\"b", ""}) {
    CHECK(cardamom::unquoted(table_field(name)) == name);
  }
}

TEST_CASE("names that tables cannot hold are told") {
  CHECK(table_fault("a\tb\nc").empty());
  CHECK(table_fault("a\tb", NamePlace::line).empty());
  CHECK(table_fault("a b", NamePlace::label).empty());
  CHECK(table_fault("") == "it is empty");
  CHECK(table_fault("a\xff") == "it is not UTF-8");
  for (const char* const name : {"\x1b[2J", "a\r", "a\x7f", "a\xc2\x85", "a\xe2\x80\xae",
                                 "\xef\xbb\xbf"
                                 "a"}) {
    CHECK(table_fault(name) == "it holds a control character");
  }
  CHECK(table_fault("a\nb", NamePlace::line) == "it holds a control character");
  CHECK(table_fault("a\tb", NamePlace::label) == "it holds a control character");
  CHECK(table_fault("a ", NamePlace::label) == "it begins or ends with a blank");
  CHECK_NOTHROW(cardamom::check_table_name("f", "names[1]", "a\tb"));
  CHECK_THROWS_WITH_AS(cardamom::check_table_name("f", "names[1]", "\x1b"),
                       R"(f: names[1] is "\x1b", which the table cannot hold: it holds a control character)",
                       std::invalid_argument);
}
