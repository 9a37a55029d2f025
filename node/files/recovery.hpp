// What a node believes of its files after a start.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/flood/records.hpp"
#include "net/storage/log_store.hpp"
#include "node/files/shelf.hpp"

namespace lockstep::node {

struct RecoveredFiles {
  std::vector<flood::Record> records;
  std::map<std::string, OpenFile> on_their_way;
  std::uint64_t kept = 0, lost = 0;  // chunks of these
};

// Of files on their way every chunk is hashed again, and one that is not on the disk as the log
// says is fetched anew. Throws net::LogDamaged.
[[nodiscard]] RecoveredFiles recover_files(net::LogStore& store, const Shelf& shelf);

}  // namespace lockstep::node
