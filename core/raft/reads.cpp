#include "core/raft/reads.hpp"

#include <utility>

#include "core/base/check.hpp"

namespace lockstep::raft {

void Reads::begin_round(LogIndex commit) {
  check(wants_round(), "a round begins for reads, when none is out");
  ++newest_;
  index_ = commit;
  asked_ = std::exchange(waiting_, {});
}

std::vector<RequestId> Reads::finish_round() {
  check(outstanding(), "a round that is out can be finished");
  return std::exchange(asked_, {});
}

std::vector<RequestId> Reads::give_up() {
  std::vector<RequestId> all = std::exchange(asked_, {});
  all.insert(all.end(), waiting_.begin(), waiting_.end());
  waiting_.clear();
  return all;
}

}  // namespace lockstep::raft
