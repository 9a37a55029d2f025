#include "node/messages/messages_host.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/base/overloaded.hpp"
#include "core/lamport/records.hpp"
#include "node/guest/true_random.hpp"

namespace lockstep::node {
namespace {

using lamport::Record;

std::vector<Record> records_of(net::LogStore& store, std::size_t members) {
  auto records = decode_records<Record>(store.take_recovered());
  if (const std::string flaw = lamport::flaw_in(records); !flaw.empty())
    throw net::LogDamaged("the log of messages is not one: " + flaw);
  for (const Record& record : records) {
    const auto* entry = std::get_if<lamport::Entry>(&record);
    if (entry != nullptr && entry->stamp.node.value() > members) {
      throw net::LogForeign(
          fmt::format("the log of messages has one of member {}, and there are {}; "
                      "list the members it was written with",
                      entry->stamp.node.value(), members));
    }
  }
  return records;
}

lamport::Lamport machine_of(const Config& config) {
  return {config.id, static_cast<std::uint32_t>(config.members.size()), config.messages.machine,
          true_random()};
}

}  // namespace

MessagesHost::MessagesHost(net::asio::io_context& io, const Config& config, net::LogStore& store,
                           net::Log& log, Carry carry)
    : GuestHost(io, machine_of(config), store, Duration(), std::move(carry)),
      log_(log),
      recovered_(records_of(store, config.members.size())) {}

void MessagesHost::start() {
  begin(std::move(recovered_));
  started_ = true;
}

void MessagesHost::send(NodeId to, lamport::Message&& message) {
  if (const auto* copies = std::get_if<lamport::Copies>(&message)) {
    counts_.sent += copies->entries.size();
  } else if (std::holds_alternative<lamport::Forward>(message)) {
    ++counts_.sent;
  }
  GuestHost::send(to, std::move(message));
}

void MessagesHost::written(const Record& record) {
  const auto* entry = std::get_if<lamport::Entry>(&record);
  if (entry != nullptr && entry->stamp.node != machine().self()) ++counts_.received;
}

void MessagesHost::notify(lamport::Notice&& notice) {
  std::visit(Overloaded{[&](const bully::Notice& e) { hear(e); },
                        [&](const lamport::Shown& e) {
                          if (!started_) return;  // it was shown before
                          ++counts_.shown;
                          shown_rate_.add(now());
                          if (watcher_) watcher_(e.stamp);
                        },
                        [&](const lamport::CausalityViolation& e) { late_.insert(e.stamp); },
                        [&](const lamport::AskedForGap&) { ++counts_.gaps; }, [](const auto&) {}},
             notice);
}

void MessagesHost::hear(const bully::Notice& notice) {
  std::visit(Overloaded{[&](const bully::ElectionStarted&) { ++counts_.elections; },
                        [&](const bully::BecameCoordinator&) { log_.info("leads the messages"); },
                        [&](const bully::AcceptedCoordinator& e) {
                          log_.info("follows in the messages", {{"leader", e.id}});
                        },
                        [&](const bully::SuspectedCoordinator& e) {
                          log_.warning("hears no leader of the messages", {{"leader", e.id}});
                        }},
             notice);
}

}  // namespace lockstep::node
