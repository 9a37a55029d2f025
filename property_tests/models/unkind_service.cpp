#include "property_tests/models/unkind_service.hpp"

#include "core/text/to_text.hpp"
#include "property_tests/support/property.hpp"

namespace lockstep::properties {

using namespace kv;

UnkindService::UnkindService(Choices& choices, ClientConfig config)
    : choices_(choices),
      servers_{NodeId(1), NodeId(2), NodeId(3)},
      client_(NodeId(client_base + 1), servers_, config, choices.any()),
      store_(Limits{.sessions = static_cast<std::uint32_t>(1 + choices.below(3))}),
      lost_of_8_(choices.pick({0u, 1u, 1u, 6u})) {}

void UnkindService::request(RequestId id, Operation operation) {
  note(to_text(now_) + " asks #" + std::to_string(id.value()) + " " + to_text(operation));
  step(Requested<Operation>{id, std::move(operation)});
}

void UnkindService::run_until(Instant end) {
  while (!agenda_.empty() && agenda_.begin()->first <= end) {
    const auto first = agenda_.begin();
    now_ = first->first;
    const Due due = std::move(first->second);
    agenda_.erase(first);
    std::visit([&](const auto& what) { perform(what); }, due);
  }
  now_ = end;
}

const std::vector<std::pair<Instant, std::optional<std::string>>>& UnkindService::past_of(
    const std::string& key) {
  auto& past = past_[key];
  if (past.empty()) past.emplace_back(Instant(), std::nullopt);
  return past;
}

// Lost, or there once or twice, soon or when nobody expects it any more.
void UnkindService::carry(Due due) {
  std::uint64_t copies = choices_.chance(1, 10) ? 2 : 1;
  if (choices_.chance(lost_of_8_, 8)) copies = 0;
  for (; copies > 0; --copies) {
    const std::int64_t longest = choices_.chance(1, 8) ? 3000 : 60;
    plan(now_ + milliseconds(1 + choices_.between(0, longest)), due);
  }
}

void UnkindService::perform(const Arrives& due) {
  const auto* asked = std::get_if<ClientRequest>(&due.request);
  const Serial serial = asked ? asked->serial : Serial{};
  switch (choices_.chance(1, 3) ? choices_.below(6) : 0) {
    case 0: return carry(Returns{due.server, apply(due.request)});
    case 1:
      return carry(
          Returns{due.server, NotLeader{serial, choices_.chance(1, 2) ? some_server() : nobody}});
    case 2: return carry(Returns{due.server, Busy{serial}});
    case 3: return carry(Returns{due.server, LeadershipLost{serial}});
    case 4:  // it is in the log of somebody, who will lead again
      plan(now_ + milliseconds(choices_.between(1, 4000)), Applies{due.request});
      return carry(Returns{due.server, LeadershipLost{serial}});
    default:  // others open sessions, too
      (void)store_.apply(raft::LogIndex(++index_), OpenSession{});
  }
}

Reply UnkindService::apply(const Request& request) {
  const auto before = store_.data();
  const Command command = std::visit(
      [](const auto& asked) -> Command {
        if constexpr (std::is_constructible_v<Command, decltype(asked)>)
          return asked;
        else
          return OpenSession{};  // a client asks for nothing else
      },
      request);
  const Reply reply = store_.apply(raft::LogIndex(++index_), command);
  note(to_text(now_) + " applies " + to_text(command) + ": " + to_text(reply));
  for (const auto& [key, value] : store_.data()) {
    const auto at = before.find(key);
    if (at == before.end() || at->second != value) {
      (void)past_of(key);
      past_[key].emplace_back(now_, value);
    }
  }
  for (const auto& [key, value] : before)
    if (!store_.data().contains(key)) past_[key].emplace_back(now_, std::nullopt);
  return reply;
}

void UnkindService::perform(const Returns& due) {
  step(Received<Client::Alphabet::Message>{due.server, due.reply});
}

void UnkindService::perform(const Rings& due) {
  step(TimerFired<ClientTimer>{ClientTimer::deadline, due.epoch});
}

void UnkindService::step(const Event<Client::Alphabet>& event) {
  Client again = client_;
  Client::Out out, out_again;
  client_.step(now_, event, out);
  again.step(now_, event, out_again);
  DEMAND(again == client_);
  DEMAND(out == out_again);
  for (auto& effect : out) {
    if (auto* send = std::get_if<Send<Client::Alphabet::Message>>(&effect))
      carry(Arrives{send->to, std::get<Request>(send->message)});
    else if (const auto* set = std::get_if<SetTimer<ClientTimer>>(&effect))
      plan(std::max(now_, set->at), Rings{set->epoch});
    else if (const auto* answer = std::get_if<Answer<ClientReply>>(&effect)) {
      note(to_text(now_) + " hears #" + std::to_string(answer->id.value()) + " " +
           to_text(answer->reply));
      ended_.push_back({answer->id, now_, answer->reply});
    }
  }
}

}  // namespace lockstep::properties
