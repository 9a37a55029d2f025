// The kinds of servers that are measured.
#pragma once

#include <cstdint>

namespace lockstep::processes {

enum class Kind : std::uint8_t { lockstep, etcd, zookeeper };
inline constexpr Kind other_kinds[] = {Kind::etcd, Kind::zookeeper};  // beside ours

[[nodiscard]] constexpr const char* name_of(Kind kind) {
  return kind == Kind::lockstep ? "lockstep" : kind == Kind::etcd ? "etcd" : "zookeeper";
}
// Debian's; "" for ours.
[[nodiscard]] constexpr const char* package_of(Kind kind) {
  return kind == Kind::lockstep ? "" : kind == Kind::etcd ? "etcd-server" : "zookeeper";
}

}  // namespace lockstep::processes
