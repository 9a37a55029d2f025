#include "property_tests/models/store_twin.hpp"

#include <algorithm>

namespace lockstep::properties {

using namespace kv;

Result StoreTwin::run(const Operation& operation) {
  const std::string key = std::visit([](const auto& o) { return o.key; }, operation);
  const auto at = data_.find(key);
  const auto there = at == data_.end() ? std::nullopt : std::optional(at->second);
  if (std::holds_alternative<Get>(operation))
    return there ? Result(Found{*there}) : Result(Missing{});
  if (std::holds_alternative<Delete>(operation)) {
    data_.erase(key);
    return Done{};
  }
  if (const auto* put = std::get_if<Put>(&operation)) {
    data_[key] = put->value;
    return Done{};
  }
  if (const auto* append = std::get_if<Append>(&operation)) {
    data_[key] = there.value_or("") + append->value;
    return Done{};
  }
  const auto& cas = std::get<CompareAndSet>(operation);
  if (there != cas.expected) return NotSwapped{there};
  data_[key] = cas.value;
  return Swapped{};
}

void StoreTwin::forget(Session& session, Serial below) {
  session.forgotten_below = std::max(session.forgotten_below, below);
  std::erase_if(session.answers,
                [&](const auto& answer) { return answer.first < session.forgotten_below; });
}

std::optional<Reply> StoreTwin::remembered(const Session& session, Serial serial) {
  if (serial < session.forgotten_below) return Stale{serial};
  const auto answer = session.answers.find(serial);
  if (answer == session.answers.end()) return std::nullopt;
  return Completed{serial, answer->second};
}

Reply StoreTwin::apply(raft::LogIndex index, const Command& command) {
  if (std::holds_alternative<OpenSession>(command)) {
    while (sessions_.size() >= limits_.sessions) {
      auto oldest = sessions_.begin();
      for (auto it = sessions_.begin(); it != sessions_.end(); ++it)
        if (it->second.last_used < oldest->second.last_used) oldest = it;
      sessions_.erase(oldest);
    }
    sessions_[SessionId(index.value())].last_used = index;
    return SessionOpened{SessionId(index.value())};
  }
  const auto& request = std::get<ClientRequest>(command);
  if (!limits_.deduplicate || is_read(request.operation))
    return Completed{request.serial, run(request.operation)};
  const auto at = sessions_.find(request.session);
  if (at == sessions_.end()) return SessionExpired{request.serial, request.session};
  Session& session = at->second;
  session.last_used = index;
  if (const auto before = remembered(session, request.serial)) return *before;
  forget(session, std::min(request.acknowledged_below, request.serial));
  const Result result = run(request.operation);
  session.answers[request.serial] = result;
  if (session.answers.size() > limits_.answers)
    forget(session, session.answers.begin()->first.next());
  return Completed{request.serial, result};
}

std::optional<Reply> StoreTwin::known(const ClientRequest& request) const {
  if (!limits_.deduplicate || is_read(request.operation)) return std::nullopt;
  const auto at = sessions_.find(request.session);
  return at == sessions_.end() ? std::nullopt : remembered(at->second, request.serial);
}

std::size_t StoreTwin::answers_of(SessionId id) const {
  const auto at = sessions_.find(id);
  return at == sessions_.end() ? 0 : at->second.answers.size();
}

}  // namespace lockstep::properties
