// Fuzzing targets for readers of text, arrays, model directories and compressed files. Inputs of several files are
// divided by the byte 0x1e (record separator); the last byte of an input chooses options of the reader.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <zlib.h>

#include <cardamom/core/table_field.hpp>
#include <cardamom/io/beeline.hpp>
#include <cardamom/io/cell_depths.hpp>
#include <cardamom/io/cell_times.hpp>
#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/edges.hpp>
#include <cardamom/io/gene_names.hpp>
#include <cardamom/io/model_directory.hpp>
#include <cardamom/io/named_edges.hpp>
#include <cardamom/io/npy.hpp>
#include <cardamom/io/panel.hpp>
#include <cardamom/io/read_counts.hpp>
#include <cardamom/io/ten_x.hpp>
#include <cardamom/io/time_units.hpp>
#include <cardamom/io/titled_table.hpp>
#include <cardamom/io/zlib/gzip.hpp>

#include "fuzz.hpp"

namespace {

using cardamom::Counts;
using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;
using Names = std::vector<std::string>;

/// Files by name, of which readers get the content through a FileReader.
std::vector<std::pair<std::string, std::string_view>> files;

std::string from_memory(const std::string& path) {
  for (const auto& [name, content] : files) {
    if (path == name) return std::string(content);
  }
  throw cardamom::IoError(path, "cannot be opened");
}

/// An input taken apart: files, and a byte of options.
struct Parts {
  explicit Parts(std::string_view input, std::initializer_list<std::string> names) {
    if (!input.empty()) {
      options = static_cast<unsigned char>(input.back());
      input.remove_suffix(1);
    }
    files.clear();
    for (const std::string& name : names) {
      const std::size_t end = files.size() + 1 < names.size() ? input.find('\x1e') : std::string_view::npos;
      files.emplace_back(name, input.substr(0, end));
      input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
    }
  }
  bool flag(unsigned bit) const { return (options >> bit & 1) != 0; }

