// What an operator chooses about the files that a node shares (docs/files.md).
#pragma once

#include <string>

#include "core/flood/config.hpp"

namespace lockstep::node {

struct FilesConfig {
  bool on = false;
  std::string shared;  // folder; empty: `files/shared` below `data`
  flood::Config machine = [] {
    flood::Config config;
    config.transfer.window = 16;  // a chunk waits for the reader's disk as well as for the link
    config.transfer.max_writing =
        512;  // their bytes are in the page cache, and long syncs are fast
    return config;
  }();
};

}  // namespace lockstep::node
