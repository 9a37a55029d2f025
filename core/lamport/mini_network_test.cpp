#include "core/lamport/mini_network_test.hpp"

#include <set>

namespace lockstep::lamport {

bool MiniNetwork::agree() const {
  std::optional<std::vector<Entry>> first;
  for (NodeId id(1); id <= highest(); ++id) {
    if (!alive(id)) continue;
    if (!first) first = shown(id);
    if (shown(id) != *first) return false;
  }
  std::set<Origin> there;
  for (const Entry& entry : *first) {
    if (!there.insert(entry.origin).second) return false;
  }
  for (const auto& [origin, stamp] : posted) {
    if (!there.contains(origin)) return false;
  }
  return true;
}

void MiniNetwork::perform(NodeId id, const Effect<Alphabet>& effect) {
  if (const auto* sent = std::get_if<Send<Message>>(&effect)) {
    if (cut(id, sent->to)) return;
    for (int copies = random_.chance(doubles) ? 2 : 1; copies > 0; --copies) {
      if (random_.chance(loss)) continue;
      const Duration takes = random_.between(latency_low, latency_high);
      push(now_ + takes, {sent->to, false, 0, Received<Message>{id, sent->message}});
    }
  } else if (const auto* set = std::get_if<SetTimer<Timer>>(&effect)) {
    own(id, set->at, TimerFired<Timer>{set->timer, set->epoch});
  } else if (const auto* persist = std::get_if<Persist<Record>>(&effect)) {
    for (const Record& record : persist->records) {
      ++at(id).issued;
      at(id).unsynced.emplace_back(at(id).issued, record);
    }
    own(id, now_ + disk, Persisted{at(id).issued});
  } else if (const auto* notify = std::get_if<Notify<Notice>>(&effect)) {
    notices.emplace_back(id, notify->notice);
  } else if (const auto* said = std::get_if<Answer<Reply>>(&effect)) {
    if (const auto* reply = std::get_if<Posted>(&said->reply))
      posted[{ClientId(1), reply->sequence}] = reply->stamp;
  }
}

}  // namespace lockstep::lamport
