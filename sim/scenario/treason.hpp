// What an adversary does with the messages of a node that was given to it. Strategies are data: a
// list of them, each applied in turn to every message the node sends to another node.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"

namespace lockstep::sim {

struct Treason {
  // silent: it does not leave. lie: a field of it is changed, or it becomes a message of another
  // name with what fields they share. equivocate: a field is changed otherwise for every receiver.
  // replay: one it sent before, to anybody, leaves as well. forge: it names another sender.
  enum class Kind : std::uint8_t { silent, lie, equivocate, replay, forge };
  Kind kind = Kind::silent;
  // Which messages: those to these nodes (none: to all), of this name (empty: of all), and of them
  // those that the ratio picks.
  std::vector<NodeId> to;
  std::string message;
  Ratio ratio{1, 1};
  // lie: "term", "entries.term"; a number is set or added to, held within its type; to a text the
  // amount is appended. equivocate: the amount times the receiver's number is added.
  std::string field;
  bool set = false;
  std::int64_t amount = 0;
  std::string as;  // lie: the name of the other message
  NodeId sender;   // forge
};
constexpr std::string_view name_of(Treason::Kind kind) {
  switch (kind) {
    case Treason::Kind::silent: return "silent";
    case Treason::Kind::lie: return "lie";
    case Treason::Kind::equivocate: return "equivocate";
    case Treason::Kind::replay: return "replay";
    case Treason::Kind::forge: return "forge";
  }
  return "?";
}

}  // namespace lockstep::sim
