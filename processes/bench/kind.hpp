// The kinds of servers that are measured.
#pragma once

#include <cstdint>

namespace lockstep::processes {

// messages: ours as well, whose message log is asked in place of its store.
enum class Kind : std::uint8_t { lockstep, messages, etcd, zookeeper };
inline constexpr Kind other_kinds[] = {Kind::etcd, Kind::zookeeper};  // beside ours

[[nodiscard]] constexpr const char* name_of(Kind kind) {
  return kind == Kind::lockstep   ? "lockstep"
         : kind == Kind::messages ? "messages"
         : kind == Kind::etcd     ? "etcd"
                                  : "zookeeper";
}
// Debian's; "" for ours.
[[nodiscard]] constexpr const char* package_of(Kind kind) {
  return kind == Kind::etcd ? "etcd-server" : kind == Kind::zookeeper ? "zookeeper" : "";
}

}  // namespace lockstep::processes
