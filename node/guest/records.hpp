// Records of a machine's log on disk, as the machine wants them back.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/wire/codec.hpp"
#include "net/storage/log_store.hpp"

namespace lockstep::node {

// Throws net::LogDamaged.
template <class Record>
[[nodiscard]] std::vector<Record> decode_records(std::vector<std::string> recovered) {
  std::vector<Record> records;
  records.reserve(recovered.size());
  for (const std::string& bytes : recovered) {
    auto record = wire::decode<Record>(bytes);
    if (!record) {
      throw net::LogDamaged("record " + std::to_string(records.size() + 1) +
                            " of the log is none of this version; start the version that wrote it, "
                            "or look with lockstepctl wal dump");
    }
    records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace lockstep::node
