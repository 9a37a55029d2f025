// Folder: the files of one log. Opening repairs what a crash left and makes durable what was
// found; making adds a segment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/storage/files.hpp"
#include "net/storage/log_store.hpp"
#include "net/storage/open_segment.hpp"
#include "net/storage/scan.hpp"

namespace lockstep::net::storage {

struct Opened {
  std::unique_ptr<File> lock;
  Header log;
  OpenSegment current;
  OpenSegment spare;  // without a file if there is none
  std::uint64_t next_number = 1;
  std::uint32_t chain = 0;
  std::uint64_t total = 0;  // bytes of all segments
  std::vector<std::string> records;
};

// Throws StorageFailed and FileError.
[[nodiscard]] Opened open_folder(Files& files, const StorageOptions& options, Log& log);

// A segment of zeros that starts with `beginning`: under its name, and durable, or not at all,
// except when the power goes. Throws FileError.
[[nodiscard]] OpenSegment make_segment(Files& files, const std::string& folder,
                                       std::uint64_t number, std::uint64_t size,
                                       const std::string& beginning);

// Whether the error says that there is no space left.
[[nodiscard]] bool is_full(const FileError& error);

}  // namespace lockstep::net::storage
