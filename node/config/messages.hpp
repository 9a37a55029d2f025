// What an operator chooses about the message log of a node (docs/messages.md).
#pragma once

#include "core/lamport/config.hpp"

namespace lockstep::node {

struct MessagesConfig {
  bool on = false;
  lamport::Config machine;
};

}  // namespace lockstep::node
