#include "node/keys/key_files.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "node/keys/ed25519.hpp"
#include "node/keys/keys_for_tests.hpp"

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

// Empty, and removed with what is in it.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "lockstep-keys-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file, std::ios::binary) << text;
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    return file;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::string path_;
};

NodeSecret secret_of(std::uint32_t node) { return {NodeId(node), example_secret(node)}; }
NodeKey key_of(std::uint32_t node) { return {NodeId(node), ed25519_public(example_secret(node))}; }

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

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What reading says, when it reads nothing.
template <class Read>
std::string refusal_of(Read read) {
  Errors errors;
  CHECK(!read(errors));
  CHECK(errors.count() > 0);
  return errors.text();
}
std::string refused_ring(const std::string& folder, const std::string& secret) {
  return refusal_of([&](Errors& errors) { return read_keyring(folder, secret, errors); });
}
std::string refused_secret(const std::string& file) {
  return refusal_of([&](Errors& errors) { return read_secret(file, errors); });
}
std::string refused_key(const std::string& file) {
  return refusal_of([&](Errors& errors) { return read_key(file, errors); });
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

TEST_CASE("a secret that others may use is refused, whatever they may do") {
  const Folder folder;
  const std::string file = folder.write("mine", text_of(secret_of(1)));
  for (const mode_t mode : {0640u, 0604u, 0620u, 0602u, 0610u, 0601u, 0644u, 0777u}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    const std::string said = refused_secret(file);
    CHECK_MESSAGE(holds(said, file + ": others than its owner may use this secret key (mode 0"),
                  mode, said);
    CHECK(holds(said, "chmod 600 " + file));
    CHECK(refusal_of([&](Errors& errors) { return read_either(file, errors); }) == said);
  }
  for (const mode_t mode : {0600u, 0400u, 0700u}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    Errors errors;
    CHECK(read_secret(file, errors) == secret_of(1));
  }
}

TEST_CASE("what is no file of a key is refused by name") {
  const Folder folder;
  CHECK(refused_key(folder / "none") == folder / "none: there is no such file");
  CHECK(refused_key(folder.path()) == folder.path() + ": this is a folder; name a file in it");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(refused_key(folder / "pipe") == folder / "pipe: this is no regular file");
  CHECK(refused_secret("/dev/null") == "/dev/null: this is no regular file");
  const std::string comment(largest_key_file - text_of(key_of(1)).size() - 1, '#');
  Errors errors;
  CHECK(read_key(folder.write("4096", comment + "\n" + text_of(key_of(1))), errors) == key_of(1));
  const std::string larger = folder.write("4097", "#" + comment + "\n" + text_of(key_of(1)));
  CHECK(refused_key(larger) == larger + ": larger than 4 KiB; is this a key?");
  const std::string lines = folder.write("lines", "# of node 1\nlockstep-ed25519 1 12\n");
  CHECK(refused_key(lines) == lines + ":2: the third word is the key, 64 hexadecimal digits");
  CHECK(holds(refused_key(folder.write("open", text_of(key_of(1)), 0646)),
              "open: anybody may change this key; chmod o-w"));
  if (::geteuid() != 0)
    CHECK(holds(refused_key(folder.write("shut", text_of(key_of(1)), 0)), "check its permissions"));
}

// node-N.pub of 1 to 4, and the secret of node 2 beside them.
struct Ring {
  Folder folder;
  std::string secret;
  Ring() {
    for (std::uint32_t node = 1; node <= 4; ++node)
      folder.write("node-" + std::to_string(node) + ".pub", text_of(key_of(node)), 0644);
    secret = folder.write("node-2.secret", text_of(secret_of(2)));
  }
};

TEST_CASE("a keyring is everybody's public key and one secret") {
  const Ring ring;
  // Not read: other names, and what editors leave.
  ring.folder.write("README", "what this is");
  ring.folder.write(".node-1.pub", "half");
  ring.folder.write("node-1.pub~", "old");
  Errors errors;
  const auto keyring = read_keyring(ring.folder.path(), ring.secret, errors);
  CHECK(errors.text() == "");
  REQUIRE(keyring);
  CHECK(keyring->scheme == ed25519_scheme());
  CHECK(keyring->self == NodeId(2));
  CHECK(keyring->secret == example_secret(2));
  REQUIRE(keyring->keys.size() == 4);
  for (std::uint32_t node = 1; node <= 4; ++node)
    CHECK(*keyring->keys.find(NodeId(node)) == key_of(node).key);
  const quorum::Signature signature = keyring->sign("a vote");
  CHECK(keyring->verify(NodeId(2), "a vote", signature));
  CHECK(!keyring->verify(NodeId(1), "a vote", signature));
  CHECK(!keyring->verify(NodeId(5), "a vote", signature));
}

TEST_CASE("the line says whose key it is, not the name of the file") {
  const Ring ring;
  fs::rename(ring.folder / "node-4.pub", ring.folder / "er-north.pub");
  Errors errors;
  const auto keyring = read_keyring(ring.folder.path(), ring.secret, errors);
  REQUIRE(keyring);
  CHECK(*keyring->keys.find(NodeId(4)) == key_of(4).key);
}

TEST_CASE("every file of a folder that is refused is named, each on a line") {
  const Ring ring;
  ring.folder.write("node-1.pub", "# broken\nlockstep-ed25519 1 12\n");
  ring.folder.write("node-3.pub", text_of(secret_of(3)));
  CHECK(refused_ring(ring.folder.path(), ring.folder / "none") ==
        ring.folder / "none: there is no such file\n" + (ring.folder / "node-1.pub") +
            ":2: the third word is the key, 64 hexadecimal digits\n" +
            (ring.folder / "node-3.pub") +
            ":1: this is a secret key, which belongs on its own node alone; give others the public "
            "one");
}

TEST_CASE("two keys of a node, and one key of two nodes, are refused") {
  const Ring ring;
  const std::string copy = ring.folder.write("other.pub", text_of(key_of(1)));
  CHECK(refused_ring(ring.folder.path(), ring.secret) ==
        copy + ": a second key of node 1; the first is in " + (ring.folder / "node-1.pub"));
  ring.folder.write("other.pub", text_of(NodeKey{NodeId(5), key_of(1).key}));
  CHECK(refused_ring(ring.folder.path(), ring.secret) ==
        copy + ": the same key as in " + (ring.folder / "node-1.pub") +
            "; two nodes with one key are one voter");
}

TEST_CASE("a secret whose public key the peers do not have is refused") {
  const Ring ring;
  const std::string own = ring.folder / "node-2.pub";
  fs::remove(own);
  CHECK(refused_ring(ring.folder.path(), ring.secret) ==
        ring.folder.path() +
            ": holds no key of this node, 2; the folder is the same on every node");
  ring.folder.write("node-2.pub", text_of(NodeKey{NodeId(2), key_of(5).key}));
  CHECK(holds(refused_ring(ring.folder.path(), ring.secret),
              own + ": not the public key of this node's secret"));
}

TEST_CASE("a folder that is none, has no key or is open to all is refused") {
  const Ring ring;
  const Folder empty;
  CHECK(holds(refused_ring(empty / "none", ring.secret),
              empty / "none: cannot be read (No such file or directory)"));
  CHECK(holds(refused_ring(ring.secret, ring.secret), "cannot be read (Not a directory)"));
  CHECK(refused_ring(empty.path(), ring.secret) ==
        empty.path() + ": holds no public key, a file named *.pub");
  REQUIRE(::chmod(ring.folder.path().c_str(), 0707) == 0);
  CHECK(refused_ring(ring.folder.path(), ring.secret) ==
        ring.folder.path() + ": anybody may put a key here; chmod o-w " + ring.folder.path());
}

}  // namespace
}  // namespace lockstep::node
