// The rules of Raft (Ongaro and Ousterhout, 2014, figure 3, and what they rest on), checked from
// outside after every step of every server.
//
// Each step costs O(1) and a share of what it changed: logs are followed through the records that
// are persisted and compared by one fingerprint per prefix. A rule is reported once a server. The
// rules themselves, each under its sentence, are in raft_rules.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "core/raft/messages.hpp"
#include "core/raft/types.hpp"
#include "sim/check/history.hpp"
#include "sim/check/log_prints.hpp"
#include "sim/check/raft_promises.hpp"

namespace lockstep::sim {

// What a step can change in a server that a rule looks at.
struct RaftView {
  raft::Term term;
  NodeId vote;  // in term
  raft::RoleName role = raft::RoleName::follower;
  raft::LogIndex commit, last_index;
  raft::Term last_term;
  friend bool operator==(const RaftView&, const RaftView&) = default;
};

class RaftRules {
 public:
  // Servers are 1 .. servers. What rests on majorities is checked where `told`: where it is told
  // what became durable.
  explicit RaftRules(std::uint32_t servers, bool told = true)
      : servers_(servers), promises_(servers), told_(told) {}

  // A new incarnation, and what it has on its disk; before its first step.
  void started(Instant now, NodeId node, const std::vector<raft::Record>& durable);
  // After a step: how the server stands, and what the step wants persisted.
  void stepped(Instant now, NodeId node, const RaftView& view,
               std::span<const raft::Record> persisted) {
    if (persisted.empty() && servers_[node.value() - 1].view == view) [[likely]]
      return;
    changed(now, node, view, persisted);
  }
  // The server was told that its records up to this one, counted from 1 in each incarnation, are
  // durable.
  void told_durable(NodeId node, RecordSeq upto) { promises_.told_durable(node, upto); }
  // After a step: what it sends.
  void sent(Instant now, NodeId node, NodeId to, const raft::Message& message);
  // The end of the run: the server's whole log against what it persisted.
  template <class EntryAt>
  void finished(Instant now, NodeId node, raft::LogIndex last, const EntryAt& entry_at) {
    std::uint64_t print = 0;
    for (raft::LogIndex i(1); i <= last; ++i) {
      print = print_with(print, entry_at(i));
      if (!servers_[node.value() - 1].log.has(i, print)) return log_differs(now, node, i);
    }
  }

  [[nodiscard]] bool found() const { return !violations_.empty(); }
  // What was found since it was last taken.
  [[nodiscard]] std::vector<Violation> take() { return std::exchange(violations_, {}); }

 private:
  enum class Rule : std::uint8_t {
    election_safety,
    leader_append_only,
    log_matching,
    leader_completeness,
    state_machine_safety,
    term_goes_back,
    commit_goes_back,
    vote_changed,
    commit_beyond_log,
    vote_for_older_log,
    leader_without_votes,
    commit_without_copies,
    commit_of_older_term,
    said_before_durable
  };
  struct Server {
    RaftView view;
    LogPrints log;
    RecordSeq records;  // persisted in this incarnation
    std::uint32_t reported = 0;
  };
  struct Committed {
    std::uint64_t print = 0;
    raft::Term in;  // no entry up to here was committed in a later term
  };

  void changed(Instant now, NodeId node, const RaftView& view,
               std::span<const raft::Record> persisted);
  void follow(NodeId node, const raft::Record& record);
  void check_append_only(NodeId node, const RaftView& view, const raft::Record& record);
  void check_log(NodeId node);
  void check_term_and_vote(NodeId node, const RaftView& before);
  void check_commit(NodeId node, const RaftView& before);
  void check_new_leader(NodeId node);
  void check_vote(NodeId node, const raft::Record& record);
  void check_votes(NodeId node);
  void check_copies(NodeId node);
  void check_committed(NodeId node);
  void check_other_leaders(NodeId node);
  void log_differs(Instant now, NodeId node, raft::LogIndex index);
  void report(NodeId node, Rule rule, const std::string& text);
  Server& at(NodeId node) { return servers_[node.value() - 1]; }

  Instant now_;
  std::vector<Server> servers_;
  RaftPromises promises_;
  const bool told_;
  raft::LogIndex led_to_;  // the highest commit index a leader has had
  PrintRegistry registry_;
  std::vector<Committed> committed_;                    // by index, from 1
  std::vector<std::pair<raft::Term, NodeId>> leaders_;  // of every term that had one, by term
  std::vector<Violation> violations_;
};

}  // namespace lockstep::sim
