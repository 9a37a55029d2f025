// Shelf: the shared folder. It reads what is offered and writes what is on its way.
//
// Promises never to leave the folder: names are those of core/flood/names.hpp, links are not
// followed, and what is no plain file is not there. A file on its way lies under a name that begins
// with a dot, which no peer can say, until it is whole and synced.
//
// REQUIRES for all names: flood::refusal_of_name() is empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/files/descriptor.hpp"

namespace lockstep::node {

// As far as it tells that a file is another one.
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t changed_ns = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

class Shelf {
 public:
  // Makes the folder where it is not there. Throws net::StorageFailed.
  explicit Shelf(std::string folder);

  [[nodiscard]] const std::string& folder() const { return folder_; }
  // By any thread.
  [[nodiscard]] std::vector<std::string> names() const;  // sorted; of those that begin with no dot
  [[nodiscard]] OpenFile open(const std::string& name) const;  // null: there is no plain file
  [[nodiscard]] static FileStamp stamp_of(const Descriptor& file);

  // The rest by one thread at a time. What is offered; kept open for a while.
  [[nodiscard]] OpenFile offered(const std::string& name);
  void forget_offered() { open_.clear(); }

  // A file on its way. make() begins it anew; take_up() goes on with what is there, under its last
  // name as well. Null: it cannot be.
  [[nodiscard]] OpenFile make(const std::string& name, std::uint64_t size) const;
  [[nodiscard]] OpenFile take_up(const std::string& name, std::uint64_t size) const;
  void discard(const std::string& name) const;

  // By any thread. Both throw net::StorageFailed when the disk fails.
  void sync(const Descriptor& file) const;
  // What was on its way gets its name. False: it cannot have it. REQUIRES: it is synced.
  [[nodiscard]] bool finish(const std::string& name) const;

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& name) const;
  [[nodiscard]] OpenFile open_as(const std::string& path, int flags) const;

  static constexpr std::size_t most_open = 16;

  std::string folder_;
  OpenFile directory_;
  std::vector<std::pair<std::string, OpenFile>> open_;  // the latest last
};

// All `size` bytes from there, or false.
[[nodiscard]] bool read_at(const Descriptor& file, std::uint64_t offset, char* into,
                           std::size_t size);
[[nodiscard]] bool write_at(const Descriptor& file, std::uint64_t offset, std::string_view bytes);

}  // namespace lockstep::node
