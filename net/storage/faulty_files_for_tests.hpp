// FaultyFiles: a file system in memory that fails on a chosen call and forgets, when the power is
// cut, what was not synced.
//
// The model of a power cut: of each file's unsynced writes either a run of whole ones and an
// arbitrary prefix of the next is there, or each sector by itself has seen any number of them. Of a
// folder's unsynced changes a run of the oldest is there.
#pragma once

#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "net/storage/files.hpp"

namespace lockstep::net {

class FaultyFiles : public Files {
 public:
  struct Content {
    std::string durable, now;
    std::vector<std::pair<std::uint64_t, std::string>> unsynced;
  };
  using Names = std::map<std::string, std::shared_ptr<Content>>;

  std::uint64_t calls = 0;     // that change something or make it durable
  std::uint64_t fail_at = 0;   // this one fails; 0: none
  bool fail_for_good = false;  // and so do all that follow
  int error = EIO;
  std::uint64_t space = ~0ull;  // bytes that fit into all files
  Random random{1};

  Names names;  // as a process sees them

  // The power is cut and comes back. Nothing may be open.
  void cut_power();
  [[nodiscard]] Content& at(const std::string& path) { return *names.at(path); }

  void make_folder(const std::string&) override {}
  std::vector<std::string> list(const std::string& path) override;
  bool exists(const std::string& path) override { return names.contains(path); }
  std::unique_ptr<File> open(const std::string& path) override;
  std::unique_ptr<File> create(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  void sync_folder(const std::string& path) override;
  std::unique_ptr<File> lock(const std::string& path) override;

  // One call. Throws if it is to fail; `partly` happens then first.
  void call(
      const std::string& what, const std::string& path,
      const std::function<void()>& partly = [] {});
  [[nodiscard]] std::uint64_t used() const;

 private:
  void change(std::function<void(Names&)> what);
  Names durable_;
  std::vector<std::function<void(Names&)>> unsynced_;
  std::map<std::string, std::weak_ptr<int>> locks_;
};

}  // namespace lockstep::net