  unsigned options = 0;
};

std::string seed(std::initializer_list<std::string_view> parts, char options) {
  std::string text;
  for (const std::string_view part : parts) text.append(text.empty() ? "" : "\x1e").append(part);
  return text + options;
}

bool same_bits(const double* a, const double* b, std::size_t count) {
  return count == 0 || std::memcmp(a, b, count * sizeof(double)) == 0;
}

// What every table of counts promises.
void require_counts(const Counts& counts, bool fractions) {
  fuzz::require(counts.cells() > 0 && counts.genes() > 0, "counts have cells and genes");
  fuzz::require(counts.times().allFinite(), "times are finite");
  fuzz::require((counts.values().array() >= 0.0).all() && counts.values().allFinite(), "counts are finite and >= 0");
  const auto genes = counts.values().rightCols(counts.genes()).array();
  fuzz::require(fractions || (genes == genes.floor()).all(), "counts are whole");
}

std::optional<Names> declared(const Parts& parts) {
  const unsigned which = parts.options >> 6;
  if (which == 1) return Names{};
  if (which == 2) return Names{"Light"};
  if (which == 3) return Names{"Light", "dose"};
  return std::nullopt;
}

cardamom::DepthOptions depth(const Parts& parts) {
  if (parts.flag(1)) return {cardamom::DepthSource::totals, {}};
  if (parts.flag(2)) return {cardamom::DepthSource::table, "depths"};
  return {};
}

/// By two bits of the options, from one on.
std::optional<cardamom::ValueScale> scale(const Parts& parts, unsigned bit) {
  using cardamom::ValueScale;
  constexpr std::array scales{std::optional<ValueScale>{}, std::optional{ValueScale::continuous},
                              std::optional{ValueScale::log2}, std::optional{ValueScale::log1p}};
  return scales[parts.options >> bit & 3];
}

cardamom::TableOrientation cells_by_genes_if(bool turned) {
  return turned ? cardamom::TableOrientation::cells_by_genes : cardamom::TableOrientation::detect;
}

void panel(std::string_view input) {
  const Parts parts(input, {"panel", "depths"});
  const cardamom::PanelOptions options{.fractions = parts.flag(0),
                                       .inputs = declared(parts),
                                       .depth = depth(parts),
                                       .read = from_memory,
                                       .values = scale(parts, 4),
                                       .orientation = cells_by_genes_if(parts.flag(3))};
  const Counts counts = cardamom::read_panel("panel", options);
  require_counts(counts, parts.flag(0) || options.values == cardamom::ValueScale::continuous);
  if (counts.inputs() == 0) return;              // then the text alone does not say so
  for (Index k = 1; k < counts.inputs(); ++k) {  // names that no label can hold are not written
    const std::string label = std::string(cardamom::input_marker) + counts.names()[static_cast<std::size_t>(k)];
    if (!cardamom::table_fault(label, cardamom::NamePlace::label).empty()) return;
  }
  const std::string text = cardamom::panel_text(counts);
  files = {{"again", text}};
  const Counts again =
      fuzz::read_again([] { return cardamom::read_panel("again", {.fractions = true, .read = from_memory}); });
  fuzz::require(
      again.values() == counts.values() && again.times() == counts.times() && again.inputs() == counts.inputs(),
      "a written panel is read as it was");
}

cardamom::NamedTableOptions table_options(const Parts& parts) {
  Names genes;
  if (parts.flag(3)) genes = {"Light", "Sox2", "Klf4", "Oct4"};
  return {.genes = genes,
          .inputs = declared(parts),
          .times = "times",
          .time_bins = parts.flag(4) ? 2 : 0,
          .depth = depth(parts),
          .fractions = parts.flag(0),
          .read = from_memory,
          .unknown = parts.flag(5) ? cardamom::UnknownGenes::skip : cardamom::UnknownGenes::refuse,
          .orientation = cells_by_genes_if(parts.flag(1) && parts.flag(2))};
}

void beeline(std::string_view input) {
  const Parts parts(input, {"table", "times", "depths"});
  require_counts(cardamom::read_beeline("table", table_options(parts)), parts.flag(0));
}

void ten_x(std::string_view input) {
  // The reader looks for files in a folder, but reads them through a FileReader.
  static const std::string folder = [] {
    for (const char* name : {"matrix.mtx", "features.tsv", "barcodes.tsv"}) fuzz::write_file(fuzz::folder() / name, "");
    return fuzz::folder().string();
  }();
  static const std::string matrix = folder + "/matrix.mtx";
  static const std::string features = folder + "/features.tsv";
  static const std::string barcodes = folder + "/barcodes.tsv";
  const Parts parts(input, {matrix, features, barcodes, "times", "depths"});
  require_counts(cardamom::read_ten_x(folder, table_options(parts)), parts.flag(0));
}

cardamom::KnownNodes known_nodes(const Parts& parts) {
  return {.names = parts.flag(0) ? Names{} : Names{"Stimulus", "Sox2", "Klf4", "Oct4"},
          .nodes = parts.flag(1) ? 4 : 0,
          .inputs = parts.flag(2)   ? 2
                    : parts.flag(3) ? 0
                                    : 1,
          .unknown = parts.flag(4) ? cardamom::UnknownGenes::skip : cardamom::UnknownGenes::refuse};
}

void edges(std::string_view input) {
  const Parts parts(input, {"edges"});
  const cardamom::KnownNodes nodes = known_nodes(parts);
  const cardamom::KnownEdges known =
      parts.flag(5) ? cardamom::read_prior("edges", nodes, from_memory)
                    : cardamom::resolve_edges(cardamom::read_named_edges("edges", from_memory), nodes, "edges");
  fuzz::require(known.edges.size() == known.scores.size() && known.edges.size() == known.sign_known.size() &&
                    known.edges.size() == known.lines.size(),
                "edges have a score, a sign and a line each");
  for (const double score : known.scores) fuzz::require(std::isfinite(score) && score >= 0.0, "scores are >= 0");
  if (nodes.inputs != 1) return;
  const std::string text = cardamom::edges_text(known.edges, nodes.names);
  files = {{"again", text}};
  const auto again =
      fuzz::read_again([&] { return cardamom::read_edges("again", nodes.names, nodes.nodes, 1, from_memory); });
  const auto same = [](const cardamom::Edge& a, const cardamom::Edge& b) {
    return a.source == b.source && a.target == b.target && a.weight == b.weight;
  };
  fuzz::require(std::equal(again.begin(), again.end(), known.edges.begin(), known.edges.end(), same),
                "written edges are read as they were");
}

void rates(std::string_view input) {
  const Parts parts(input, {"rates"});
  cardamom::KnownNodes nodes = known_nodes(parts);
  const cardamom::DecayRates rates = parts.flag(5)
                                         ? cardamom::read_decay_rates("rates", nodes.nodes, nodes.inputs, from_memory)
                                         : cardamom::read_known_rates("rates", nodes, from_memory).rates;
  const Index genes = rates.mrna.size() - nodes.inputs;
  fuzz::require(genes >= 0 && rates.protein.size() == rates.mrna.size(), "there are rates of all nodes");
  fuzz::require(rates.mrna.allFinite() && rates.protein.allFinite(), "rates are finite");
  fuzz::require((rates.mrna.tail(genes).array() > 0.0).all() && (rates.protein.tail(genes).array() > 0.0).all(),
                "rates are > 0");
  const std::string text = cardamom::decay_rates_text(rates);
  files = {{"again", text}};
  const cardamom::DecayRates again = fuzz::read_again(
      [&] { return cardamom::read_decay_rates("again", rates.mrna.size(), nodes.inputs, from_memory); });
  fuzz::require(again.mrna == rates.mrna && again.protein == rates.protein, "written rates are read as they were");
}

void genes(std::string_view input) {
  const Parts parts(input, {"genes"});
  const cardamom::NodeNames nodes = cardamom::read_node_names("genes", parts.flag(0), from_memory);
  fuzz::require(nodes.inputs >= 0 && nodes.inputs <= static_cast<Index>(nodes.names.size()), "inputs are nodes");
  for (const std::string& name : nodes.names) fuzz::require(!name.empty(), "nodes have names");
}

void times(std::string_view input) {
  const Parts parts(input, {"times"});
  const Names cells = parts.flag(0) ? Names{"c1", "c2", "c3"} : Names{};
  std::string remark;
  const Vector found = cardamom::read_cell_times("times", cells, from_memory, &remark);
  fuzz::require(found.size() == static_cast<Index>(cells.size()) && found.allFinite(), "every cell has a time");
}

void depths(std::string_view input) {
  const Parts parts(input, {"depths"});
  const Names cells = parts.flag(0) ? Names{"c1", "c2", "c3"} : Names{};
  const Vector found = cardamom::read_cell_depths("depths", 3, cells, from_memory);
  fuzz::require(found.allFinite() && (found.array() > 0.0).all(), "depths are > 0");
}

void time_units(std::string_view input) {
  cardamom::TimesInHours hours(cardamom::unit_in_name(input));
  for (cardamom::TextLines lines(input); lines.next();) {
    if (const auto time = hours.read(lines.line())) fuzz::require(std::isfinite(*time), "times are finite");
  }
  static_cast<void>(hours.contradiction());
  static_cast<void>(hours.remark());
}

void titled_table(std::string_view input) {
  const auto are_titles = [](const cardamom::TableLine& line) {
    double number = 0.0;
    return std::none_of(line.fields.begin(), line.fields.end(),
                        [&](std::string_view field) { return cardamom::parse_number(field, number); });
  };
  const cardamom::TitledTable table = cardamom::read_titled_table("table", input, are_titles);
  const auto within = [](std::string_view field, std::string_view owner) {
    return field.data() >= owner.data() && field.data() + field.size() <= owner.data() + owner.size();
  };
  for (const cardamom::TableLine& line : table.lines) {
    fuzz::require(!line.fields.empty() && line.number > 0, "lines have fields");
    fuzz::require(!table.titled() || line.fields.size() == table.titles.fields.size(), "columns have titles");
    for (const std::string_view field : line.fields) {
      const auto holds = [&](const std::string& text) { return within(field, text); };
      fuzz::require(
          field.empty() || within(field, input) || std::any_of(table.undoubled.begin(), table.undoubled.end(), holds),
          "fields are views into the text, or into what the table made of it");
    }
  }
}

void npy(std::string_view input) {
  const cardamom::NpyArray array = cardamom::npy_array("array", input);
  const auto again = fuzz::read_again([&] { return cardamom::npy_array("again", cardamom::npy_bytes(array)); });
  fuzz::require(again.shape == array.shape && again.values.size() == array.values.size() &&
                    same_bits(again.values.data(), array.values.data(), array.values.size()),
                "a written array is read as it was");
}

/// A model directory with every file that there may be: names and contents.
const std::vector<std::pair<std::string, std::string>>& model_files() {
  static const auto made = [] {
    const std::filesystem::path folder = fuzz::folder() / "model";
    std::filesystem::create_directory(folder);
    cardamom::SavedModel model;
    model.network =
        cardamom::Network(Vector{{0, 0, -5, 1}}, std::vector<cardamom::Edge>{{0, 2, 10}, {1, 3, 2}, {2, 3, -7}},
                          Names{"Stimulus", "dose", "1", "2"}, 2);
    model.shape_min = Vector{{0, 0, 0.01, 0}};
    model.shape_max = Vector{{1, 1, 2.2, 0.1}};
    model.inverse_burst_size = Vector{{1, 1, 0.02, 0.03}};
    model.modes = Matrix{{0, 0.5, 0.01, 0.1}, {1, 2, 2.2, 0}};
    model.history = {model.network, model.network};
    model.rates = {Vector{{1, 1, 0.5, 0.25}}, Vector{{1, 1, 0.1, 0.2}}};
    model.experiment = {cardamom::AtRest{120}, 0.3};
    model.schedule = {{-120, 0.5, 0}, {0, 1, 1}};
    cardamom::write_model_directory(folder.string(), model);
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      files.emplace_back(entry.path().filename().string(), fuzz::file_content(entry.path().string()));
    }
    std::sort(files.begin(), files.end());
    return files;
  }();
  return made;
}

