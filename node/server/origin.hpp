// Which pages may have a browser change something here. A form or a script of any page can send a
// POST to any address that the browser reaches, this node's among them; browsers say whose page it
// was in `Origin` (RFC 6454, section 7), and in `Sec-Fetch-Site` where they leave that out.
#pragma once

#include <string>

#include "net/http/server.hpp"
#include "node/config/config.hpp"

namespace lockstep::node {

// Why a request that changes something is refused: it comes from a page that is neither this
// node's own, by whatever name that was opened, nor a member's. Empty when it is not; so for
// whoever is no browser, as those send neither header.
[[nodiscard]] std::string cross_site_reason(const net::HttpRequest& request, const Config& config);

}  // namespace lockstep::node
