#include <string>

#include <doctest/doctest.h>

#include <cardamom/core/visible_text.hpp>

using cardamom::utf8_length;
using cardamom::visible_text;

TEST_CASE("characters that do something else than to be seen are escaped, others stay") {
  CHECK(visible_text("Sox2 β-actin 日本 a\\b") == "Sox2 β-actin 日本 a\\b");
  CHECK(visible_text("a\tb\nc\rd") == R"(a\tb\nc\rd)");
  CHECK(visible_text(std::string("\0", 1) + "\x1b[2J\x7f") == R"(\x00\x1b[2J\x7f)");
  CHECK(visible_text("\xc2\x80\xc2\x9b\xc2\xa0") == "\\u0080\\u009b\xc2\xa0");             // C1, and a blank
  CHECK(visible_text("\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf") == R"(\u202e\u2066\ufeff)");  // marks of direction
  CHECK(visible_text("\xe2\x80\xa8\xf3\xa0\x80\xa1") == R"(\u2028\U000e0021)");            // end of a line, a tag
  CHECK(visible_text("a\xff\xc3") == R"(a\xff\xc3)");
  CHECK(visible_text("").empty());
}

TEST_CASE("what is no UTF-8 has no length") {
  CHECK(utf8_length("a") == 1);
  CHECK(utf8_length("βx") == 2);
  CHECK(utf8_length("日") == 3);
  CHECK(utf8_length("\xf0\x9f\xa7\xac") == 4);
  for (const char* const wrong : {"", "\x80", "\xc0\x80", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                                  "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe6\x97"}) {
    CHECK_MESSAGE(utf8_length(wrong) == 0, visible_text(wrong));
  }
}
