// What Raft servers have been told is durable, and so have promised: their votes and their logs.
//
// A promise outlives crashes and what a disk forgets; only the server itself takes entries back, by
// writing others in their place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "core/base/strong.hpp"
#include "core/raft/types.hpp"
#include "sim/check/log_prints.hpp"

namespace lockstep::sim {

class RaftPromises {
 public:
  // Servers are 1 .. servers.
  explicit RaftPromises(std::uint32_t servers) : servers_(servers) {}

  // A new incarnation that found `durable`; `found` is the log in it.
  void started(NodeId node, const std::vector<raft::Record>& durable, const LogPrints& found);
  // A record, counted from 1 in each incarnation; `log` is the server's log with it.
  void persisted(NodeId node, RecordSeq number, const raft::Record& record, const LogPrints& log);
  // The server was told that its records up to this one are durable.
  void told_durable(NodeId node, RecordSeq upto);

  struct Vote {
    raft::Term term;
    NodeId vote;
  };
  // The last vote it has promised.
  [[nodiscard]] const Vote& last_vote(NodeId node) const {
    return servers_[node.value() - 1].vote;
  }
  // Whether it has promised `candidate` its vote of that term.
  [[nodiscard]] bool votes_for(NodeId node, raft::Term term, NodeId candidate) const;
  // Whether it has promised the log up to `index` with this print.
  [[nodiscard]] bool holds(NodeId node, raft::LogIndex index, std::uint64_t print) const {
    return servers_[node.value() - 1].log.has(index, print);
  }
  // How many have promised `candidate` their vote of that term.
  [[nodiscard]] std::size_t votes(raft::Term term, NodeId candidate) const;
  // How many have promised the log up to `index` with this print.
  [[nodiscard]] std::size_t copies(raft::LogIndex index, std::uint64_t print) const;
  [[nodiscard]] std::size_t majority() const { return servers_.size() / 2 + 1; }

 private:
  struct Write {
    RecordSeq number;
    raft::Term term;
    NodeId vote;
    LogPrints::Change change;
  };
  struct Server {
    LogPrints log;
    Vote vote;
    std::deque<Write> writes;  // it was not told of them yet
  };

  void promise(NodeId node, raft::Term term, NodeId vote);

  std::vector<Server> servers_;
  std::map<raft::Term, std::vector<NodeId>> votes_;  // by voter
};

}  // namespace lockstep::sim
