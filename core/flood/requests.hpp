// What users ask of a peer, and what it answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/strong.hpp"
#include "core/flood/index.hpp"
#include "core/flood/manifest.hpp"
#include "core/flood/types.hpp"

namespace lockstep::flood {

// Log in at a peer; nobody: at every peer known, as at the start. Answered at once.
struct LogIn {
  NodeId peer;
  static constexpr std::string_view name = "log_in";
  static constexpr void fields(auto& self, auto&& visit) { visit("peer", self.peer); }
  friend bool operator==(LogIn, LogIn) = default;
};
// Tell the neighbours, and hear of nobody until LogIn. Answered at once.
struct LogOut {
  static constexpr std::string_view name = "log_out";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(LogOut, LogOut) = default;
};
// Offer a file whose content the driver has. Answered when that is durable.
struct Share {
  std::string title;
  Manifest manifest;
  static constexpr std::string_view name = "share";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("title", self.title);
    visit("manifest", self.manifest);
  }
  friend bool operator==(const Share&, const Share&) = default;
};
// Offer it no more. Answered when that is durable.
struct Unshare {
  std::string title;
  static constexpr std::string_view name = "unshare";
  static constexpr void fields(auto& self, auto&& visit) { visit("title", self.title); }
  friend bool operator==(const Unshare&, const Unshare&) = default;
};
// Answered with Found, at once where something is found here.
struct Search {
  std::string text;
  By by = By::name;
  Strategy strategy = Strategy::flood;
  std::uint8_t ttl = 0;           // 0: the configured one; of a walker, its steps
  std::uint16_t permille = 1000;  // percolation: chance that a peer passes it on to a neighbour
  bool everywhere = false;        // asks others even if something is found here
  static constexpr std::string_view name = "search";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("text", self.text);
    visit("by", self.by);
    visit("strategy", self.strategy);
    visit("ttl", self.ttl);
    visit("permille", self.permille);
    visit("everywhere", self.everywhere);
  }
  friend bool operator==(const Search&, const Search&) = default;
};
// Find the file of that name, take it from whoever has it, and offer it. Of several files of one
// name the one with the most sources. Answered with Fetched when it is whole and durable.
struct Fetch {
  std::string title;
  static constexpr std::string_view name = "fetch";
  static constexpr void fields(auto& self, auto&& visit) { visit("title", self.title); }
  friend bool operator==(const Fetch&, const Fetch&) = default;
};
using Request = std::variant<LogIn, LogOut, Share, Unshare, Search, Fetch>;

struct Done {
  static constexpr std::string_view name = "done";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Done, Done) = default;
};
struct Refused {
  std::string why;
  static constexpr std::string_view name = "refused";
  static constexpr void fields(auto& self, auto&& visit) { visit("why", self.why); }
  friend bool operator==(const Refused&, const Refused&) = default;
};
// A file at somebody who says that it has it.
struct Source {
  NodeId owner;
  Listing file;
  static constexpr std::string_view name = "source";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("owner", self.owner);
    visit("file", self.file);
  }
  friend bool operator==(const Source&, const Source&) = default;
};
struct Found {
  std::vector<Source> sources;  // those here first, then in the order they came
  static constexpr std::string_view name = "found";
  static constexpr void fields(auto& self, auto&& visit) { visit("sources", self.sources); }
  friend bool operator==(const Found&, const Found&) = default;
};
struct Fetched {
  FileId file;
  static constexpr std::string_view name = "fetched";
  static constexpr void fields(auto& self, auto&& visit) { visit("file", self.file); }
  friend bool operator==(const Fetched&, const Fetched&) = default;
};
using Reply = std::variant<Done, Refused, Found, Fetched>;

}  // namespace lockstep::flood
