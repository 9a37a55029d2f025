// A store behind a network and servers that do everything a cluster may do to a client: requests
// and replies are lost, late and doubled, servers refuse, change their minds, apply later than they
// answer, and forget sessions that are not used. Underneath is one store, so what took effect, and
// when, is known.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/kv/client.hpp"
#include "core/kv/store.hpp"
#include "property_tests/support/choices.hpp"

namespace lockstep::properties {

class UnkindService {
 public:
  struct Ended {
    RequestId id;
    Instant at;
    kv::ClientReply reply;
  };

  UnkindService(Choices& choices, kv::ClientConfig config);

  void request(RequestId id, kv::Operation operation);
  // Performs what is due, in order; may be told of a time when nothing is due.
  void run_until(Instant end);

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const std::vector<Ended>& ended() const { return ended_; }
  [[nodiscard]] const kv::Client& client() const { return client_; }
  // The values a key ever had, with the instant from which on; none: absent.
  [[nodiscard]] const std::vector<std::pair<Instant, std::optional<std::string>>>& past_of(
      const std::string& key);

 private:
  struct Arrives {
    NodeId server;
    kv::Request request;
  };
  struct Returns {
    NodeId server;
    kv::Reply reply;
  };
  struct Rings {
    TimerEpoch epoch;
  };
  struct Applies {
    kv::Request request;
  };
  using Due = std::variant<Arrives, Returns, Rings, Applies>;

  void perform(const Arrives& due);
  void perform(const Returns& due);
  void perform(const Rings& due);
  void perform(const Applies& due) { (void)apply(due.request); }
  kv::Reply apply(const kv::Request& request);
  void step(const Event<kv::Client::Alphabet>& event);
  void plan(Instant at, Due due) { agenda_.emplace(at, std::move(due)); }
  void carry(Due due);
  [[nodiscard]] NodeId some_server() { return servers_[choices_.below(servers_.size())]; }

  Choices& choices_;
  std::vector<NodeId> servers_;
  kv::Client client_;
  kv::Store store_;
  std::uint64_t lost_of_8_;
  std::uint64_t index_ = 0;
  Instant now_;
  std::multimap<Instant, Due> agenda_;  // of equal instants the one planned first comes first
  std::vector<Ended> ended_;
  std::map<std::string, std::vector<std::pair<Instant, std::optional<std::string>>>> past_;
};

}  // namespace lockstep::properties
