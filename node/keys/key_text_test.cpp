#include "node/keys/key_text.hpp"

#include <doctest/doctest.h>

#include "node/keys/ed25519.hpp"
#include "node/keys/keys_for_tests.hpp"

namespace lockstep::node {
namespace {

const std::string secret_digits(rfc8032_examples[1].secret);
const std::string digits(rfc8032_examples[1].key);
const std::string secret_line = "lockstep-ed25519-secret 2 " + secret_digits + "\n";
const std::string line = "lockstep-ed25519 2 " + digits + "\n";
const NodeSecret secret_of_two{NodeId(2), example_secret(2)};
const NodeKey key_of_two{NodeId(2), ed25519_public(example_secret(2))};

std::optional<NodeKey> key_in_text(const std::string& text) {
  Errors errors;
  const auto read = parse_key("F", text, errors);
  CHECK_MESSAGE(errors.count() == (read ? 0u : 1u), errors.text());
  return read;
}

std::string key_text_refused(const std::string& text) {
  Errors errors;
  CHECK(!parse_key("F", text, errors));
  return errors.text();
}

std::string secret_text_refused(const std::string& text) {
  Errors errors;
  CHECK(!parse_secret("F", text, errors));
  CHECK(errors.text().find(secret_digits.substr(0, 16)) == std::string::npos);
  return errors.text();
}

TEST_CASE("a key is one line, and reads as it was written") {
  CHECK(text_of(key_of_two) == line);
  CHECK(text_of(secret_of_two) == secret_line);
  CHECK(hex_of(key_of_two.key) == digits);
  CHECK(key_in_text(line) == key_of_two);
  Errors errors;
  CHECK(parse_secret("F", secret_line, errors) == secret_of_two);
  CHECK(errors.count() == 0);
  for (const std::uint32_t node : {1u, 9u, 1000u}) {
    const NodeKey other{NodeId(node), key_of_two.key};
    CHECK(key_in_text(text_of(other)) == other);
  }
}

TEST_CASE("comments, empty lines, space and capital digits change nothing") {
  std::string capitals = digits;
  for (char& c : capitals) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  CHECK(key_in_text("# checked by phone\n\n  \t# twice\n" + line + "\n# end") == key_of_two);
  CHECK(key_in_text("lockstep-ed25519 2 " + digits) == key_of_two);
  CHECK(key_in_text(" \tlockstep-ed25519\t 2  " + digits + " \r\n\r\n") == key_of_two);
  CHECK(key_in_text("lockstep-ed25519 2 " + capitals + "\n") == key_of_two);
}

TEST_CASE("what is no public key is refused with file and line") {
  CHECK(key_text_refused("") == "F: holds no key; was it written to its end?");
  CHECK(key_text_refused("\n# none\n") == "F: holds no key; was it written to its end?");
  CHECK(key_text_refused("# one\n\nssh-ed25519 AAAA me\n") ==
        "F:3: a public key is a line: lockstep-ed25519 NODE HEX");
  CHECK(key_text_refused("-----BEGIN PUBLIC KEY-----\n") ==
        "F:1: this is PEM; make a pair with lockstepctl keygen, which writes one line");
  const std::string words = "F:1: expected three words: the kind of key, the node, 64 digits";
  CHECK(key_text_refused("lockstep-ed25519\n") == words);
  CHECK(key_text_refused("lockstep-ed25519 " + digits + "\n") == words);
  CHECK(key_text_refused("lockstep-ed25519 2 " + digits + " north\n") == words);
  for (const std::string node : {"0", "1001", "-1", "+1", "1x", "0x1", "4294967298", "n2"})
    CHECK_MESSAGE(key_text_refused("lockstep-ed25519 " + node + " " + digits) ==
                      "F:1: the second word is the node, a whole number from 1 to 1000",
                  node);
  for (const std::string& wrong :
       {digits.substr(1), digits + "0", digits.substr(2), "g" + digits.substr(1), std::string("-")})
    CHECK_MESSAGE(key_text_refused("lockstep-ed25519 2 " + wrong) ==
                      "F:1: the third word is the key, 64 hexadecimal digits",
                  wrong);
  CHECK(key_text_refused(line + "#\n" + line) == "F:3: a file holds one key; remove this");
  CHECK(key_text_refused(line + "x\n") == "F:2: a file holds one key; remove this");
  CHECK(key_text_refused("\n" + secret_line) ==
        "F:2: this is a secret key, which belongs on its own node alone; give others the public "
        "one");
}

TEST_CASE("a key that nobody should be known by is refused") {
  const std::string zeros(62, '0');
  CHECK(key_text_refused("#\nlockstep-ed25519 2 01" + zeros) ==
        "F:2: this key is one that everybody can sign for");
  CHECK(key_text_refused("lockstep-ed25519 2 02" + zeros) ==
        "F:1: this key is no point of the curve; is a digit wrong?");
}

TEST_CASE("what is no secret key is refused and never shown") {
  CHECK(secret_text_refused("") == "F: holds no key; was it written to its end?");
  CHECK(secret_text_refused(line) == "F:1: this is a public key; the secret one is wanted");
  CHECK(secret_text_refused(secret_digits) ==
        "F:1: a secret key is a line: lockstep-ed25519-secret NODE HEX");
  CHECK(secret_text_refused("lockstep-ed25519-secret " + secret_digits) ==
        "F:1: expected three words: the kind of key, the node, 64 digits");
  CHECK(secret_text_refused("lockstep-ed25519-secret " + secret_digits + " 2") ==
        "F:1: the second word is the node, a whole number from 1 to 1000");
  CHECK(secret_text_refused("lockstep-ed25519-secret 2 " + secret_digits.substr(1)) ==
        "F:1: the third word is the key, 64 hexadecimal digits");
  CHECK(secret_text_refused(secret_line + secret_line) == "F:2: a file holds one key; remove this");
}

TEST_CASE("no part of a line is a key, and no byte of it goes without saying") {
  for (std::size_t size = 0; size + 1 < line.size(); ++size)
    CHECK_MESSAGE(!key_in_text(line.substr(0, size)), size);
  for (std::size_t at = 0; at + 1 < line.size(); ++at) {
    std::string changed = line;
    changed[at] = '~';
    CHECK_MESSAGE(!key_in_text(changed), at);
    changed[at] = '\0';
    CHECK_MESSAGE(!key_in_text(changed), at);
  }
}

TEST_CASE("whether a text says that it is a secret") {
  CHECK(says_secret(secret_line));
  CHECK(says_secret("# mine\nlockstep-ed25519-secret"));
  CHECK(!says_secret(line));
  CHECK(!says_secret("# lockstep-ed25519-secret 2"));
  CHECK(!says_secret(line + secret_line));
  CHECK(!says_secret(""));
}

}  // namespace
}  // namespace lockstep::node
