#include "core/kv/store.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"

namespace lockstep::kv {
namespace {

template <class Answers>
auto place_of(Answers& answers, Serial serial) {
  return std::lower_bound(answers.begin(), answers.end(), serial,
                          [](const auto& cached, Serial wanted) { return cached.serial < wanted; });
}

}  // namespace

Store::Store(Limits limits) : limits_(limits) {
  check(limits.sessions > 0 && limits.answers > 0, "a store remembers at least one answer");
}

Reply Store::apply(raft::LogIndex index, const Command& command) {
  if (const auto* request = std::get_if<ClientRequest>(&command)) return execute(index, *request);
  return open(index);
}

Reply Store::open(raft::LogIndex index) {
  if (sessions_.size() >= limits_.sessions) {
    const auto oldest = std::min_element(
        sessions_.begin(), sessions_.end(),
        [](const auto& a, const auto& b) { return a.second.last_used < b.second.last_used; });
    sessions_.erase(oldest, std::next(oldest));
  }
  const SessionId id(index.value());
  check(sessions_.insert(id, Session{index, Serial{}, {}}), "a log index opens one session");
  return SessionOpened{id};
}

Reply Store::execute(raft::LogIndex index, const ClientRequest& request) {
  if (!limits_.deduplicate || is_read(request.operation)) {
    return Completed{request.serial, run(request.operation)};
  }
  Session* const session = sessions_.find(request.session);
  if (session == nullptr) return SessionExpired{request.serial, request.session};
  session->last_used = index;
  if (auto answer = recall(*session, request.serial)) return std::move(*answer);
  acknowledge(*session, std::min(request.acknowledged_below, request.serial));
  Completed completed{request.serial, Done{}};
  completed.result = run(request.operation);
  remember(*session, request.serial, completed.result);
  return completed;
}

std::optional<Reply> Store::known(const ClientRequest& request) const {
  if (!limits_.deduplicate || is_read(request.operation)) return std::nullopt;
  const Session* const session = sessions_.find(request.session);
  if (session == nullptr) return std::nullopt;  // it may be open in entries not applied here yet
  return recall(*session, request.serial);
}

std::optional<Reply> Store::recall(const Session& session, Serial serial) {
  if (serial < session.acknowledged_below) return Stale{serial};
  if (session.answers.empty() || session.answers.back().serial < serial) return std::nullopt;
  const auto cached = place_of(session.answers, serial);
  if (cached->serial != serial) return std::nullopt;
  return Completed{serial, cached->result};
}

void Store::acknowledge(Session& session, Serial below) {
  session.acknowledged_below = std::max(session.acknowledged_below, below);
  const auto live = place_of(session.answers, session.acknowledged_below);
  if ((live - session.answers.begin()) * 2 >= std::ssize(session.answers)) {
    session.answers.erase(session.answers.begin(), live);
  }
}

void Store::remember(Session& session, Serial serial, const Result& result) const {
  session.answers.insert(place_of(session.answers, serial), Cached{serial, result});
  if (session.answers.size() <= limits_.answers) return;
  const auto live = place_of(session.answers, session.acknowledged_below);
  if (static_cast<std::size_t>(session.answers.end() - live) > limits_.answers) {
    acknowledge(session, live->serial.next());
  }
}

std::size_t Store::cached_answers(SessionId id) const {
  const Session* const session = sessions_.find(id);
  if (session == nullptr) return 0;
  const auto live = place_of(session->answers, session->acknowledged_below);
  return static_cast<std::size_t>(session->answers.end() - live);
}

Result Store::read(std::string_view key) const {
  const auto found = data_.find(key);
  if (found == data_.end()) return Missing{};
  return Found{found->second};
}

Result Store::run(const Operation& operation) {
  return std::visit(
      Overloaded{[&](const Put& put) -> Result {
                   data_[put.key] = put.value;
                   return Done{};
                 },
                 [&](const Get& get) -> Result { return read(get.key); },
                 [&](const Delete& gone) -> Result {
                   data_.erase(gone.key);
                   return Done{};
                 },
                 [&](const Append& append) -> Result {
                   data_[append.key] += append.value;
                   return Done{};
                 },
                 [&](const CompareAndSet& cas) -> Result {
                   const auto at = data_.find(cas.key);
                   const bool there = at != data_.end();
                   const bool expected = there ? cas.expected == at->second : !cas.expected;
                   if (!expected) {
                     return NotSwapped{there ? std::optional(at->second) : std::nullopt};
                   }
                   if (there) {
                     at->second = cas.value;
                   } else {
                     data_.emplace(cas.key, cas.value);
                   }
                   return Swapped{};
                 }},
      operation);
}

}  // namespace lockstep::kv
