// Indexer: makes what is offered what lies in the shared folder.
//
// Files are hashed by a thread of their own, one run at a time; a file that is as it was when it
// was last hashed is not read again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "node/files/files_host.hpp"
#include "node/files/shelf.hpp"
#include "node/files/worker.hpp"

namespace lockstep::node {

class Indexer {
 public:
  struct Outcome {
    std::vector<std::string> added, removed;                   // names
    std::vector<std::pair<std::string, std::string>> skipped;  // and why
    std::uint64_t hashed_bytes = 0;
    bool full = false;  // the log takes no more: not all was done
  };
  using Done = std::function<void(const Outcome&)>;

  Indexer(net::asio::io_context& io, FilesHost& host) : host_(host), worker_(io) {}

  [[nodiscard]] bool is_busy() const { return busy_; }
  // Trusting: a file that is offered and has its size is taken for what it was. REQUIRES:
  // !is_busy().
  void run(bool trusting, Done done);

 private:
  struct Candidate {
    std::string name;
    FileStamp stamp;
    flood::Manifest manifest;  // empty: it is as it was
    bool hashed = false;
  };
  struct Scan {
    bool trusting = false;
    std::map<std::string, FileStamp> before;
    std::map<std::string, std::uint64_t> offered;  // sizes
    std::vector<Candidate> found;
    Outcome outcome;
  };

  void look(Scan& scan);
  void look_at(const std::string& name, Scan& scan);
  void apply(const std::shared_ptr<Scan>& scan, const Done& done);
  void share(Candidate&& candidate, const std::shared_ptr<Scan>& scan,
             const std::shared_ptr<void>& last);
  void unshare(const std::string& name, const std::shared_ptr<Scan>& scan,
               const std::shared_ptr<void>& last);

  FilesHost& host_;
  std::map<std::string, FileStamp> stamps_;  // of what is offered, as it was hashed
  bool busy_ = false;
  Worker worker_;
};

}  // namespace lockstep::node
