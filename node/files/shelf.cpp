#include "node/files/shelf.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "net/storage/log_store.hpp"

namespace lockstep::node {
namespace {

std::string on_its_way(const std::string& name) { return ".part-" + name; }

}  // namespace

bool read_at(const Descriptor& file, std::uint64_t offset, char* into, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::pread(file.fd(), into, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_at(const Descriptor& file, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(file.fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    offset += static_cast<std::uint64_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

Shelf::Shelf(std::string folder) : folder_(std::move(folder)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  const int fd = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail("open", "");
  directory_ = std::make_shared<const Descriptor>(fd);
}

void Shelf::fail(const std::string& what, const std::string& name) const {
  throw net::StorageFailed("cannot " + what + " " + folder_ + (name.empty() ? "" : "/" + name) +
                           ": " + std::generic_category().message(errno) +
                           "; look at the disk and at files.shared");
}

std::vector<std::string> Shelf::names() const {
  std::vector<std::string> names;
  const int fd = ::openat(directory_->fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const dir = fd < 0 ? nullptr : ::fdopendir(fd);
  if (dir == nullptr) return names;
  while (const dirent* entry = ::readdir(dir)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  ::closedir(dir);
  std::sort(names.begin(), names.end());
  return names;
}

OpenFile Shelf::open_as(const std::string& path, int flags) const {
  // Without waiting for the writer of a pipe.
  const int fd =
      ::openat(directory_->fd(), path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644);
  if (fd < 0) return nullptr;
  auto file = std::make_shared<const Descriptor>(fd);
  struct stat about {};
  return ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode) ? file : nullptr;
}

OpenFile Shelf::open(const std::string& name) const { return open_as(name, O_RDONLY); }

FileStamp Shelf::stamp_of(const Descriptor& file) {
  struct stat about {};
  if (::fstat(file.fd(), &about) != 0) return {};
  return {static_cast<std::uint64_t>(about.st_size),
          about.st_mtim.tv_sec * std::int64_t{1'000'000'000} + about.st_mtim.tv_nsec, about.st_ino};
}

OpenFile Shelf::offered(const std::string& name) {
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const auto& each) { return each.first == name; });
  if (found != open_.end()) {
    std::rotate(found, found + 1, open_.end());
    return open_.back().second;
  }
  OpenFile file = open(name);
  if (!file) return nullptr;
  if (open_.size() >= most_open) open_.erase(open_.begin());
  open_.emplace_back(name, file);
  return file;
}

OpenFile Shelf::make(const std::string& name, std::uint64_t size) const {
  OpenFile file = open_as(on_its_way(name), O_RDWR | O_CREAT | O_TRUNC);
  if (!file || ::ftruncate(file->fd(), static_cast<off_t>(size)) != 0) return nullptr;
  return file;
}

OpenFile Shelf::take_up(const std::string& name, std::uint64_t size) const {
  OpenFile file = open_as(on_its_way(name), O_RDWR);
  if (!file) {
    // It was whole, and the node ended before it could say so.
    file = open_as(name, O_RDWR);
    if (!file || stamp_of(*file).size != size) return nullptr;
    if (::renameat(directory_->fd(), name.c_str(), directory_->fd(), on_its_way(name).c_str()) != 0)
      return nullptr;
  }
  return stamp_of(*file).size == size ? file : nullptr;
}

void Shelf::discard(const std::string& name) const {
  ::unlinkat(directory_->fd(), on_its_way(name).c_str(), 0);
}

void Shelf::sync(const Descriptor& file) const {
  if (::fdatasync(file.fd()) != 0) fail("sync a file in", "");
}

bool Shelf::finish(const std::string& name) const {
  const int folder = directory_->fd();
  if (::renameat(folder, on_its_way(name).c_str(), folder, name.c_str()) != 0) return false;
  if (::fsync(folder) != 0) fail("sync", "");
  return true;
}

}  // namespace lockstep::node
