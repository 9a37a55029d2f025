// What the client machine promises, against a service that loses, delays and doubles.
#include <map>
#include <optional>
#include <string>

#include "core/kv/client.hpp"
#include "property_tests/models/unkind_service.hpp"
#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::properties;
using namespace lockstep::kv;

namespace {

const Duration timeout = seconds(2);

struct Asked {
  Operation operation;
  Instant at;
  std::string token;  // of a write: unique, seen in a value only if it took effect
};

using AskedById = std::map<RequestId, Asked>;

std::size_t occurrences(const std::string& text, const std::string& token) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(token, at)) != std::string::npos; ++at) ++count;
  return count;
}

// How often the write took effect, from all that its key ever held. "log" is appended to only,
// "cell" set and swapped only; a value of "cell" that comes twice was written twice.
std::size_t effects(UnkindService& service, const Asked& asked) {
  std::size_t count = 0;
  for (const auto& [from, value] : service.past_of("cell"))
    if (value == asked.token) ++count;
  const auto& log = service.past_of("log").back().second;
  return count + (log ? occurrences(*log, asked.token) : 0);
}

// A value that the key had at some instant from the request to the answer.
bool was_there(UnkindService& service, const std::string& key, Instant from, Instant until,
               const std::optional<std::string>& value) {
  const auto& past = service.past_of(key);
  for (std::size_t i = 0; i < past.size(); ++i) {
    const bool ended_before = i + 1 < past.size() && past[i + 1].first < from;
    if (past[i].second == value && past[i].first <= until && !ended_before) return true;
  }
  return false;
}

Asked draw_operation(Choices& choices, std::uint64_t number, Instant now) {
  const std::string token = "<" + std::to_string(number) + ">";
  switch (choices.below(4)) {
    case 0: return {Append{"log", token}, now, token};
    case 1: return {Get{choices.chance(1, 2) ? "log" : "cell"}, now, ""};
    case 2: return {Put{"cell", token}, now, token};
    default: {
      std::optional<std::string> expected;
      if (choices.chance(3, 4)) expected = "<" + std::to_string(1 + choices.below(number)) + ">";
      return {CompareAndSet{"cell", expected, token}, now, token};
    }
  }
}

void check_finished(UnkindService& service, const Asked& asked, Instant at, const Result& result) {
  if (const auto* get = std::get_if<Get>(&asked.operation)) {
    const auto* found = std::get_if<Found>(&result);
    DEMAND(found || std::holds_alternative<Missing>(result));
    DEMAND(was_there(service, get->key, asked.at, at,
                     found ? std::optional(found->value) : std::nullopt));
    return;
  }
  const bool refused = std::holds_alternative<NotSwapped>(result);
  DEMAND_EQUAL(effects(service, asked), refused ? 0u : 1u);
}

void check_answer(UnkindService& service, const Asked& asked, const UnkindService::Ended& ended) {
  DEMAND(ended.at <= asked.at + timeout);
  const bool read = std::holds_alternative<Get>(asked.operation);
  if (const auto* finished = std::get_if<Finished>(&ended.reply))
    return check_finished(service, asked, ended.at, finished->result);
  if (std::holds_alternative<Failed>(ended.reply))
    DEMAND(read || effects(service, asked) == 0);
  else
    DEMAND(!read);
  DEMAND(read || effects(service, asked) <= 1);
}

struct Seen {
  int finished = 0, failed = 0, unknown = 0;
};

void live(Choices& choices, Seen& seen) {
  const ClientConfig config{.attempt_timeout = milliseconds(40 + choices.between(0, 200)),
                            .timeout = timeout,
                            .backoff_low = milliseconds(choices.between(0, 20)),
                            .backoff_high = milliseconds(20 + choices.between(0, 300)),
                            .pipeline = static_cast<std::uint32_t>(1 + choices.below(4))};
  UnkindService service(choices, config);
  AskedById asked;
  for (std::uint64_t number = 1, last = 1 + choices.below(12); number <= last; ++number) {
    const Asked operation = draw_operation(choices, number, service.now());
    asked.emplace(RequestId(number), operation);
    service.request(RequestId(number), operation.operation);
    service.run_until(service.now() + milliseconds(choices.between(0, 300)));
  }
  service.run_until(service.now() + timeout);
  DEMAND_EQUAL(service.client().open(), 0u);
  // Whatever is still on its way has to do no harm.
  service.run_until(service.now() + seconds(60));
  DEMAND_EQUAL(service.ended().size(), asked.size());
  AskedById unanswered = asked;
  for (const auto& ended : service.ended()) {
    DEMAND_EQUAL(unanswered.erase(ended.id), 1u);
    note("of #" + std::to_string(ended.id.value()));
    check_answer(service, asked.at(ended.id), ended);
    ++(ended.reply.index() == 0   ? seen.finished
       : ended.reply.index() == 1 ? seen.unknown
                                  : seen.failed);
  }
}

}  // namespace

TEST_CASE("a client's write takes effect at most once, and its answer is the truth") {
  Seen seen;
  holds([&](Choices& choices) { live(choices, seen); }, {.cases = 3000, .choices = 600});
  met("an operation that finished", seen.finished, 5000);
  met("one that failed", seen.failed, 50);
  met("one of unknown outcome", seen.unknown, 500);
}
