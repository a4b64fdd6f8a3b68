#include <filesystem>
#include <string>
#include <vector>

#if __has_include(<sys/file.h>)
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#endif

#include <doctest/doctest.h>

#include <cardamom/io/file_set.hpp>
#include <support/files.hpp>

using cardamom::FileSet;
using List = std::vector<std::string>;

TEST_CASE("files of a set appear together") {
  const support::TemporaryDirectory directory;
  directory.write("a", "old");
  FileSet files;
  files.add_directory(directory / "sub");
  files.add(directory / "a", "new");
  files.add(directory / "sub/b", "b");
  CHECK(support::content(directory / "a") == "old");
  CHECK_FALSE(std::filesystem::exists(directory / "sub/b"));
  files.commit();
  CHECK(support::content(directory / "a") == "new");
  CHECK(support::content(directory / "sub/b") == "b");
  CHECK(directory.list() == List{"a", "sub"});
}

TEST_CASE("a set that is not committed leaves nothing") {
  const support::TemporaryDirectory directory;
  directory.write("a", "old");
  {
    FileSet files;
    files.add_directory(directory / "sub");
    files.add(directory / "a", "new");
    files.add(directory / "b", "new");
    files.add(directory / "sub/c", "new");
    files.add_removal(directory / "a");
    CHECK_THROWS_AS(files.add(directory / "none/d", "new"), cardamom::IoError);
  }
  CHECK(support::content(directory / "a") == "old");
  CHECK(directory.list() == List{"a"});
}

TEST_CASE("a set removes what is obsolete") {
  const support::TemporaryDirectory directory;
  directory.write("a", "old");
  FileSet files;
  files.add_removal(directory / "a");
  files.add_removal(directory / "none");
  CHECK(directory.list() == List{"a"});
  files.commit();
  CHECK(directory.list().empty());
}

TEST_CASE("unfinished files of others are left alone") {
  const support::TemporaryDirectory directory;
  directory.write("a.part0", "other");
  FileSet files;
  files.add(directory / "a", "new");
  files.commit();
  CHECK(directory.list() == List{"a", "a.part0"});
  CHECK(support::content(directory / "a.part0") == "other");
}

#if __has_include(<sys/file.h>)
TEST_CASE("files that a killed program left are removed, those that are being written are not") {
  const support::TemporaryDirectory directory;
  directory.write("a.cardamom.part0", "left");
  directory.write("a.cardamom.part7", "left");
  directory.write("a.cardamom.part7.external", "left");
  directory.write("b.cardamom.part1", "left");
  directory.write("a.cardamom.part", "other");
  directory.write("a.cardamom.part1x", "other");
  directory.write("aa.cardamom.part0", "other");
  FileSet files;
  files.add(directory / "a", "first");
  FileSet beside;
  beside.add(directory / "a", "second");
  beside.add_removal(directory / "b");
  CHECK(directory.list() ==
        List{"a.cardamom.part", "a.cardamom.part0", "a.cardamom.part1", "a.cardamom.part1x", "aa.cardamom.part0"});
  beside.commit();
  CHECK(support::content(directory / "a") == "second");
  files.commit();
  CHECK(support::content(directory / "a") == "first");
  CHECK(directory.list() == List{"a", "a.cardamom.part", "a.cardamom.part1x", "aa.cardamom.part0"});
}
#endif

TEST_CASE("a library that writes a file itself may lock it") {
  const support::TemporaryDirectory directory;
  directory.write("a", "old");
  std::filesystem::permissions(directory / "a", std::filesystem::perms::owner_all);
  {
    FileSet files;
    directory.write(std::filesystem::path(files.add_external(directory / "a")).filename(), "lost");
  }
  CHECK(directory.list() == List{"a"});
  CHECK(support::content(directory / "a") == "old");
  FileSet files;
  const std::string name = files.add_external(directory / "a");
#if __has_include(<sys/file.h>)
  const int descriptor = open(name.c_str(), O_RDWR);
  CHECK(flock(descriptor, LOCK_EX | LOCK_NB) == 0);
  close(descriptor);
#endif
  FileSet beside;
  beside.add(directory / "a", "");
  directory.write(std::filesystem::path(name).filename(), "new");
  files.commit();
  CHECK(support::content(directory / "a") == "new");
  CHECK(std::filesystem::status(directory / "a").permissions() == std::filesystem::perms::owner_all);
}

TEST_CASE("links are followed and permissions kept") {
  const support::TemporaryDirectory directory;
  namespace fs = std::filesystem;
  directory.write("real", "old");
  fs::permissions(directory / "real", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real", directory / "link");
  FileSet files;
  files.add(directory / "link", "new");
  files.commit();
  CHECK(fs::is_symlink(directory / "link"));
  CHECK(support::content(directory / "real") == "new");
  CHECK(fs::status(directory / "real").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(directory.list() == List{"link", "real"});
}

TEST_CASE("a device is written directly") {
  FileSet files;
  files.add("/dev/null", "anything");
  files.commit();
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("a full disk is an error") {
  if (!std::filesystem::is_character_file("/dev/full")) return;
  FileSet files;
  files.add("/dev/full", "anything");
  support::check_io_error("/dev/full", ": cannot be written: No space left on device", [&] { files.commit(); });
}

TEST_CASE("destinations that cannot be are refused") {
  const support::TemporaryDirectory directory;
  const std::string file = directory.write("file", "");
  FileSet files;
  support::check_io_error(directory.path(), ": cannot be written: it is a directory",
                          [&] { files.add(directory.path(), ""); });
  support::check_io_error("", ": a file needs a name", [&] { files.add("", ""); });
  support::check_io_error(directory / "none/a", ": cannot be written: No such file or directory",
                          [&] { files.add(directory / "none/a", ""); });
  support::check_io_error(file, ": the directory cannot be made: File exists", [&] { files.add_directory(file); });
  support::check_io_error(directory / "none/a", ": the directory cannot be made: No such file or directory",
                          [&] { files.add_directory(directory / "none/a"); });
}
