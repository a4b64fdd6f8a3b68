/// @file
/// What every report page has: head, sections with headings, figures with captions, keys of colours, and a summary of
/// the data; HTML that is also well-formed XML.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/report/style.hpp>
#include <cardamom/io/report/svg.hpp>

namespace cardamom::report {

/// The beginning of the page, up to its title.
template <class = CompiledWhereUsed>
inline std::string page_head(std::string_view title) {
  const std::string safe = xml_text(title);
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>" +
         safe + "</title>\n<style>\n" + std::string(report_style) + "</style>\n</head>\n<body>\n<main>\n<h1>" + safe +
         "</h1>\n";
}

/// What closes the page.
inline std::string page_end() { return "</main>\n</body>\n</html>\n"; }

/// Adds a page to a set as `index.html` of a directory, and the directory itself where there is none.
inline void add_page(FileSet& files, const std::string& directory, const std::string& page) {
  files.add_directory(directory);
  files.add(directory + "/index.html", page);
}

/// A section of the page: its anchor, its heading, and HTML.
inline std::string section(std::string_view id, std::string_view heading, const std::string& body) {
  return "<section id=\"" + std::string(id) + "\">\n<h2>" + xml_text(heading) + "</h2>\n" + body + "</section>\n";
}

/// A paragraph of text.
inline std::string paragraph(std::string_view text) { return "<p>" + xml_text(text) + "</p>\n"; }

/// A picture with its caption.
inline std::string figure(const std::string& caption, const std::string& picture) {
  return "<figure>\n<figcaption>" + caption + "</figcaption>\n" + picture + "</figure>\n";
}

/// A coloured mark and what it means.
inline std::string key(std::string_view style, std::string_view meaning) {
  return "<span class=\"key\"><svg class=\"swatch\" viewBox=\"0 0 14 14\" aria-hidden=\"true\"><rect width=\"14\" "
         "height=\"14\" class=\"" +
         std::string(style) + "\"/></svg>" + xml_text(meaning) + "</span>\n";
}

/// What follows the number of genes: " and the stimulus, light".
template <class Use = CompiledWhereUsed>
inline std::string inputs_in_words(const WhereUsed<Counts, Use>& counts) {
  if (counts.inputs() == 0) return ", no inputs";
  if (counts.inputs() == 1) return " and the stimulus, " + counts.names().front();
  std::string names;
  for (Index input = 0; input < counts.inputs(); ++input) {
    names += (input > 0 ? ", " : ": ") + counts.names()[static_cast<std::size_t>(input)];
  }
  return " and " + to_text(counts.inputs()) + " inputs" + names;
}

/// What the data are, the given facts and remarks.
template <class Use = CompiledWhereUsed>
inline std::string summary_section(const WhereUsed<Counts, Use>& counts,
                                   const std::vector<std::pair<std::string, std::string>>& facts,
                                   const std::vector<std::string>& remarks) {
  std::string times;
  for (const double time : counts.time_points()) times += (times.empty() ? "" : ", ") + brief(time);
  std::string body = "<div class=\"scroll\"><table class=\"facts\">\n";
  const auto row = [&body](const std::string& what, const std::string& value) {
    body += "<tr><th>" + xml_text(what) + "</th><td>" + xml_text(value) + "</td></tr>\n";
  };
  row("Cells", to_text(counts.cells()));
  row("Genes", to_text(counts.genes()) + inputs_in_words(counts));
  row("Time points", to_text(counts.time_points().size()) + ": " + times + " h");
  for (const auto& [what, value] : facts) row(what, value);
  body += "</table></div>\n";
  for (const std::string& remark : remarks) body += "<p class=\"remark\">" + xml_text(remark) + "</p>\n";
  return section("summary", "Summary", body);
}

}  // namespace cardamom::report
