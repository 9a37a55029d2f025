// The znodes that a load writes and reads. Unlike a key of etcd or of ours, one must be created
// first.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep::processes::zookeeper {

[[nodiscard]] std::string path_of(unsigned key);  // "/key-0"

// Throws std::runtime_error with a sentence when one cannot be created.
void create_keys(std::uint16_t port, unsigned keys, unsigned value_bytes);

}  // namespace lockstep::processes::zookeeper
