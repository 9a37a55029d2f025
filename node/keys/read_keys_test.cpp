#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "node/keys/folder_for_tests.hpp"
#include "node/keys/key_files.hpp"

namespace lockstep::node {
namespace {

namespace fs = std::filesystem;

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
