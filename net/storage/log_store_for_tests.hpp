// What the tests of the log share: a Log that remembers, a store in one call, records to tell
// apart.
#pragma once

#include <string>
#include <vector>

#include "net/storage/faulty_files_for_tests.hpp"
#include "net/storage/log_store.hpp"

namespace lockstep::net {

struct Warnings : Log {
  std::vector<std::string> messages;
  void write(Level level, std::string_view message, std::vector<Field>) override {
    if (level == Level::warning) messages.emplace_back(message);
  }
};

using Records = std::vector<std::string>;

inline StorageOptions small_log(std::uint64_t segment_bytes = 4096) {
  return {"data", "test", NodeId(1), segment_bytes, 512};
}

inline void write_all(LogStore& store, const Records& records) {
  for (const std::string& record : records) store.append(record);
  store.write(store.take());
}

// Opens and gives what was found.
inline Records reopened(Files& files, Warnings& warnings,
                        const StorageOptions& options = small_log()) {
  return LogStore(files, options, warnings).take_recovered();
}

inline bool is_prefix(const Records& part, const Records& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

// No zero bytes, and longer and shorter than a sector.
inline Records some_records(std::size_t count, std::size_t step = 37) {
  Records records;
  for (std::size_t i = 1; i <= count; ++i) {
    records.push_back(std::string(i * step % 700, static_cast<char>('a' + i % 26)) + "!" +
                      std::to_string(i));
  }
  return records;
}

}  // namespace lockstep::net
