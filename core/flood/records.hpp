// What of a peer is durable, and how it is looked at before a machine is built on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/flood/content.hpp"
#include "core/flood/manifest.hpp"

namespace lockstep::flood {

// A fetch has the manifest, which hashes to the file's id.
struct Begun {
  std::string title;
  Manifest manifest;
  static constexpr std::string_view name = "begun";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("title", self.title);
    visit("manifest", self.manifest);
  }
  friend bool operator==(const Begun&, const Begun&) = default;
};
// A chunk of a file that was begun; its bytes have the manifest's hash.
struct Kept {
  FileId file;
  std::uint32_t number = 0;
  Content content;  // core/flood/content.hpp says where its bytes may lie
  static constexpr std::string_view name = "kept";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("file", self.file);
    visit("number", self.number);
    visit("content", self.content);
  }
  friend bool operator==(const Kept&, const Kept&) = default;
};
// The file is whole and offered.
struct Offered {
  std::string title;
  Manifest manifest;
  static constexpr std::string_view name = "offered";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("title", self.title);
    visit("manifest", self.manifest);
  }
  friend bool operator==(const Offered&, const Offered&) = default;
};
struct Withdrawn {
  std::string title;
  static constexpr std::string_view name = "withdrawn";
  static constexpr void fields(auto& self, auto&& visit) { visit("title", self.title); }
  friend bool operator==(const Withdrawn&, const Withdrawn&) = default;
};
using Record = std::variant<Begun, Kept, Offered, Withdrawn>;

// Why no machine has written these records, oldest first, or nothing. A machine that starts with
// others asserts.
[[nodiscard]] std::string flaw_in(const std::vector<Record>& records);

}  // namespace lockstep::flood
