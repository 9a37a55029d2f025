#include "processes/bench/scripts.hpp"

#include <fmt/format.h>

#include "core/base/check.hpp"
#include "processes/bench/loads.hpp"

namespace lockstep::processes {

namespace {

// Defines request_of(i), the whole request for key i.
std::string lockstep_requests(bool writes) {
  return fmt::format(R"(local function request_of(i)
  return wrk.format('{}', '/v1/kv/key-' .. i, nil, {})
end
)",
                     writes ? "PUT" : "GET", writes ? "value" : "nil");
}

std::string post_requests() {
  return R"(local function request_of()
  return wrk.format('POST', '/v1/messages', {}, value)
end
)";
}

std::string etcd_requests(bool writes) {
  constexpr const char* base64 = R"(local alphabet =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
local function base64(text)
  return ((text:gsub('.', function(x)
    local r, b = '', x:byte()
    for i = 8, 1, -1 do r = r .. (b % 2 ^ i - b % 2 ^ (i - 1) > 0 and '1' or '0') end
    return r
  end) .. '0000'):gsub('%d%d%d?%d?%d?%d?', function(x)
    if #x < 6 then return '' end
    local c = 0
    for i = 1, 6 do c = c + (x:sub(i, i) == '1' and 2 ^ (6 - i) or 0) end
    return alphabet:sub(c + 1, c + 1)
  end) .. ({ '', '==', '=' })[#text % 3 + 1])
end
)";
  return base64 + fmt::format(R"(local function request_of(i)
  local body = '{{"key":"' .. base64('key-' .. i) .. '"' .. {} .. '}}'
  return wrk.format('POST', '{}', {{['Content-Type'] = 'application/json'}}, body)
end
)",
                              writes ? R"(',"value":"' .. base64(value) .. '"')" : "''",
                              writes ? "/v3/kv/put" : "/v3/kv/range");
}

}  // namespace

std::string wrk_script(Kind kind, bool writes) {
  check(kind != Kind::zookeeper, "wrk speaks HTTP only");
  return fmt::format("local value = string.rep('x', {})\n", value_bytes) +
         (kind == Kind::lockstep   ? lockstep_requests(writes)
          : kind == Kind::messages ? post_requests()
                                   : etcd_requests(writes)) +
         fmt::format(R"(local requests, n = {{}}, 0
init = function()
  for i = 1, {0} do requests[i] = request_of(i) end
end
request = function()
  n = n % {0} + 1
  return requests[n]
end
)",
                     keys);
}

}  // namespace lockstep::processes
