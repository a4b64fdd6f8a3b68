// Lists of a line per gene and cell with their count.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/error.hpp>
#include <cardamom/io/read_counts.hpp>
#include <support/files.hpp>

using cardamom::Counts;
using cardamom::CountsFile;
using cardamom::IoError;
using cardamom::Matrix;
using cardamom::ReadCountsOptions;
using Names = std::vector<std::string>;

namespace {

const std::string list = "gene\tcell\tcount\nSox2\tc1\t3\nSox2\tc3\t12\nKlf4\tc2\t1\nKlf4\tc3\t5\n";
const std::string cell_times = "cell,time\nc1,0\nc2,6\nc3,24\n";

struct Folder {
  support::TemporaryDirectory directory;
  ReadCountsOptions options{.times = directory.write("times.csv", cell_times)};

  CountsFile read(const std::string& content) {
    return cardamom::read_counts(directory.write("list", content), options);
  }
  void refused(const std::string& content, const std::string& message) {
    CAPTURE(content);
    const std::string path = directory.write("list", content);
    CHECK_THROWS_WITH_AS(static_cast<void>(cardamom::read_counts(path, options)), (path + message).c_str(), IoError);
  }
};

}  // namespace

TEST_CASE("lists of counts are read, what is not listed is 0") {
  Folder folder;
  // Cells are in the order in which they come: c1, c3, c2.
  Matrix values(3, 3);
  values << 0, 3, 0, 1, 12, 5, 1, 0, 1;
  for (const std::string& content :
       {list, std::string("Cell_Barcode,UMI,Gene\nc1,3,Sox2\nc3,12,Sox2\nc2,1,Klf4\nc3,5,Klf4\n"),
        std::string(",gene,cell,counts\n0,Sox2,c1,3\n1,Sox2,c3,12\n2,Klf4,c2,1\n3,Klf4,c3,5\n"),
        std::string("\"gene\" \"cell\" \"count\"\n\"1\" \"Sox2\" \"c1\" 3\n\"2\" \"Sox2\" \"c3\" 12\n"
                    "\"3\" \"Klf4\" \"c2\" 1\n\"4\" \"Klf4\" \"c3\" 5\n")}) {
    CAPTURE(content);
    const CountsFile file = folder.read(content);
    CHECK(file.format == "list of counts");
    CHECK(file.counts.values() == values);
    CHECK(file.counts.times() == Eigen::Vector3d(0, 24, 6));
    CHECK(file.counts.names() == Names{"Stimulus", "Sox2", "Klf4"});
    CHECK(file.totals == Eigen::Vector3d(3, 17, 1));
    REQUIRE(file.remarks.size() == 1);
    CHECK(file.remarks[0].ends_with(": a list of counts, what it does not list is 0"));
  }
}

TEST_CASE("genes of a list of counts are chosen by names alone, totals are over all of them") {
  Folder folder;
  folder.options.gene_names = folder.directory.write("genes", "Klf4\n");
  const CountsFile file = folder.read(list);
  CHECK(file.counts.names() == Names{"Stimulus", "Klf4"});
  CHECK(file.counts.values().col(1) == Eigen::Vector3d(0, 5, 1));
  CHECK(file.totals == Eigen::Vector3d(3, 17, 1));
  folder.options.inputs = Names{};
  CHECK(folder.read(list).counts.names() == Names{"Klf4"});
}

TEST_CASE("bad lists of counts are refused") {
  Folder folder;
  folder.refused(list + "Klf4\tc2\t1\n", ", line 6: the count of gene \"Klf4\" in cell \"c2\" is given twice");
  folder.refused(list + "Klf4\tc1\n",
                 ", line 6, column 3: the line has 2 columns, must have 3: a gene, a cell and their "
                 "count");
  folder.refused(list + "Klf4\tc1\t0\t1\n", ", line 6, column 4: the line has more than the 3 columns of a list");
  folder.refused(list + "Klf4\tc1\t.5\n",
                 ", line 6, column 3: value is \".5\", must be a whole number in [0, 2^53]: counts are molecules");
  folder.refused(list + "\tc1\t1\n", ", line 6, column 1: the gene has no name");
  folder.refused("gene\tcell\tcount\n", ": the list has no lines");
  folder.options.orientation = cardamom::TableOrientation::cells_by_genes;
  folder.refused(list, ": an orientation is given, but this is a list of counts, a line per gene and cell");
  folder.options.orientation = cardamom::TableOrientation::detect;
  folder.options.values = cardamom::ValueScale::log2;
  folder.refused(list, ": values are said to be log2, but this is a list of counts, where what is not listed is 0");
  folder.options.values = {};
  folder.options.times.clear();
  folder.refused(list, ": a list of counts does not say when its cells were taken: give a table of times");
}
