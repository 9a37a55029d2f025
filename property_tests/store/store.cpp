// The store against std::map and plain rules, with few keys, few sessions and short memories.
#include "core/kv/store.hpp"

#include <string>
#include <vector>

#include "core/text/to_text.hpp"
#include "property_tests/models/store_twin.hpp"
#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::properties;
using namespace lockstep::kv;

namespace {

Operation draw_operation(Choices& choices) {
  const std::string key(1, static_cast<char>('a' + choices.below(3)));
  const std::string value = std::to_string(choices.below(3));
  switch (choices.below(5)) {
    case 0: return Put{key, value};
    case 1: return Append{key, value};
    case 2: return Get{key};
    case 3: return Delete{key};
    default:
      return CompareAndSet{key, choices.chance(1, 3) ? std::nullopt : std::optional(value), "1"};
  }
}

ClientRequest draw_request(Choices& choices, const std::vector<SessionId>& sessions) {
  ClientRequest request;
  request.session = sessions.empty() || choices.chance(1, 20) ? SessionId(choices.below(9))
                                                              : choices.pick(sessions);
  request.serial = Serial(1 + choices.below(8));
  request.acknowledged_below =
      choices.chance(1, 2) ? Serial(1) : Serial(1 + choices.below(request.serial.value()));
  request.operation = draw_operation(choices);
  return request;
}

}  // namespace

TEST_CASE("the store answers as a map with a plain memory of each session") {
  int repeated = 0, stale = 0, expired = 0;
  holds([&](Choices& choices) {
    const Limits limits{.sessions = static_cast<std::uint32_t>(1 + choices.below(4)),
                        .answers = static_cast<std::uint32_t>(1 + choices.below(4)),
                        .deduplicate = !choices.chance(1, 10)};
    Store store(limits);
    StoreTwin twin(limits);
    std::vector<SessionId> sessions;
    for (std::uint64_t index = 1; !choices.exhausted(); index += 1 + choices.below(2)) {
      Command command = OpenSession{};
      if (!sessions.empty() && !choices.chance(1, 12)) command = draw_request(choices, sessions);
      if (const auto* request = std::get_if<ClientRequest>(&command)) {
        const auto known = store.known(*request);
        DEMAND(known == twin.known(*request));
        repeated += known && std::holds_alternative<Completed>(*known) ? 1 : 0;
        stale += known && std::holds_alternative<Stale>(*known) ? 1 : 0;
        DEMAND_EQUAL(store.cached_answers(request->session), twin.answers_of(request->session));
      }
      const Reply reply = store.apply(raft::LogIndex(index), command);
      const Reply expected = twin.apply(raft::LogIndex(index), command);
      note(std::to_string(index) + " " + to_text(command) + ": " + to_text(reply));
      if (!(reply == expected)) note("the twin says " + to_text(expected));
      DEMAND(reply == expected);
      expired += std::holds_alternative<SessionExpired>(reply) ? 1 : 0;
      if (const auto* opened = std::get_if<SessionOpened>(&reply))
        sessions.push_back(opened->session);
      DEMAND((store.data() == std::map<std::string, std::string, std::less<>>(twin.data().begin(),
                                                                              twin.data().end())));
      for (const SessionId id : sessions) DEMAND_EQUAL(store.has_session(id), twin.has_session(id));
    }
  });
  met("a repeated request", repeated, 300);
  met("a request that was acknowledged", stale, 500);
  met("a session that is gone", expired, 100);
}

TEST_CASE("a repeated request changes nothing and has the first answer, or none") {
  holds([](Choices& choices) {
    Store store;
    const auto opened = store.apply(raft::LogIndex(1), OpenSession{});
    const SessionId session = std::get<SessionOpened>(opened).session;
    std::vector<std::pair<ClientRequest, Reply>> past;
    for (std::uint64_t index = 2; !choices.exhausted(); ++index) {
      if (!past.empty() && choices.chance(1, 2)) {
        const auto& [request, first] = choices.pick(past);
        if (is_read(request.operation)) continue;
        const auto before = store.data();
        const Reply again = store.apply(raft::LogIndex(index), request);
        note("again " + to_text(request) + ": " + to_text(again));
        DEMAND(again == first || again == Reply(Stale{request.serial}));
        DEMAND(store.data() == before);
      } else {
        const Serial serial(past.size() + 1);
        const ClientRequest request{session, serial, Serial(1 + choices.below(serial.value())),
                                    draw_operation(choices)};
        past.emplace_back(request, store.apply(raft::LogIndex(index), request));
      }
    }
  });
}
