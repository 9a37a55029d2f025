// A query and what comes back: query, hit and TTL as in Gnutella (Ripeanu, "Peer-to-peer
// architecture case study: Gnutella network", P2P 2001).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/strong.hpp"
#include "core/flood/index.hpp"
#include "core/flood/types.hpp"

namespace lockstep::flood {

struct Query {
  QueryId id;
  std::uint8_t ttl = 0;   // hops left, this one included; >= 1
  std::uint8_t hops = 0;  // gone before this one
  Spread spread = Spread::flood;
  By by = By::name;
  std::uint16_t permille = 1000;  // chance that it is passed on to a neighbour; 1000: to each
  NodeId asker;                   // where hits go straight; nobody: back along the way it came
  std::string text;               // a name, or words; at most longest_text bytes
  static constexpr std::string_view name = "query";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("id", self.id);
    visit("ttl", self.ttl);
    visit("hops", self.hops);
    visit("spread", self.spread);
    visit("by", self.by);
    visit("permille", self.permille);
    visit("asker", self.asker);
    visit("text", self.text);
  }
  friend bool operator==(const Query&, const Query&) = default;
};
struct Hit {
  QueryId query;
  NodeId owner;                // who has the files
  std::vector<Listing> files;  // 1 .. most_listings
  static constexpr std::string_view name = "hit";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("query", self.query);
    visit("owner", self.owner);
    visit("files", self.files);
  }
  friend bool operator==(const Hit&, const Hit&) = default;
};

}  // namespace lockstep::flood
