// The store's rules, written as plainly as possible: everything is kept, nothing is clever.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/kv/store.hpp"

namespace lockstep::properties {

class StoreTwin {
 public:
  explicit StoreTwin(kv::Limits limits) : limits_(limits) {}

  kv::Reply apply(raft::LogIndex index, const kv::Command& command);
  [[nodiscard]] std::optional<kv::Reply> known(const kv::ClientRequest& request) const;
  [[nodiscard]] const std::map<std::string, std::string>& data() const { return data_; }
  [[nodiscard]] std::size_t answers_of(kv::SessionId id) const;
  [[nodiscard]] bool has_session(kv::SessionId id) const { return sessions_.contains(id); }

 private:
  struct Session {
    raft::LogIndex last_used;
    kv::Serial forgotten_below;
    std::map<kv::Serial, kv::Result> answers;  // none below forgotten_below
  };
  kv::Result run(const kv::Operation& operation);
  static void forget(Session& session, kv::Serial below);
  static std::optional<kv::Reply> remembered(const Session& session, kv::Serial serial);

  kv::Limits limits_;
  std::map<std::string, std::string> data_;
  std::map<kv::SessionId, Session> sessions_;
};

}  // namespace lockstep::properties