/// One file of a valid directory is replaced, the one that the options choose.
void model_directory(std::string_view input) {
  const Parts parts(input, {"file"});
  const auto& [name, content] = model_files()[parts.options % model_files().size()];
  const std::string folder = (fuzz::folder() / "model").string();
  const struct Replaced {
    ~Replaced() { fuzz::write_file(path, content); }
    std::string path;
    const std::string& content;
  } replaced{folder + "/" + name, content};
  fuzz::write_file(replaced.path, files.front().second);
  const cardamom::SavedModel model = cardamom::read_model_directory(folder);
  fuzz::require(model.shape_max.size() == model.nodes() && model.inverse_burst_size.size() == model.nodes(),
                "models have values of all nodes");
}

void gzip(std::string_view input) {
  constexpr std::uint64_t largest = std::uint64_t{1} << 20;
  fuzz::require(cardamom::unpack_gzip("file", std::string(input), largest).size() <= largest, "the bound holds");
}

/// The one door: files of any format.
void counts(std::string_view input) {
  static const std::string path = (fuzz::folder() / "counts").string();
  static const std::string times_path = (fuzz::folder() / "times").string();
  const Parts parts(input, {path, times_path});
  for (const auto& [name, content] : files) fuzz::write_file(name, content);
  const cardamom::ReadCountsOptions options{.inputs = declared(parts),
                                            .times = parts.flag(1) ? times_path : "",
                                            .time_bins = parts.flag(2) ? 2 : 0,
                                            .fractions = parts.flag(0),
                                            .values = scale(parts, 4),
                                            .orientation = cells_by_genes_if(parts.flag(3)),
                                            .read = cardamom::read_gzip_file};
  const cardamom::CountsFile file = cardamom::read_counts(path, options);
  require_counts(file.counts, parts.flag(0) || options.values == cardamom::ValueScale::continuous);
}

