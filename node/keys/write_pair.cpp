// Writing of key_files.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "node/keys/ed25519.hpp"
#include "node/keys/key_files.hpp"

namespace lockstep::node {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw KeysNotWritten(fmt::format("{}: cannot be written ({})", path, std::strerror(errno)));
}

constexpr mode_t for_owner = S_IRUSR | S_IWUSR;
constexpr mode_t for_all = for_owner | S_IRGRP | S_IROTH;

// A file that is removed again unless it is kept. Until it is filled, it is for its owner.
class NewFile {
 public:
  explicit NewFile(std::string path)
      : path_(std::move(path)),
        descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, for_owner)) {
    if (descriptor_ < 0 && errno == EEXIST)
      throw KeysThere(fmt::format("{}: there already; a key is never overwritten", path_));
    if (descriptor_ < 0) fail(path_);
  }
  ~NewFile() {
    ::close(descriptor_);
    if (!kept_) ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // `mode` whatever the umask is, and durable.
  void fill(std::string_view bytes, mode_t mode) const {
    while (!bytes.empty()) {
      const ssize_t done = ::write(descriptor_, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) fail(path_);
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    if (::fchmod(descriptor_, mode) != 0 || ::fsync(descriptor_) != 0) fail(path_);
  }
  void keep() { kept_ = true; }

 private:
  std::string path_;
  int descriptor_;
  bool kept_ = false;
};

void sync_folder(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail(path);
  const int result = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  errno = error;
  if (result != 0) fail(path);
}

}  // namespace

KeyPaths write_pair(const std::string& folder, const NodeSecret& secret) {
  const std::string stem =
      (std::filesystem::path(folder) / fmt::format("node-{}", secret.node.value())).string();
  KeyPaths paths{.secret = stem + ".secret", .key = stem + ".pub"};
  NewFile secret_file(paths.secret);
  NewFile key_file(paths.key);
  secret_file.fill(text_of(secret), for_owner);
  key_file.fill(text_of(NodeKey{secret.node, ed25519_public(secret.secret)}), for_all);
  sync_folder(folder);
  secret_file.keep();
  key_file.keep();
  return paths;
}

}  // namespace lockstep::node
