#include "node/server/version.hpp"

namespace lockstep::node {

std::string version_text() { return LOCKSTEP_VERSION; }
std::string commit_text() { return LOCKSTEP_COMMIT; }

}  // namespace lockstep::node
