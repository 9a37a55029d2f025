#include "node/keys/key_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "core/base/hash.hpp"
#include "node/keys/ed25519.hpp"

namespace lockstep::node {
namespace {

constexpr std::string_view public_word = "lockstep-ed25519";
constexpr std::string_view secret_word = "lockstep-ed25519-secret";
constexpr std::string_view space = " \t\r";
constexpr std::uint32_t highest_node = 1000;

struct Line {
  std::size_t number = 0;  // the first is 1
  std::vector<std::string_view> words;
};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(space, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(space, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

// Those that are neither empty nor comments.
std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::vector<std::string_view> words = words_of(text.substr(0, end));
    if (!words.empty() && words.front().front() != '#') lines.push_back({number, std::move(words)});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view other_word(std::string_view word, std::string_view expected) {
  if (word == secret_word)
    return "this is a secret key, which belongs on its own node alone; give others the public one";
  if (word == public_word) return "this is a public key; the secret one is wanted";
  if (word.starts_with("-----BEGIN"))
    return "this is PEM; make a pair with lockstepctl keygen, which writes one line";
  return expected == secret_word ? "a secret key is a line: lockstep-ed25519-secret NODE HEX"
                                 : "a public key is a line: lockstep-ed25519 NODE HEX";
}

std::optional<NodeId> node_of(std::string_view word) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  if (!whole || number < 1 || number > highest_node) return std::nullopt;
  return NodeId(number);
}

struct Found {
  std::string place;
  NodeId node;
  std::array<std::uint8_t, 32> bytes;
};

// The one key line, if it begins with `expected`.
std::optional<Found> find_line(const std::string& file, std::string_view text,
                               std::string_view expected, Errors& errors) {
  const std::vector<Line> lines = lines_of(text);
  const auto refuse = [&](std::string_view place, std::string_view why) {
    errors.add(place, "", why);
    return std::nullopt;
  };
  if (lines.empty()) return refuse(file, "holds no key; was it written to its end?");
  const Line& line = lines.front();
  const std::string place = fmt::format("{}:{}", file, line.number);
  if (line.words.front() != expected)
    return refuse(place, other_word(line.words.front(), expected));
  if (line.words.size() != 3)
    return refuse(place, "expected three words: the kind of key, the node, 64 digits");
  const auto node = node_of(line.words[1]);
  if (!node) return refuse(place, "the second word is the node, a whole number from 1 to 1000");
  const auto bytes = Hash::from_hex(line.words[2]);  // 32 bytes of a key, as of a hash
  if (!bytes) return refuse(place, "the third word is the key, 64 hexadecimal digits");
  if (lines.size() > 1)
    return refuse(fmt::format("{}:{}", file, lines[1].number), "a file holds one key; remove this");
  return Found{place, *node, bytes->bytes};
}

std::string line_with(std::string_view word, NodeId node,
                      const std::array<std::uint8_t, 32>& bytes) {
  return fmt::format("{} {} {}\n", word, node.value(), Hash{.bytes = bytes}.hex());
}

}  // namespace

std::string text_of(const NodeKey& key) { return line_with(public_word, key.node, key.key.bytes); }
std::string text_of(const NodeSecret& secret) {
  return line_with(secret_word, secret.node, secret.secret.bytes);
}
std::string hex_of(const quorum::PublicKey& key) { return Hash{.bytes = key.bytes}.hex(); }

std::optional<NodeKey> parse_key(const std::string& file, std::string_view text, Errors& errors) {
  const auto found = find_line(file, text, public_word, errors);
  if (!found) return std::nullopt;
  const NodeKey key{found->node, quorum::PublicKey{.bytes = found->bytes}};
  if (const std::string_view why = refusal(key.key); !why.empty()) {
    errors.add(found->place, "", fmt::format("this key {}", why));
    return std::nullopt;
  }
  return key;
}

std::optional<NodeSecret> parse_secret(const std::string& file, std::string_view text,
                                       Errors& errors) {
  const auto found = find_line(file, text, secret_word, errors);
  if (!found) return std::nullopt;
  return NodeSecret{found->node, quorum::SecretKey{.bytes = found->bytes}};
}

bool says_secret(std::string_view text) {
  const std::vector<Line> lines = lines_of(text);
  return !lines.empty() && lines.front().words.front() == secret_word;
}

}  // namespace lockstep::node
