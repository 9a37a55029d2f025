#include "net/storage/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/storage/blocks.hpp"

namespace lockstep::net {
namespace {

[[noreturn]] void fail(const char* call, const std::string& path) {
  throw FileError(errno, call, path);
}

// Repeats what a signal interrupted.
template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class RealFile : public File {
 public:
  // `direct` is the same file past the page cache, -1 if there is no such way.
  RealFile(int descriptor, int direct, std::string path)
      : descriptor_(descriptor), direct_(direct), path_(std::move(path)) {}
  ~RealFile() override {
    ::close(descriptor_);
    forgo_direct();
  }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;

  void write(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const bool direct = direct_ >= 0 && storage::is_whole_blocks(offset, bytes);
      const ssize_t done = retried([&] {
        return ::pwrite(direct ? direct_ : descriptor_, bytes.data(), bytes.size(),
                        static_cast<off_t>(offset));
      });
      if (done < 0) {
        if (!direct || errno != EINVAL) fail("write", path_);
        forgo_direct();  // its blocks are larger than ours
        continue;
      }
      bytes.remove_prefix(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
  }

  // Not repeated when interrupted: what a second fdatasync says about the first one's pages is
  // nothing.
  void sync() override {
    if (::fdatasync(descriptor_) != 0) fail("fdatasync", path_);
  }

  std::string read(std::uint64_t offset, std::size_t size) override {
    const std::uint64_t end = this->size();
    if (offset >= end) return {};
    std::string bytes(std::min<std::uint64_t>(size, end - offset), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
      const ssize_t done = retried([&] {
        return ::pread(descriptor_, bytes.data() + got, bytes.size() - got,
                       static_cast<off_t>(offset + got));
      });
      if (done < 0) fail("read", path_);
      if (done == 0) break;
      got += static_cast<std::size_t>(done);
    }
    bytes.resize(got);
    return bytes;
  }

  std::uint64_t size() override {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail("stat", path_);
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  void forgo_direct() {
    if (direct_ >= 0) ::close(direct_);
    direct_ = -1;
  }

  int descriptor_;
  int direct_;
  std::string path_;
};

class RealFiles : public Files {
 public:
  // A folder whose entry in its parent was never synced is gone after a power cut, log and all.
  void make_folder(const std::string& path) override {
    if (exists(path)) return;
    const std::size_t slash = path.find_last_of('/');
    const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash);
    if (!parent.empty()) make_folder(parent);
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) fail("mkdir", path);
    sync_folder(parent.empty() ? "/" : parent);
  }

  std::vector<std::string> list(const std::string& path) override {
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) fail("opendir", path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(folder)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    const int number = errno;
    ::closedir(folder);
    if (number != 0) throw FileError(number, "readdir", path);
    std::sort(names.begin(), names.end());
    return names;
  }

  bool exists(const std::string& path) override {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) return true;
    if (errno != ENOENT) fail("stat", path);
    return false;
  }

  std::unique_ptr<File> open(const std::string& path) override { return opened(path, O_RDWR); }
  std::unique_ptr<File> create(const std::string& path) override {
    return opened(path, O_RDWR | O_CREAT | O_EXCL);
  }

  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) fail("rename", from);
  }
  void remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) fail("unlink", path);
  }

  void sync_folder(const std::string& path) override {
    const int number = descriptor(path, O_RDONLY | O_DIRECTORY);
    const int result = ::fsync(number);
    const int error = errno;
    ::close(number);
    if (result != 0) throw FileError(error, "fsync", path);
  }

  std::unique_ptr<File> lock(const std::string& path) override {
    const int number = descriptor(path, O_RDWR | O_CREAT);
    auto file = std::make_unique<RealFile>(number, -1, path);
    if (retried([&] { return ::flock(number, LOCK_EX | LOCK_NB); }) == 0) return file;
    if (errno != EWOULDBLOCK) fail("flock", path);
    return nullptr;
  }

 private:
  static int descriptor(const std::string& path, int flags) {
    const int number = retried([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
    if (number < 0) fail("open", path);
    return number;
  }
  static std::unique_ptr<File> opened(const std::string& path, int flags) {
    const int number = descriptor(path, flags);
    const int direct =
        retried([&] { return ::open(path.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC); });
    return std::make_unique<RealFile>(number, direct, path);
  }
};

}  // namespace

FileError::FileError(int error, const std::string& call, const std::string& path)
    : std::runtime_error(path + ": " + call + ": " + std::strerror(error)), number(error) {}

Files& real_files() {
  static RealFiles files;
  return files;
}

}  // namespace lockstep::net
