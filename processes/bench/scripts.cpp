#include "processes/bench/scripts.hpp"

#include <fmt/format.h>

#include "core/base/check.hpp"
#include "processes/bench/loads.hpp"

namespace lockstep::processes {

std::string wrk_script(Kind kind, bool writes) {
  check(kind != Kind::zookeeper, "wrk speaks HTTP only");
  const std::string head =
      fmt::format("local n = 0\nlocal value = string.rep('x', {})\n", value_bytes);
  if (kind == Kind::lockstep) {
    return head + fmt::format(R"(request = function()
  n = (n + 1) % {}
  return wrk.format('{}', '/v1/kv/key-' .. n, nil, {})
end
)",
                              keys, writes ? "PUT" : "GET", writes ? "value" : "nil");
  }
  return head +
         fmt::format(
             R"(local alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
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
  end) .. ({{ '', '==', '=' }})[#text % 3 + 1])
end
local bodies = {{}}
for i = 1, {} do
  bodies[i] = '{{"key":"' .. base64('key-' .. i) .. '"' .. ({}) .. '}}'
end
request = function()
  n = n % {} + 1
  return wrk.format('POST', '{}', {{['Content-Type'] = 'application/json'}}, bodies[n])
end
)",
             keys, writes ? R"(',"value":"' .. base64(value) .. '"')" : "''", keys,
             writes ? "/v3/kv/put" : "/v3/kv/range");
}

}  // namespace lockstep::processes
