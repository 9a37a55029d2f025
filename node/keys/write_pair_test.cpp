#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "node/keys/folder_for_tests.hpp"
#include "node/keys/key_files.hpp"

namespace {

// What was synced, in order; the sync number `fail_at` fails, 0: none.
std::vector<struct stat> synced;
std::size_t fail_at = 0;

}  // namespace

// In place of the C library's, for this program.
extern "C" int fsync(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return -1;
  synced.push_back(status);
  if (synced.size() != fail_at) return static_cast<int>(::syscall(SYS_fsync, descriptor));
  errno = EIO;
  return -1;
}

namespace lockstep::node {
namespace {

namespace fs = std::filesystem;

std::string content(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

mode_t mode_of(const std::string& file) {
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

TEST_CASE("a pair is written for its node, the secret for its owner alone") {
  const Folder folder;
  for (const mode_t umask : {0u, 022u, 077u, 0777u}) {
    const mode_t before = ::umask(umask);
    const KeyPaths paths = write_pair(folder.path(), secret_of(3));
    ::umask(before);
    CHECK(paths.secret == folder / "node-3.secret");
    CHECK(paths.key == folder / "node-3.pub");
    CHECK(folder.names() == std::vector<std::string>{"node-3.pub", "node-3.secret"});
    CHECK(mode_of(paths.secret) == 0600);
    CHECK(mode_of(paths.key) == 0644);
    CHECK(content(paths.secret) == text_of(secret_of(3)));
    CHECK(content(paths.key) == text_of(key_of(3)));
    Errors errors;
    CHECK(read_secret(paths.secret, errors) == secret_of(3));
    CHECK(read_key(paths.key, errors) == key_of(3));
    CHECK(read_either(paths.secret, errors) == key_of(3));
    CHECK(read_either(paths.key, errors) == key_of(3));
    CHECK(errors.count() == 0);
    fs::remove(paths.secret);
    fs::remove(paths.key);
  }
}

TEST_CASE("a file that is there is never written over, nor is the other one left behind") {
  const Folder folder;
  for (const std::string name : {"node-1.secret", "node-1.pub"}) {
    const std::string file = folder.write(name, "precious");
    try {
      write_pair(folder.path() + "/", secret_of(1));
      FAIL("written");
    } catch (const KeysThere& there) {
      CHECK(there.what() == file + ": there already; a key is never overwritten");
    }
    CHECK(folder.names() == std::vector<std::string>{name});
    CHECK(content(file) == "precious");
    fs::remove(file);
  }
  // Nor does a link lead elsewhere.
  fs::create_symlink(folder / "elsewhere", folder / "node-1.secret");
  CHECK_THROWS_AS(write_pair(folder.path(), secret_of(1)), KeysThere);
  CHECK(folder.names() == std::vector<std::string>{"node-1.secret"});
}

TEST_CASE("a folder that cannot be written, or is none, is refused") {
  const Folder folder;
  const auto refused = [](const std::string& path) {
    try {
      write_pair(path, secret_of(1));
    } catch (const KeysNotWritten& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refused(folder / "none") ==
        folder / "none/node-1.secret: cannot be written (No such file or directory)");
  folder.write("file", "");
  CHECK(holds(refused(folder / "file"), "Not a directory"));
  CHECK(folder.names() == std::vector<std::string>{"file"});
}

// A disk that fills up, as a limit on the size of files.
TEST_CASE("where the disk takes only a part, nothing is left") {
  const Folder folder;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const std::size_t secret_size = text_of(secret_of(1)).size();
  const std::size_t key_size = text_of(key_of(1)).size();
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, key_size, secret_size - 1}) {
    rlimit limit = before;
    limit.rlim_cur = size;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    std::string refused;
    try {
      write_pair(folder.path(), secret_of(1));
    } catch (const KeysNotWritten& error) {
      refused = error.what();
    }
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(refused == folder / "node-1.secret: cannot be written (File too large)");
    CHECK(folder.names().empty());
  }
  ::signal(SIGXFSZ, handler);
}

TEST_CASE("both files are synced when they are whole, then the folder") {
  const Folder folder;
  synced.clear();
  const KeyPaths paths = write_pair(folder.path(), secret_of(1));
  REQUIRE(synced.size() == 3);
  CHECK(synced[0].st_size == static_cast<off_t>(text_of(secret_of(1)).size()));
  CHECK((synced[0].st_mode & 07777) == 0600);
  CHECK(synced[1].st_size == static_cast<off_t>(text_of(key_of(1)).size()));
  CHECK((synced[1].st_mode & 07777) == 0644);
  CHECK(S_ISDIR(synced[2].st_mode));
  fs::remove(paths.secret);
  fs::remove(paths.key);
  for (fail_at = 1; fail_at <= 3; ++fail_at) {
    synced.clear();
    try {
      write_pair(folder.path(), secret_of(1));
      FAIL("written");
    } catch (const KeysNotWritten& error) {
      CHECK(holds(error.what(), ": cannot be written (Input/output error)"));
    }
    CHECK(folder.names().empty());
  }
  fail_at = 0;
}

TEST_CASE("no file stays open") {
  const Folder folder;
  const auto lowest_free = [] {
    const int number = ::open("/dev/null", O_RDONLY);
    ::close(number);
    return number;
  };
  const int before = lowest_free();
  const KeyPaths paths = write_pair(folder.path(), secret_of(1));
  Errors errors;
  CHECK(read_keyring(folder.path(), paths.secret, errors));
  CHECK(!read_key(folder.path(), errors));
  CHECK_THROWS_AS(write_pair(folder.path(), secret_of(1)), KeysThere);
  CHECK(lowest_free() == before);
}

}  // namespace
}  // namespace lockstep::node
