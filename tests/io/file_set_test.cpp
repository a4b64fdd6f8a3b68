#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#if __has_include(<sys/file.h>)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <doctest/doctest.h>

#include <cardamom/io/file_journal.hpp>
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

TEST_CASE("what a killed program left of a read-only file is removed") {
  const support::TemporaryDirectory directory;
  namespace fs = std::filesystem;
  directory.write("a", "old");
  directory.write("a.cardamom.part0", "left");
  fs::permissions(directory / "a", fs::perms::owner_read);
  fs::permissions(directory / "a.cardamom.part0", fs::perms::owner_read);
  fs::permissions(directory.path(), fs::perms::all);
  const auto replace = [&] {
    FileSet files;
    files.add(directory / "a", "new");
    files.commit();
  };
  // For the superuser nothing is read-only.
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && (chown((directory / "a").c_str(), 65534, 65534) != 0 ||
                           chown((directory / "a.cardamom.part0").c_str(), 65534, 65534) != 0 || setuid(65534) != 0)) {
      _exit(2);
    }
    try {
      replace();
    } catch (...) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(directory.list() == List{"a"});
  CHECK(support::content(directory / "a") == "new");
  CHECK(fs::status(directory / "a").permissions() == fs::perms::owner_read);
}

TEST_CASE("a directory that is added is rid of what killed programs left") {
  const support::TemporaryDirectory directory;
  directory.write("a.cardamom.part0", "left");
  directory.write("b.cardamom.part3.old", "left");
  directory.write("b.cardamom.part3x", "other");
  FileSet files;
  files.add_directory(directory.path());
  CHECK(directory.list() == List{"b.cardamom.part3x"});
}

TEST_CASE("what a program began to put in place when it was killed is finished by the next one") {
  const support::TemporaryDirectory directory;
  namespace fs = std::filesystem;
  fs::create_directory(directory / "sub");
  const auto absolute = [&](const std::string& name) { return directory / name; };
  // One of the files is in place already.
  directory.write("a", "new");
  directory.write("a.cardamom.part0.old", "old");
  directory.write("b", "old");
  directory.write("b.cardamom.part0", "new");
  directory.write("sub/c", "old");
  directory.write("sub/c.cardamom.part0.external", "new");
  directory.write("obsolete", "old");
  const cardamom::detail::FileJournal journal{
      .moves = {{absolute("a.cardamom.part0"), absolute("a")},
                {absolute("b.cardamom.part0"), absolute("b")},
                {absolute("sub/c.cardamom.part0.external"), absolute("sub/c")}},
      .removals = {absolute("obsolete")},
      .leftovers = {absolute("a.cardamom.part0.old"), absolute("sub/c.cardamom.set0")}};
  const auto begun = [&](const std::string& text) {
    directory.write("a.cardamom.set0", text);
    directory.write("sub/c.cardamom.set0", cardamom::detail::FileJournal{.place = absolute("a.cardamom.set0")}.text());
    FileSet files;
    files.add(directory / "sub/other", "");
  };
  SUBCASE("from any of its directories") {
    begun(journal.text());
    CHECK(directory.list() == List{"a", "b", "sub"});
    for (const char* const name : {"a", "b", "sub/c"}) CHECK(support::content(directory / name) == "new");
    CHECK(std::distance(fs::directory_iterator(directory / "sub"), fs::directory_iterator()) == 1);
  }
  SUBCASE("unless the journal is not whole: then nothing was replaced") {
    const std::string text = journal.text();
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, text.size() / 2, text.size() - 1}) {
      begun(text.substr(0, size));
      CHECK(directory.list() == List{"a", "a.cardamom.part0.old", "b", "b.cardamom.part0", "obsolete", "sub"});
    }
  }
  SUBCASE("but moves nothing that is no part of its file") {
    cardamom::detail::FileJournal other = journal;
    directory.write("mine", "mine");
    other.moves.push_back({absolute("mine"), absolute("b")});
    begun(other.text());
    CHECK(support::content(directory / "mine") == "mine");
    CHECK(support::content(directory / "b") == "old");
  }
  SUBCASE("nor what a living program is about") {
    directory.write("a.cardamom.set0", journal.text());
    const int descriptor = open(absolute("a.cardamom.set0").c_str(), O_RDWR);
    REQUIRE(flock(descriptor, LOCK_EX | LOCK_NB) == 0);
    FileSet files;
    files.add(directory / "sub/other", "");
    CHECK(support::content(directory / "b") == "old");
    close(descriptor);
  }
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

TEST_CASE("a link to what is not there yet is followed, one in a circle refused") {
  const support::TemporaryDirectory directory;
  namespace fs = std::filesystem;
  fs::create_symlink("second", directory / "first");
  fs::create_symlink(directory / "real", directory / "second");
  fs::create_symlink("circle", directory / "circle");
  CHECK(cardamom::followed_link(directory / "first") == directory / "real");
  CHECK(cardamom::followed_link(directory / "real") == directory / "real");
  FileSet files;
  files.add(directory / "first", "new");
  support::check_io_error(directory / "circle", ": cannot be written: Too many levels of symbolic links",
                          [&] { files.add(directory / "circle", ""); });
  files.commit();
  CHECK(directory.list() == List{"circle", "first", "real", "second"});
  CHECK(fs::is_symlink(directory / "first"));
  CHECK(support::content(directory / "real") == "new");
}

TEST_CASE("when one of several files cannot be put in place, those before are put back") {
  const support::TemporaryDirectory directory;
  directory.write("a", "old");
  directory.write("obsolete", "old");
  {
    FileSet files;
    files.add_directory(directory / "sub");
    files.add(directory / "a", "new");
    files.add(directory / "b", "new");
    files.add(directory / "sub/c", "new");
    files.add_removal(directory / "obsolete");
    std::filesystem::remove(directory / "sub/c.cardamom.part0");
    support::check_io_error(directory / "sub/c", ": cannot be replaced: No such file or directory",
                            [&] { files.commit(); });
  }
  CHECK(directory.list() == List{"a", "obsolete"});
  CHECK(support::content(directory / "a") == "old");
  FileSet files;
  files.add(directory / "a", "new");
  files.add(directory / "b", "new");
  std::filesystem::create_directory(directory / "b");
  support::check_io_error(directory / "b", ": cannot be replaced: it is a directory", [&] { files.commit(); });
  CHECK(support::content(directory / "a") == "old");
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
