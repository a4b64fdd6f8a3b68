/// @file
/// Scalable vector graphics and text for a page: shapes as strings, numbers as few digits as a picture needs, and any
/// text made safe for HTML and XML.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>

namespace cardamom::report {

/// Text that a browser shows as `visible_text` is, within elements and within quoted attributes.
template <class = CompiledWhereUsed>
inline std::string xml_text(std::string_view text) {
  std::string result;
  for (const char c : visible_text(text)) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else {
      result += c;
    }
  }
  return result;
}

/// At most so many characters of a text; the rest becomes an ellipsis.
template <class = CompiledWhereUsed>
inline std::string shortened(std::string_view text, std::size_t longest) {
  std::size_t bytes = 0;
  std::size_t before_last = 0;
  for (std::size_t characters = 0; bytes < text.size(); ++characters) {
    if (characters == longest) return std::string(text.substr(0, before_last)) + "…";
    before_last = bytes;
    bytes += std::max<std::size_t>(1, utf8_length(text.substr(bytes)));
  }
  return std::string(text);
}

/// A finite number with so many decimals.
template <class = CompiledWhereUsed>
inline std::string fixed(double value, int decimals) {
  char buffer[400];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  return {buffer, end.ptr};
}

/// A finite number with at most so many decimals, without trailing zeros.
template <class = CompiledWhereUsed>
inline std::string rounded(double value, int decimals) {
  std::string text = fixed(value, decimals);
  if (decimals > 0) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

/// About three digits: 0.042, 3.14, 271.
template <class = CompiledWhereUsed>
inline std::string brief(double value) {
  const double size = std::abs(value);
  if (size != 0.0 && (size < 5e-4 || size >= 1e6)) {
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific, 1);
    return {buffer, end.ptr};
  }
  return rounded(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/// A point of a picture, or a step in it.
struct Point {
  double x;
  double y;

  friend Point operator+(Point a, Point b) noexcept { return {a.x + b.x, a.y + b.y}; }
  friend Point operator-(Point a, Point b) noexcept { return {a.x - b.x, a.y - b.y}; }
  friend Point operator*(double f, Point a) noexcept { return {f * a.x, f * a.y}; }
  double length() const noexcept { return std::hypot(x, y); }
  /// The same direction with length 1; a point of length 0 stays.
  Point unit() const noexcept { return length() > 0 ? (1.0 / length()) * *this : *this; }
  /// Turned by a right angle.
  Point normal() const noexcept { return {-y, x}; }
};

/// The point as SVG writes it, to a tenth.
inline std::string coordinates(Point p) { return rounded(p.x, 1) + ' ' + rounded(p.y, 1); }

/// Which part of a text stands at its point.
enum class Anchor { start, middle, end };

/// A picture that takes the width of its place. What its shapes look like is said by classes of the page's style.
class Svg {
 public:
  /// @param description what is seen, for those who do not see it
  Svg(double width, double height, std::string_view description) {
    text_ = "<svg viewBox=\"0 0 " + rounded(width, 0) + ' ' + rounded(height, 0) + "\" role=\"img\" aria-label=\"" +
            xml_text(description) + "\">\n";
  }

  void rect(Point corner, double width, double height, std::string_view style) {
    text_ += "<rect x=\"" + rounded(corner.x, 1) + "\" y=\"" + rounded(corner.y, 1) + "\" width=\"" +
             rounded(width, 1) + "\" height=\"" + rounded(height, 1) + '"' + named(style) + "/>\n";
  }
  /// A field of a map, coloured the more strongly the larger its value in [0, 1].
  void field(Point corner, double width, double height, double value, std::string_view style = "field") {
    text_ += "<rect x=\"" + rounded(corner.x, 1) + "\" y=\"" + rounded(corner.y, 1) + "\" width=\"" +
             rounded(width, 1) + "\" height=\"" + rounded(height, 1) + '"' + named(style) + " fill-opacity=\"" +
             rounded(value, 3) + "\"/>\n";
  }
  /// @param commands of SVG: "M 0 0 L 10 10"
  void path(std::string_view commands, std::string_view style, double width = 0.0) {
    text_ += "<path d=\"" + std::string(commands) + '"' + named(style) +
             (width > 0 ? " stroke-width=\"" + rounded(width, 2) + '"' : "") + "/>\n";
  }
  void line(Point a, Point b, std::string_view style, double width = 0.0) {
    path("M " + coordinates(a) + " L " + coordinates(b), style, width);
  }
  void circle(Point centre, double radius, std::string_view style) {
    text_ += "<circle cx=\"" + rounded(centre.x, 1) + "\" cy=\"" + rounded(centre.y, 1) + "\" r=\"" +
             rounded(radius, 1) + '"' + named(style) + "/>\n";
  }
  /// @param content is made safe here
  /// @param degrees turned about its place, clockwise
  template <class Use = CompiledWhereUsed>
  void text(WhereUsed<Point, Use> place, WhereUsed<Anchor, Use> anchor, std::string_view content,
            std::string_view style = {}, double degrees = 0.0) {
    static constexpr std::string_view anchors[] = {"start", "middle", "end"};
    text_ += "<text x=\"" + rounded(place.x, 1) + "\" y=\"" + rounded(place.y, 1) + "\" text-anchor=\"" +
             std::string(anchors[static_cast<std::size_t>(anchor)]) + '"' + named(style);
    if (degrees != 0.0) text_ += " transform=\"rotate(" + rounded(degrees, 1) + ' ' + coordinates(place) + ")\"";
    text_ += ">" + xml_text(content) + "</text>\n";
  }

  std::string str() const { return text_ + "</svg>\n"; }

 private:
  static std::string named(std::string_view style) {
    return style.empty() ? std::string() : " class=\"" + std::string(style) + '"';
  }

  std::string text_;
};

/// "12 genes", "1 gene".
inline std::string counted(Index number, std::string_view noun) {
  return to_text(number) + ' ' + std::string(noun) + (number == 1 ? "" : "s");
}

}  // namespace cardamom::report
