// Where a guest keeps its log.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "net/storage/log_store.hpp"
#include "node/config/config.hpp"
#include "node/guest/kinds.hpp"

namespace lockstep::node {

[[nodiscard]] inline net::StorageOptions guest_store_options(const Config& config, Guest guest,
                                                             std::uint64_t largest_segment) {
  net::StorageOptions options;
  options.folder = config.data + "/" + std::string(name_of(guest));
  options.cluster = config.cluster;
  options.node = config.id;
  options.segment_bytes = std::min(config.segment_bytes, largest_segment);
  return options;
}

}  // namespace lockstep::node
