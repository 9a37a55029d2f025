// Reading of key_files.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>
#include <vector>

#include "node/keys/ed25519.hpp"
#include "node/keys/key_files.hpp"

namespace lockstep::node {
namespace {

struct Content {
  std::string text;
  mode_t mode = 0;
};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

// All there is up to one byte more than the largest file; nothing, and errno, when it fails.
std::optional<std::string> read_some(int descriptor) {
  std::string text(largest_key_file + 1, '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t more = ::read(descriptor, text.data() + got, text.size() - got);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return std::nullopt;
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  text.resize(got);
  return text;
}

// The mode is that of the file that was read, whatever its name stands for a moment later.
std::optional<Content> read_file(const std::string& file, Errors& errors) {
  const auto refuse = [&](std::string_view why) {
    errors.add(file, "", why);
    return std::nullopt;
  };
  const auto refuse_call = [&] {
    return refuse(fmt::format("cannot be read ({}); check its permissions", std::strerror(errno)));
  };
  // Without O_NONBLOCK a pipe would keep us waiting.
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (opened.number() < 0 && errno == ENOENT) return refuse("there is no such file");
  if (opened.number() < 0) return refuse_call();
  struct stat status {};
  if (::fstat(opened.number(), &status) != 0) return refuse_call();
  if (S_ISDIR(status.st_mode)) return refuse("this is a folder; name a file in it");
  if (!S_ISREG(status.st_mode)) return refuse("this is no regular file");
  auto text = read_some(opened.number());
  if (!text) return refuse_call();
  if (text->size() > largest_key_file) return refuse("larger than 4 KiB; is this a key?");
  return Content{std::move(*text), status.st_mode};
}

std::optional<NodeKey> key_in(const std::string& file, const Content& content, Errors& errors) {
  if ((content.mode & S_IWOTH) != 0) {
    errors.add(file, "", fmt::format("anybody may change this key; chmod o-w {}", file));
    return std::nullopt;
  }
  return parse_key(file, content.text, errors);
}

std::optional<NodeSecret> secret_in(const std::string& file, const Content& content,
                                    Errors& errors) {
  if ((content.mode & (S_IRWXG | S_IRWXO)) != 0) {
    errors.add(file, "",
               fmt::format("others than its owner may use this secret key (mode {:04o}); "
                           "chmod 600 {}, and make another one if somebody may have read it",
                           content.mode & 07777, file));
    return std::nullopt;
  }
  return parse_secret(file, content.text, errors);
}

bool is_key_name(const std::string& name) {
  return name.ends_with(".pub") && !name.starts_with(".");
}

// Paths, sorted.
std::vector<std::string> key_files(const std::string& folder, Errors& errors) {
  std::vector<std::string> files;
  std::error_code code;
  const auto status = std::filesystem::status(folder, code);
  std::filesystem::directory_iterator entry(folder, code);
  for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code)) {
    if (is_key_name(entry->path().filename().string())) files.push_back(entry->path().string());
  }
  if (code) {
    errors.add(folder, "", fmt::format("cannot be read ({}); check the path", code.message()));
    return {};
  }
  if ((status.permissions() & std::filesystem::perms::others_write) !=
      std::filesystem::perms::none) {
    errors.add(folder, "", fmt::format("anybody may put a key here; chmod o-w {}", folder));
    return {};
  }
  if (files.empty()) errors.add(folder, "", "holds no public key, a file named *.pub");
  std::sort(files.begin(), files.end());
  return files;
}

// The keys of a folder as they come, each with the file that it is from.
class Gathered {
 public:
  void add(const std::string& file, const NodeKey& key, Errors& errors) {
    const auto [of_node, new_node] = files_by_node_.try_emplace(key.node, file);
    if (!new_node) {
      errors.add(file, "",
                 fmt::format("a second key of node {}; the first is in {}", key.node.value(),
                             of_node->second));
      return;
    }
    const auto [of_key, new_key] = files_by_key_.try_emplace(key.key.bytes, file);
    if (!new_key) {
      errors.add(file, "",
                 fmt::format("the same key as in {}; two nodes with one key are one voter",
                             of_key->second));
      return;
    }
    keys_.insert(key.node, key.key);
  }

  // That peers will know the node by the key that it signs with.
  void expect(const NodeSecret& secret, const std::string& folder, Errors& errors) const {
    const quorum::PublicKey* const known = keys_.find(secret.node);
    if (known == nullptr) {
      errors.add(folder, "",
                 fmt::format("holds no key of this node, {}; the folder is the same on every node",
                             secret.node.value()));
    } else if (*known != ed25519_public(secret.secret)) {
      errors.add(files_by_node_.at(secret.node), "",
                 fmt::format("not the public key of this node's secret, which lockstepctl keygen "
                             "--show prints; peers would refuse what node {} signs",
                             secret.node.value()));
    }
  }

  [[nodiscard]] const FlatMap<NodeId, quorum::PublicKey>& keys() const { return keys_; }

 private:
  FlatMap<NodeId, quorum::PublicKey> keys_;
  std::map<NodeId, std::string> files_by_node_;
  std::map<std::array<std::uint8_t, 32>, std::string> files_by_key_;
};

}  // namespace

std::optional<NodeKey> read_key(const std::string& file, Errors& errors) {
  const auto content = read_file(file, errors);
  return content ? key_in(file, *content, errors) : std::nullopt;
}

std::optional<NodeSecret> read_secret(const std::string& file, Errors& errors) {
  const auto content = read_file(file, errors);
  return content ? secret_in(file, *content, errors) : std::nullopt;
}

std::optional<NodeKey> read_either(const std::string& file, Errors& errors) {
  const auto content = read_file(file, errors);
  if (!content) return std::nullopt;
  if (!says_secret(content->text)) return key_in(file, *content, errors);
  const auto secret = secret_in(file, *content, errors);
  if (!secret) return std::nullopt;
  return NodeKey{secret->node, ed25519_public(secret->secret)};
}

std::optional<quorum::Keyring> read_keyring(const std::string& folder,
                                            const std::string& secret_file, Errors& errors) {
  const std::size_t before = errors.count();
  const auto secret = read_secret(secret_file, errors);
  Gathered gathered;
  for (const std::string& file : key_files(folder, errors)) {
    if (const auto key = read_key(file, errors)) gathered.add(file, *key, errors);
  }
  // Where a file was refused, it may be the one that is missed.
  if (errors.count() == before) gathered.expect(*secret, folder, errors);
  if (errors.count() != before) return std::nullopt;
  return quorum::Keyring{.scheme = ed25519_scheme(),
                         .self = secret->node,
                         .secret = secret->secret,
                         .keys = gathered.keys()};
}

}  // namespace lockstep::node
