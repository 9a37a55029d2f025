#include "sim/check/lamport_rules.hpp"

#include <algorithm>
#include <utility>

#include "core/text/to_text.hpp"

namespace lockstep::sim {

using lamport::LamportTime;
using lamport::Mode;
using lamport::Number;
using lamport::Origin;
using lamport::Stamp;

LamportRules::LamportRules(std::uint32_t nodes, std::uint32_t clients, Mode mode)
    : mode_(mode), causes_(nodes + clients), nodes_(nodes) {
  for (Node& node : nodes_) node.durable.resize(nodes);
}

void LamportRules::broke(const char* rule, std::string text, NodeId node, Instant now) {
  if (broken_.insert(rule).second) violations_.push_back({rule, std::move(text), node, now});
}

void LamportRules::started(NodeId id, const std::vector<lamport::Record>& durable) {
  Node& node = at(id);
  node.issued = RecordSeq{};
  const auto lost = std::exchange(node.writes, {});
  node.delivered = 0;
  causes_.crashed(id.value() - 1);
  std::fill(node.durable.begin(), node.durable.end(), Number{});
  for (const auto& record : durable) {
    if (const auto* entry = std::get_if<lamport::Entry>(&record))
      node.durable[entry->stamp.node.value() - 1] = entry->number;
  }
  // What it stamped and neither kept nor sent was nobody's.
  for (const Write& write : lost) {
    const auto stamp = write.stream == id && write.number > node.durable[id.value() - 1]
                           ? stamps_.find(write.stamp)
                           : stamps_.end();
    if (stamp == stamps_.end()) continue;
    std::erase(places_[stamp->second.first], std::pair(id, write.number));
    stamps_.erase(stamp);
  }
}

void LamportRules::told_durable(NodeId id, RecordSeq upto) {
  Node& node = at(id);
  while (!node.writes.empty() && node.writes.front().record <= upto) {
    const Write write = node.writes.front();
    node.writes.pop_front();
    causes_.outlives(id.value() - 1, write.known);
    if (write.stream != nobody) node.durable[write.stream.value() - 1] = write.number;
  }
}

void LamportRules::persisted(Instant now, NodeId id, const lamport::Record& record) {
  Node& node = at(id);
  ++node.issued;
  const auto* entry = std::get_if<lamport::Entry>(&record);
  const auto causes = causes_.known(id.value() - 1);
  if (entry == nullptr) return node.writes.push_back({node.issued, nobody, {}, {}, causes});
  node.writes.push_back({node.issued, entry->stamp.node, entry->number, entry->stamp, causes});
  const std::pair named(entry->origin, entry->number);
  const auto [known, fresh] = stamps_.emplace(entry->stamp, named);
  if (fresh) {
    places_[entry->origin].emplace_back(entry->stamp.node, entry->number);
  } else if (known->second != named) {
    broke("stamp used twice",
          to_text(entry->stamp) + " is of " + to_text(known->second.first) + " and of " +
              to_text(entry->origin),
          id, now);
  }
}

void LamportRules::said(Instant now, NodeId id, LamportTime time) {
  Node& node = at(id);
  if (time <= node.told) {
    broke("clock goes back",
          "a word at time " + to_text(time) + ", after one at " + to_text(node.told), id, now);
  }
  node.this_step = std::max(node.this_step, time);
}

void LamportRules::said(Instant now, NodeId id, LamportTime time, const lamport::Message& message) {
  said(now, id, time);
  Node& node = at(id);
  if (const auto* holding = std::get_if<lamport::Holding>(&message)) {
    for (std::size_t i = 0; i < holding->numbers.size(); ++i) {
      if (holding->numbers[i] > node.durable[i])
        broke("said before durable", "it says it holds " + to_text(*holding), id, now);
    }
  } else if (const auto* copies = std::get_if<lamport::Copies>(&message)) {
    for (const lamport::Entry& entry : copies->entries) {
      if (entry.number > node.durable[entry.stamp.node.value() - 1])
        broke("said before durable", "a copy of " + to_text(entry.stamp) + " leaves", id, now);
    }
  }
}

void LamportRules::step_ends(NodeId id) {
  Node& node = at(id);
  node.told = std::max(node.told, node.this_step);
  node.this_step = LamportTime{};
}

void LamportRules::heard(Instant now, NodeId id, LamportTime told, LamportTime after) {
  if (after > told) return;
  broke("clock behind what it heard",
        "it heard time " + to_text(told) + ", and its clock tells " + to_text(after), id, now);
}

void LamportRules::stamped(Instant now, NodeId id, Stamp stamp) {
  if (stamp.time <= at(id).told || stamp.node != id) {
    broke("clock goes back", "the stamp " + to_text(stamp) + ", after time " + to_text(at(id).told),
          id, now);
  }
  if (const auto cause = causes_.stamped(id.value() - 1, stamp)) {
    broke("happened-before",
          to_text(*cause) + " happened before " + to_text(stamp) + " and is not smaller", id, now);
  }
}

void LamportRules::shown(Instant now, NodeId id, Stamp stamp) {
  if (mode_ != Mode::multicast) return;
  std::size_t& place = at(id).delivered;
  if (place == delivered_.size()) delivered_.push_back(stamp);
  const std::string what =
      "it delivers " + to_text(stamp) + " as number " + std::to_string(place + 1);
  if (place > 0 && stamp <= delivered_[place - 1]) {
    broke("order differs", what + ", after " + to_text(delivered_[place - 1]), id, now);
  } else if (delivered_[place] != stamp) {
    broke("order differs", what + ", where another one delivered " + to_text(delivered_[place]), id,
          now);
  }
  ++place;
}

bool LamportRules::holds(const Node& node, Origin origin) const {
  const auto found = places_.find(origin);
  if (found == places_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const auto& place) {
    return node.durable[place.first.value() - 1] >= place.second;
  });
}

