// A server of the replicated store: Raft below, the store above, one Machine.
//
// Promises linearizable operations, each write of a session at most once, unless Config chooses an
// unsafe way. A write is answered when its entry is applied; a get when the state it is read from
// is known to be as new as the get (ReadIndex). On lost leadership every write in the log that
// waits for its commitment is answered LeadershipLost: nobody waits for a server that does not
// know. A committed command that is not one of ours changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/machine.hpp"
#include "core/kv/config.hpp"
#include "core/kv/protocol.hpp"
#include "core/kv/store.hpp"
#include "core/raft/raft.hpp"

namespace lockstep::kv {

class Replica {
 public:
  struct Alphabet {
    using Message = raft::Message;
    using Request = kv::Request;
    using Reply = kv::Reply;
    using Record = raft::Record;
    using Timer = raft::Timer;
    using Notice = raft::Notice;
  };
  using Out = Effects<Alphabet>;

  // REQUIRES: members sorted, without doubles, self among them.
  Replica(NodeId self, std::vector<NodeId> members, Config config, std::uint64_t seed);

  void step(Instant now, const Event<Alphabet>& event, Out& out);

  [[nodiscard]] const raft::Raft& raft() const { return raft_; }
  [[nodiscard]] const Store& store() const { return store_; }
  [[nodiscard]] raft::LogIndex applied() const { return applied_; }  // == raft().commit()

  friend bool operator==(const Replica&, const Replica&) = default;

 private:
  struct PendingWrite {
    raft::LogIndex index;
    raft::Term term;
    RequestId id;
    Serial serial;
    friend bool operator==(const PendingWrite&, const PendingWrite&) = default;
  };
  struct PendingRead {
    RequestId
        round;  // Raft knows it by this: unique and growing, where a driver's id may come twice
    RequestId id;
    Serial serial;
    std::string key;
    bool ready = false;
    friend bool operator==(const PendingRead&, const PendingRead&) = default;
  };
  // Who asked in this step, if somebody did.
  struct Asker {
    RequestId id;
    Serial serial;
  };

  Asker ask(Instant now, RequestId id, const Request& request, Out& out);
  // True when `get` or a repeated write needs no proposal.
  [[nodiscard]] bool settle(Instant now, RequestId id, const ClientRequest& request, Out& out);
  void forward(const Asker& asker, Out& out);
  void hear(const Asker& asker, RequestId id, const raft::Reply& reply, Out& out);
  [[nodiscard]] PendingRead* waiting_read(RequestId round);
  void apply_committed(Out& out);
  void give_up_writes(Out& out);
  void answer_reads(Out& out);

  Config config_;
  raft::Raft raft_;
  Store store_;
  raft::LogIndex applied_;
  std::vector<PendingWrite> writes_;  // indices ascend, all above applied_
  std::vector<PendingRead> reads_;    // rounds ascend
  RequestId last_round_;
  bool reads_ready_ = false;  // some read is ready or dropped; false between steps
  raft::Raft::Out said_;      // Raft's effects of this step; empty between steps
};

}  // namespace lockstep::kv
