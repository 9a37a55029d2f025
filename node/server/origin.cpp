#include "node/server/origin.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace lockstep::node {
namespace {

struct Site {
  std::string host, port;
  friend bool operator==(const Site&, const Site&) = default;
};

// Names of this machine are one: a page that was opened as localhost asks members at 127.0.0.1.
std::string plain(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::string name(host);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name == "::1" || name == "127.0.0.1" ? "localhost" : name;
}

// "node-1:7001", "[::1]:7001", "node-1".
Site site_of(std::string_view authority, std::string_view usual_port) {
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && !authority.ends_with(']');
  return {plain(authority.substr(0, has_port ? colon : authority.size())),
          std::string(has_port ? authority.substr(colon + 1) : usual_port)};
}

// Whether that is a page of this node, or of a member.
bool is_ours(std::string_view origin, const net::HttpRequest& request, const Config& config) {
  const std::size_t end = origin.find("://");
  if (end == std::string_view::npos) return false;  // "null": a page that says nothing of itself
  const std::string_view usual_port = origin.substr(0, end) == "https" ? "443" : "80";
  const Site page = site_of(origin.substr(end + 3), usual_port);
  const auto* host = request.header("host");
  if (host != nullptr && page == site_of(*host, usual_port)) return true;
  return std::any_of(config.members.begin(), config.members.end(), [&](const Member& member) {
    return page == Site{plain(member.api.host), std::to_string(member.api.port)};
  });
}

}  // namespace

std::string cross_site_reason(const net::HttpRequest& request, const Config& config) {
  constexpr const char* what_to_do =
      "; open the dashboard of a member, or ask with something that is no browser";
  if (const auto* origin = request.header("origin")) {
    if (is_ours(*origin, request, config)) return {};
    return "cross_site: a page of " + *origin + " may not change anything here" + what_to_do;
  }
  const auto* site = request.header("sec-fetch-site");
  if (site == nullptr || *site != "cross-site") return {};
  return std::string("cross_site: a page of another site may not change anything here") +
         what_to_do;
}

}  // namespace lockstep::node
