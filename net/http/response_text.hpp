// A response as the bytes that go out.
#pragma once

#include <string>
#include <string_view>

#include "net/http/server.hpp"

namespace lockstep::net {

struct ResponseForm {
  bool head = false;        // the request was HEAD: the length of the body, without it
  bool keep_alive = false;  // the connection stays open
  bool old = false;         // to an HTTP/1.0 client, which has to be told that it stays open
};

// A line break within a header goes out as a space: nobody adds headers through a value.
void append_response(std::string& out, const HttpResponse& response, const ResponseForm& form);

// What the server itself says: {"outcome":"refused","reason":"…"}.
[[nodiscard]] HttpResponse refusal_response(unsigned status, std::string_view reason);

}  // namespace lockstep::net
