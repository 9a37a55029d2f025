// What notebooks, and the clients of one, say; see notebook_machine_for_tests.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/base/machine.hpp"

namespace lockstep::sim::notebook {

struct Ping {
  std::uint64_t number = 0;
  static constexpr std::string_view name = "ping";
  static constexpr void fields(auto& self, auto&& visit) { visit("number", self.number); }
  friend bool operator==(const Ping&, const Ping&) = default;
};
struct Echo {
  std::uint64_t number = 0;
  static constexpr std::string_view name = "echo";
  static constexpr void fields(auto& self, auto&& visit) { visit("number", self.number); }
  friend bool operator==(const Echo&, const Echo&) = default;
};
using Message = std::variant<Ping, Echo>;

struct Put {
  std::uint64_t number = 0;  // the client's; echoed in the reply
  std::string key, value;
  static constexpr std::string_view name = "put";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("number", self.number);
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Put&, const Put&) = default;
};
struct Get {
  std::uint64_t number = 0;
  std::string key;
  static constexpr std::string_view name = "get";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("number", self.number);
    visit("key", self.key);
  }
  friend bool operator==(const Get&, const Get&) = default;
};
struct Shout {  // ping everybody now
  static constexpr std::string_view name = "shout";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Shout&, const Shout&) = default;
};
struct Lead {
  static constexpr std::string_view name = "lead";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Lead&, const Lead&) = default;
};
struct Break {  // fail a check
  static constexpr std::string_view name = "break";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Break&, const Break&) = default;
};
using Request = std::variant<Put, Get, Shout, Lead, Break>;

struct Done {
  std::uint64_t number = 0;
  std::optional<std::string> found;
  static constexpr std::string_view name = "done";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("number", self.number);
    visit("found", self.found);
  }
  friend bool operator==(const Done&, const Done&) = default;
};
struct Note {
  std::string key, value;
  static constexpr std::string_view name = "note";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Note&, const Note&) = default;
};
struct Woke {
  std::uint64_t seed = 0;
  static constexpr std::string_view name = "woke";
  static constexpr void fields(auto& self, auto&& visit) { visit("seed", self.seed); }
  friend bool operator==(const Woke&, const Woke&) = default;
};

enum class Timer : std::uint8_t { beat };
constexpr std::string_view name_of(Timer) { return "beat"; }
constexpr std::size_t enumerator_count(Timer) { return 1; }

struct Config {
  Duration beat;      // 0: none
  bool echo = false;  // answers every ping with an echo
};

// A client may be told:
struct Wish {
  bool put = false;
  std::string key, value;
  static constexpr std::string_view name = "wish";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("put", self.put);
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Wish&, const Wish&) = default;
};
struct Granted {
  std::optional<std::string> found;
  static constexpr std::string_view name = "granted";
  static constexpr void fields(auto& self, auto&& visit) { visit("found", self.found); }
  friend bool operator==(const Granted&, const Granted&) = default;
};
enum class Patience : std::uint8_t { over };
constexpr std::string_view name_of(Patience) { return "over"; }
constexpr std::size_t enumerator_count(Patience) { return 1; }

}  // namespace lockstep::sim::notebook
