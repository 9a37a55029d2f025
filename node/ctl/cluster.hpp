// The cluster as its servers describe it: who is a member, and what each says about itself.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/strong.hpp"
#include "node/ctl/ask.hpp"
#include "node/ctl/commands.hpp"

namespace lockstep::ctl {

// A command cannot go on: a sentence for the user, and the exit code.
struct Stop : std::runtime_error {
  Stop(int exit_code, const std::string& sentence)
      : std::runtime_error(sentence), code(exit_code) {}
  int code;
};

// What a server says in GET /v1/status (docs/node.md), as far as it matters here.
struct Status {
  struct Member {
    std::uint32_t id = 0;
    Place api;
  };
  std::uint32_t id = 0;
  std::string cluster, role;
  std::uint64_t term = 0;
  std::optional<std::uint32_t> leader;
  std::uint64_t last = 0, commit = 0, applied = 0;
  double uptime_seconds = 0, sync_p99_ms = 0;
  std::size_t connected = 0;    // of the other members
  std::vector<Member> members;  // this one among them
  std::string json;             // as it came
};

// Nothing if it is no status of a lockstepd.
[[nodiscard]] std::optional<Status> parse_status(const std::string& json);

// "host:port,host:port". Throws Stop.
[[nodiscard]] std::vector<Place> parse_places(const std::string& text);

struct Known {
  std::uint32_t id = 0;  // 0: an address that was given and is no known member's
  Place place;
  bool answers = false;  // it did, there
};

// All members, ids ascending, then given addresses that belong to none. A server that answers at a
// given address is used there, other members at the address that the first answer gives. Throws
// Stop if nobody answers or the servers belong to different clusters.
[[nodiscard]] std::vector<Known> discover(const Common& common);

// Why it refused.
[[nodiscard]] std::string reason_in(const Answer& answer);

// "text", quoted and escaped for JSON; bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string json_text(const std::string& text);

}  // namespace lockstep::ctl
