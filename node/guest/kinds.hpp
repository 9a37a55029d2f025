// The machines beside the store: what is known of each, whether this node runs it or not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lockstep::node {

// By their place on the wire: add at the end only.
enum class Guest : std::uint8_t { election, messages, files };

struct GuestKind {
  std::string_view name;     // in /v1/status, and of its folder below `data`
  std::string_view missing;  // what a node without it says
  // Its paths; one that ends in a slash means everything below it.
  std::span<const std::string_view> calls;
};

namespace guests {
inline constexpr std::string_view election_calls[] = {"/v1/election/", "/v1/guarded/",
                                                      "/v1/admin/hand_over", "/v1/admin/vitals"};
inline constexpr std::string_view messages_calls[] = {"/v1/messages", "/v1/lamport"};
inline constexpr std::string_view files_calls[] = {
    "/v1/directory", "/v1/directory/", "/v1/files", "/v1/files/", "/v1/search", "/v1/fetches"};
inline constexpr GuestKind kinds[] = {
    {"election", "this node runs no election; election.quorum turns it on", election_calls},
    {"messages", "this node keeps no messages; messages.mode turns them on", messages_calls},
    {"files", "this node shares no files; files.mode turns that on", files_calls}};
}  // namespace guests

constexpr std::size_t enumerator_count(Guest) { return std::size(guests::kinds); }
constexpr const GuestKind& kind_of(Guest guest) {
  return guests::kinds[static_cast<std::size_t>(guest)];
}
constexpr std::string_view name_of(Guest guest) { return kind_of(guest).name; }

// Whose call that is.
constexpr std::optional<Guest> guest_of(std::string_view path) {
  for (std::size_t place = 0; place < enumerator_count(Guest{}); ++place) {
    for (const std::string_view call : guests::kinds[place].calls) {
      if (call.ends_with('/') ? path.starts_with(call) : path == call)
        return static_cast<Guest>(place);
    }
  }
  return std::nullopt;
}

}  // namespace lockstep::node
