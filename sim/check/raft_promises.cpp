#include "sim/check/raft_promises.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::sim {

using raft::LogIndex;
using raft::Term;

void RaftPromises::started(NodeId node, const std::vector<raft::Record>& durable,
                           const LogPrints& found) {
  Server& server = servers_[node.value() - 1];
  server.writes.clear();
  for (const raft::Record& record : durable) promise(node, record.term, record.vote);
  // A disk that lost the end of what it had called durable takes no promise back.
  const bool forgot = server.log.has(found.last_index(), found.print_at(found.last_index()));
  if (!forgot) server.log = found;
}

void RaftPromises::persisted(NodeId node, RecordSeq number, const raft::Record& record,
                             const LogPrints& log) {
  Write write{number, record.term, record.vote, {}};
  if (record.first != LogIndex() && record.first <= log.last_index().next())
    write.change = log.change_from(record.first);
  servers_[node.value() - 1].writes.push_back(std::move(write));
}

void RaftPromises::told_durable(NodeId node, RecordSeq upto) {
  Server& server = servers_[node.value() - 1];
  for (; !server.writes.empty() && server.writes.front().number <= upto;
       server.writes.pop_front()) {
    const Write& write = server.writes.front();
    promise(node, write.term, write.vote);
    server.log.apply(write.change);
  }
}

void RaftPromises::promise(NodeId node, Term term, NodeId vote) {
  if (vote == nobody) return;
  Vote& last = servers_[node.value() - 1].vote;
  if (term >= last.term) last = {term, vote};
  auto& votes = votes_[term];
  votes.resize(servers_.size());
  votes[node.value() - 1] = vote;
}

std::size_t RaftPromises::votes(Term term, NodeId candidate) const {
  const auto found = votes_.find(term);
  if (found == votes_.end()) return 0;
  return static_cast<std::size_t>(
      std::count(found->second.begin(), found->second.end(), candidate));
}

bool RaftPromises::votes_for(NodeId node, Term term, NodeId candidate) const {
  const auto found = votes_.find(term);
  return found != votes_.end() && found->second[node.value() - 1] == candidate;
}

std::size_t RaftPromises::copies(LogIndex index, std::uint64_t print) const {
  return static_cast<std::size_t>(
      std::count_if(servers_.begin(), servers_.end(),
                    [&](const Server& server) { return server.log.has(index, print); }));
}

}  // namespace lockstep::sim
