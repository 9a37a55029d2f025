// The replicated store: keys and values, and the sessions of clients.
//
// Promises that equal commands in equal order give equal stores and answers, and that an operation
// of a session takes effect at most once, however often it is applied. What bounds memory is part
// of the state and decided by the log alone: of too many sessions the one used longest ago goes,
// and later requests in it are refused; of too many unacknowledged answers in a session the oldest
// goes, as if it were acknowledged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/kv/protocol.hpp"
#include "core/raft/types.hpp"

namespace lockstep::kv {

// The distance from the oldest unanswered serial within which a client keeps its operations, so
// that none of its answers is ever one too many.
inline constexpr std::uint32_t widest_window = 1024;

struct Limits {
  std::uint32_t sessions = 65536;         // > 0
  std::uint32_t answers = widest_window;  // a session, > 0
  // False: serials are ignored and a repeated operation is applied again. Unsafe, for experiments.
  bool deduplicate = true;
  friend bool operator==(const Limits&, const Limits&) = default;
};

class Store {
 public:
  explicit Store(Limits limits = {});

  // REQUIRES: index grows from call to call, and is the same for the command on every server.
  Reply apply(raft::LogIndex index, const Command& command);

  // What apply would answer without changing anything, as far as that is certain: Completed for an
  // operation applied before, Stale below the acknowledged ones.
  [[nodiscard]] std::optional<Reply> known(const ClientRequest& request) const;
  [[nodiscard]] Result read(std::string_view key) const;

  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& data() const {
    return data_;
  }
  [[nodiscard]] std::size_t session_count() const { return sessions_.size(); }
  [[nodiscard]] bool has_session(SessionId id) const { return sessions_.contains(id); }
  [[nodiscard]] std::size_t cached_answers(SessionId id) const;

  friend bool operator==(const Store&, const Store&) = default;

 private:
  struct Cached {
    Serial serial;
    Result result;
    friend bool operator==(const Cached&, const Cached&) = default;
  };
  struct Session {
    raft::LogIndex last_used;
    Serial acknowledged_below;
    // Serials ascend. Acknowledged ones may linger at the front until they are the larger half.
    std::vector<Cached> answers;
    friend bool operator==(const Session&, const Session&) = default;
  };

  Reply open(raft::LogIndex index);
  Reply execute(raft::LogIndex index, const ClientRequest& request);
  Result run(const Operation& operation);
  [[nodiscard]] static std::optional<Reply> recall(const Session& session, Serial serial);
  void remember(Session& session, Serial serial, const Result& result) const;
  static void acknowledge(Session& session, Serial below);

  Limits limits_;
  std::map<std::string, std::string, std::less<>> data_;
  FlatMap<SessionId, Session> sessions_;
};

}  // namespace lockstep::kv
