// Files: what the log asks of a file system, so that a test can let the k-th call fail.
//
// Every call throws FileError with the errno and the path. Offsets and sizes in bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::net {

struct FileError : std::runtime_error {
  FileError(int number, const std::string& call, const std::string& path);
  int number;  // errno
};

class File {
 public:
  virtual ~File() = default;
  // All of it. Whole blocks (blocks.hpp) may go to the disk past the page cache, where the file
  // system can do that: what is only ever written needs no copy there.
  virtual void write(std::uint64_t offset, std::string_view bytes) = 0;
  virtual void sync() = 0;                                               // fdatasync
  virtual std::string read(std::uint64_t offset, std::size_t size) = 0;  // shorter at the end
  virtual std::uint64_t size() = 0;
};

class Files {
 public:
  virtual ~Files() = default;
  virtual void make_folder(const std::string& path) = 0;               // and its parents
  virtual std::vector<std::string> list(const std::string& path) = 0;  // names, sorted
  virtual bool exists(const std::string& path) = 0;
  virtual std::unique_ptr<File> open(const std::string& path) = 0;    // must be there
  virtual std::unique_ptr<File> create(const std::string& path) = 0;  // must not be there
  virtual void rename(const std::string& from, const std::string& to) = 0;
  virtual void remove(const std::string& path) = 0;
  virtual void sync_folder(const std::string& path) = 0;
  // Holds an exclusive lock while the result lives; nullptr when another one holds it.
  virtual std::unique_ptr<File> lock(const std::string& path) = 0;
};

// The file system of this machine.
[[nodiscard]] Files& real_files();

}  // namespace lockstep::net
