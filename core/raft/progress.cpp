#include "core/raft/progress.hpp"

#include <algorithm>

namespace lockstep::raft {

void Progress::accepted(LogIndex index) {
  match = std::max(match, index);
  if (sending == Sending::probe) {
    sending = Sending::replicate;
    waiting = false;
    next = match.next();
  }
  next = std::max(next, match.next());
}

void Progress::rejected(LogIndex agree) {
  sending = Sending::probe;
  waiting = false;
  next = std::max(agree, match).next();
}

bool Progress::is_news(LogIndex prev) const {
  if (prev <= match) return false;  // it has arrived since
  return sending == Sending::probe ? prev.next() == next : prev < next;
}

}  // namespace lockstep::raft