std::string packed(std::string_view text, int level) {
  std::string bytes(text.size() + 64, '\0');
  z_stream stream{};
  constexpr int gzip_only = 16;
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_only + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

constexpr std::string_view panel_text = "0\t0\t0\t6\t6.5\n0\t0\t0\t1\t1\n1\t3\t0\t12\t7\n2\t0\t0\t1\t25\n";
constexpr std::string_view table_text = ",c1,c2,c3\nSox2,3,0,12\n\"Klf4\",0,1.5,7\nOct4,1,1,1\n";
constexpr std::string_view list_text = "gene\tcell\tcount\nSox2\tc1\t3\nSox2\tc3\t12\nKlf4\tc2\t1\n";
constexpr std::string_view times_text = "cell\ttime\nc1\t0\nc2\t6 h\nc3\tday 1\nc4\t36\n";
constexpr std::string_view depths_text = "cell\tdepth\nc1\t4100\nc3\t5200.5\nc2\t1e3\n";

}  // namespace

const std::vector<fuzz::Target>& fuzz::targets() {
  static const std::vector<Target> all{
      {"panel", panel,
       [] {
         return Names{seed({panel_text}, '\0'),
                      seed({"0 0 6 24\ninput:Light 0 1 1\ninput:dose 0 .5 2\nSox2 1 2 3\n"}, '\xc1'),
                      seed({",0,6,24\nSox2,1,2,3\n"}, '\x40'),
                      seed({panel_text, "10\n20\n30\n40\n"}, '\x04'),
                      seed({"time,0,Sox2\n0,0,3\n6,1,2\n6,1,0\n"}, '\x08'),
                      seed({panel_text}, '\x31')};
       }},
      {"beeline", beeline,
       [] {
         return Names{seed({table_text, times_text}, '\x01'), seed({table_text, times_text, depths_text}, '\x2d'),
                      seed({table_text, "\"\",PseudoTime1,PseudoTime2\nc1,0,NA\nc2,NA,.25\nc3,.5,.75\n"}, '\x53'),
                      seed({list_text, times_text}, '\0'), seed({"cell,time,Sox2\nc1,0,3\nc2,6,1\n"}, '\x06')};
       }},
      {"ten_x", ten_x,
       [] {
         constexpr std::string_view matrix =
             "%%MatrixMarket matrix coordinate integer general\n%\n3 3 4\n1 1 3\n2 3 12\n2 2 1\n3 3 5\n";
         constexpr std::string_view features = "E1\tSox2\tGene\nE2\tKlf4\tGene\nE3\tOct4\tGene\n";
         return Names{seed({matrix, features, "c1\nc2\nc3\n", times_text}, '\0'),
                      seed({matrix, features, "c1\nc2\nc3\n", times_text, depths_text}, '\x2c')};
       }},
      {"edges", edges,
       [] {
         return Names{
             seed({"source\ttarget\tweight\tscore\n0\t1\t2.5\t1\n1\t2\t-1\t.5\nSox2\t3\t7\t2\n"}, '\0'),
             seed({"\"\",\"TF\",\"target\",\"importance\",\"regulation\"\n\"1\",\"Sox2\",\"Klf4\",2.5,-1\n"}, '\x30'),
             seed({"#target source weight\nSox2 Klf4 -1\nNanog Sox2 3\n"}, '\x10'),
             seed({"Sox2 activates Klf4\nKlf4 -| Sox2\nOct4 ? Sox2\n"}, '\0'),
             seed({"Sox2\tKlf4\tActivation\t123;456\nKlf4\tSox2\tUnknown\t7\n"}, '\0'),
             seed({"0;1;+\n1;2;-\n"}, '\x03')};
       }},
      {"rates", rates,
       [] {
         return Names{seed({"d0 d1\n1 1\n0.5\t0.1\n0.5\t1e-2\n1\t0.25\n"}, '\0'),
                      seed({"gene,d0,d1\nKlf4,0.5,0.1\n\"Sox2\",0.5,1e-2\nNanog,1,0.25\nOct4,1,.5\n"}, '\x10'),
                      seed({"# h\n\nhalf_life_mRNA [h]\thalf_life_protein [h]\n9\t46\n5.5\t24\n9\t46\n"}, '\0'),
                      seed({"0.5 0.1\n1 0.2\n"}, '\x21')};
       }},
      {"genes", genes,
       [] {
         return Names{seed({"0   Stimulus\ninput:dose\n1\tSox2\n2\tKlf4\n"}, '\0'),
                      seed({"name,index\nSox2,1\n\"Klf4\",2\n"}, '\1'), seed({"# x\nindex;name\n0;a\n1;b c\n"}, '\0'),
                      seed({"gene\nSox2\n\"a, b\"\ninput:dose\nKlf4\n"}, '\0')};
       }},
      {"times", times,
       [] {
         return Names{seed({times_text}, '\1'), seed({"c1 0\nc2 6\nc3 24\n"}, '\1'),
                      seed({"cell,batch,day,x\nc1,a,0,1\nc2,a,1.5,2\nc3,b,d 2,3\n"}, '\1'),
                      seed({"\"\",\"PseudoTime1\",\"PseudoTime2\"\nc1,0,NA\nc2,NA,.25\nc3,.5,.75\n"}, '\1')};
       }},
      {"depths", depths,
       [] {
         return Names{seed({"depth\n4100\n5200.5\n1e3\n"}, '\0'), seed({depths_text}, '\1')};
       }},
      {"time_units", time_units,
       [] {
         return Names{"24h\nday 2\n00:30:00\n2 days 01:00:00\nE7.5\n5\n1e3 min\nweek_1\n", "hours post induction"};
       }},
      {"titled_table", titled_table,
       [] {
         return Names{"# a b\n1 2\n3 4\n", "a;\"b, c\"\n1;2\n", "x,y\nr,1,2\ns,3,4\n"};
       }},
      {"npy", npy,
       [] {
         std::string fortran = cardamom::npy_bytes({{2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}});
         fortran.replace(fortran.find("False"), 5, "True ");
         const auto array = [](std::string_view type, std::string_view shape, std::size_t bytes) {
           std::string header = "{'descr': '" + std::string(type) +
                                "', 'fortran_order': False, 'shape': " + std::string(shape) + ", }\n";
           return "\x93NUMPY\1" + std::string(1, '\0') + static_cast<char>(header.size()) + std::string(1, '\0') +
                  header + std::string(bytes, '\1');
         };
         return Names{cardamom::npy_bytes({{2, 3}, {1, 2, 3, 4, 5, 6}}),
                      fortran,
                      array(">f4", "(2,)", 8),
                      array("|b1", "()", 1),
                      array("<i8", "(0, 3)", 0),
                      array("<u2", "(1L, 2L)", 4)};
       }},
      {"model_directory", model_directory,
       [] {
         Names seeds;
         for (const auto& [name, content] : model_files()) {
           seeds.push_back(seed({content}, static_cast<char>(seeds.size())));
         }
         return seeds;
       }},
      {"gzip", gzip,
       [] {
         return Names{packed(panel_text, 9), packed(panel_text, 0), packed(times_text, 1) + packed(depths_text, 9),
                      packed(std::string(20000, 'a'), 9)};
       }},
      {"counts", counts, [] {
         return Names{seed({panel_text}, '\0'), seed({table_text, times_text}, '\3'),
                      seed({list_text, times_text}, '\2'), seed({packed(panel_text, 9)}, '\0'),
                      seed({"\x89HDF\r\n\x1a\n"}, '\0')};
       }}};
  return all;
}
