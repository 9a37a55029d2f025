#include "sim/scenario/formats.hpp"

#include "sim/protocols/bully_format.hpp"
#include "sim/protocols/raft_format.hpp"

namespace lockstep::sim {

const std::vector<ProtocolFormat>& protocol_formats() {
  static const std::vector<ProtocolFormat> formats{raft_format(), bully_format()};
  return formats;
}

}  // namespace lockstep::sim
