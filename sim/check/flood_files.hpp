// What becomes of files, followed from outside the machines: every chunk that is kept is the
// source's, counts when it is durable and not before, and what is offered is what the disk says is
// offered.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/flood/alphabet.hpp"
#include "core/flood/bits.hpp"
#include "sim/check/history.hpp"

namespace lockstep::sim {

class FloodFiles {
 public:
  using Event = lockstep::Event<flood::Alphabet>;

  // A file that may be found, with its bytes.
  void exists(const std::string& content);
  void exempt(NodeId node) { exempt_.insert(node); }

  void started(NodeId node, const std::vector<flood::Record>& durable);
  void stepped(Instant now, NodeId node, const flood::Index& index, const Event& event,
               const flood::Out& effects);

  [[nodiscard]] std::uint64_t finished() const { return finished_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // of chunks that were kept
  [[nodiscard]] bool resumed() const { return resumed_; }
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }

 private:
  struct Disk {
    std::map<flood::FileId, flood::Bits> kept, written;
    std::map<std::string, flood::FileId> offered;  // by what is durable, less what is withdrawn
    std::map<std::string, flood::FileId> begun;
    std::vector<flood::Record> waiting;  // contents left out
    RecordSeq down;
  };

  void persists(Instant now, NodeId node, Disk& disk, const flood::Record& record);
  static void lands(Disk& disk, const flood::Record& record);
  void look_at(Instant now, NodeId node, const Disk& disk, const flood::Notice& notice);
  void compare(Instant now, NodeId node, const Disk& disk, const flood::Index& index);
  void broke(Instant now, NodeId node, const char* rule, std::string text);

  bool resumed_ = false;
  std::set<NodeId> exempt_;
  std::map<flood::FileId, std::string> sources_;
  std::map<NodeId, Disk> disks_;  // of nodes that ever had or wrote a record
  std::uint64_t finished_ = 0, bytes_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace lockstep::sim