void LamportRules::acknowledged(Instant now, NodeId id, Origin origin) {
  const auto copies = static_cast<std::size_t>(std::count_if(
      nodes_.begin(), nodes_.end(), [&](const Node& node) { return holds(node, origin); }));
  const std::size_t wanted = mode_ == Mode::multicast ? nodes_.size() : nodes_.size() / 2 + 1;
  if (copies < wanted) {
    broke("acknowledged too early",
          to_text(origin) + " is held by " + std::to_string(copies) + ", not by " +
              std::to_string(wanted),
          id, now);
  }
  acknowledged_.insert(origin);
}

void LamportRules::judge_shown(Instant now, NodeId id, const lamport::Log& log) {
  if (mode_ == Mode::multicast) return;
  std::size_t& shown = at(id).shown;
  const std::size_t is = log.order().size();
  if (is < shown) {
    broke("message lost",
          "it showed " + std::to_string(shown) + " messages, and shows " + std::to_string(is), id,
          now);
  }
  shown = is;
}

LamportRules::Quiet LamportRules::look(Instant now, const std::vector<Group>& groups) const {
  Quiet quiet{.at = now, .shown = {}, .acknowledged = acknowledged_};
  for (const Group& group : groups) {
    auto& shown = quiet.shown.emplace_back();
    for (const auto& [node, log] : group.logs) {
      for (const auto& [stamp, number] : log->order())
        shown.insert(log->at(stamp.node, number).origin);
    }
  }
  return quiet;
}

void LamportRules::judge_quiet(Instant now, const std::vector<Group>& groups, Duration patience) {
  if (!quiet_ || quiet_->shown.size() != groups.size()) {
    quiet_ = look(now, groups);
    return;
  }
  if (now - quiet_->at < patience) return;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t size = groups[g].logs.size();
    // In multicast a part shows nothing more, and each may have got further than the others.
    if (mode_ == Mode::multicast && size < nodes_.size()) continue;
    std::set<Origin> expected = quiet_->shown[g];
    if (size > nodes_.size() / 2)
      expected.insert(quiet_->acknowledged.begin(), quiet_->acknowledged.end());
    judge_group(now, groups[g], expected);
  }
  quiet_ = look(now, groups);
}

void LamportRules::judge_group(Instant now, const Group& group, const std::set<Origin>& expected) {
  std::map<Origin, Stamp> first;
  for (const auto& [node, log] : group.logs) {
    std::map<Origin, Stamp> shown;
    for (const auto& [stamp, number] : log->order()) {
      const Origin origin = log->at(stamp.node, number).origin;
      if (!shown.emplace(origin, stamp).second)
        broke("message twice", to_text(origin) + " is shown twice", node, now);
    }
    for (const Origin& origin : expected) {
      const auto found = shown.find(origin);
      if (found == shown.end()) {
        const bool safe = acknowledged_.contains(origin);
        broke(safe ? "message lost" : "logs differ", to_text(origin) + " is not shown", node, now);
      } else if (first.try_emplace(origin, found->second).first->second != found->second) {
        broke("logs differ",
              to_text(origin) + " stands at " + to_text(found->second) + " and at " +
                  to_text(first.at(origin)),
              node, now);
      }
    }
  }
}

}  // namespace lockstep::sim
