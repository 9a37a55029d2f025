// Answers of guests to clients, as docs/node.md says of all calls.
#pragma once

#include <string>

#include "net/http/server.hpp"
#include "node/config/json.hpp"

namespace lockstep::node::answers {

inline net::HttpResponse json(unsigned status, const Json& json) {
  return {status, "application/json", dumped(json), {}};
}

inline net::HttpResponse refused(unsigned status, const std::string& reason) {
  return json(status, {{"outcome", "refused"}, {"reason", reason}});
}

// Nothing happened; it may be tried again.
inline net::HttpResponse failed(const std::string& reason) {
  auto response = json(503, {{"outcome", "failed"}, {"reason", reason}});
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

// It may have happened, or may yet.
inline net::HttpResponse unknown(const std::string& reason) {
  return json(504, {{"outcome", "unknown"}, {"reason", reason}});
}

inline net::HttpResponse disk_full() {
  return json(507, {{"outcome", "failed"}, {"reason", "disk_full"}});
}

}  // namespace lockstep::node::answers
