#include "core/kv/replica.hpp"

#include <algorithm>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::kv {
namespace {

Limits limits_of(const Config& config) {
  return Limits{.sessions = config.max_sessions, .deduplicate = config.sessions};
}

void answer(Replica::Out& out, RequestId id, Reply reply) {
  out.emplace_back(Answer<Reply>{id, std::move(reply)});
}

}  // namespace

Replica::Replica(NodeId self, std::vector<NodeId> members, Config config, std::uint64_t seed)
    : config_(config),
      raft_(self, std::move(members), config.raft, seed),
      store_(limits_of(config)) {}

void Replica::step(Instant now, const Event<Alphabet>& event, Out& out) {
  Asker asker;
  std::visit(
      Overloaded{
          [&](const Received<raft::Message>& e) { raft_.receive(now, e.from, e.message, said_); },
          [&](const Persisted& e) { raft_.persisted(now, e.upto, said_); },
          [&](const TimerFired<raft::Timer>& e) { raft_.fire(now, e.timer, e.epoch, said_); },
          [&](const Requested<Request>& e) { asker = ask(now, e.id, e.request, out); },
          [&](const Started<raft::Record>& e) { raft_.start(now, e.records, said_); },
          [](const Sampled&) {}},
      event);
  forward(asker, out);
  if (applied_ != raft_.commit()) apply_committed(out);
  if (!writes_.empty()) give_up_writes(out);
  if (reads_ready_) answer_reads(out);
}

Replica::Asker Replica::ask(Instant now, RequestId id, const Request& request, Out& out) {
  Asker asker{id, Serial{}};
  if (std::holds_alternative<Campaign>(request)) {
    raft_.request(now, RequestId{}, raft::Campaign{}, said_);
    return asker;
  }
  if (const auto* wish = std::get_if<TransferLeadership>(&request)) {
    raft_.request(now, RequestId{}, raft::TransferLeadership{wish->to}, said_);
    return asker;
  }
  const auto* const asked = std::get_if<ClientRequest>(&request);
  if (asked != nullptr) asker.serial = asked->serial;
  if (raft_.role() != raft::RoleName::leader) {
    answer(out, id, NotLeader{asker.serial, raft_.leader()});
  } else if (asked == nullptr || !settle(now, id, *asked, out)) {
    raft::Propose propose;
    wire::encode(request, propose.command);
    raft_.request(now, RequestId{}, std::move(propose), said_);
  }
  return asker;
}

bool Replica::settle(Instant now, RequestId id, const ClientRequest& request, Out& out) {
  if (const auto* get = std::get_if<Get>(&request.operation)) {
    if (config_.reads == Reads::local) {
      answer(out, id, Completed{request.serial, store_.read(get->key)});
    } else {
      ++last_round_;
      reads_.push_back({last_round_, id, request.serial, get->key});
      raft_.request(now, last_round_, raft::Read{}, said_);
    }
    return true;
  }
  auto known = store_.known(request);
  if (known) answer(out, id, std::move(*known));
  return known.has_value();
}

void Replica::forward(const Asker& asker, Out& out) {
  for (auto& effect : said_) {
    std::visit(Overloaded{[&](Answer<raft::Reply>& said) { hear(asker, said.id, said.reply, out); },
                          [&]<class Same>(Same& same) {
                            out.emplace_back(std::in_place_type<Same>, std::move(same));
                          }},
               effect);
  }
  said_.clear();
}

void Replica::hear(const Asker& asker, RequestId id, const raft::Reply& reply, Out& out) {
  PendingRead* const read = id == RequestId{} ? nullptr : waiting_read(id);
  std::visit(
      Overloaded{
          [&](const raft::Proposed& e) {
            writes_.push_back({e.index, e.term, asker.id, asker.serial});
          },
          [&](const raft::ReadReady& e) {
            if (read == nullptr) return;
            check(e.index <= raft_.commit(), "a read waits for what is committed");
            read->ready = reads_ready_ = true;
          },
          [&](const raft::NotLeader& e) {
            const Asker to = read != nullptr ? Asker{read->id, read->serial} : asker;
            answer(out, to.id, NotLeader{to.serial, e.leader});
            if (read != nullptr) reads_.erase(reads_.begin() + (read - reads_.data()));
          },
          [&](const raft::Busy&) { answer(out, asker.id, Busy{asker.serial}); },
          [&](const raft::CampaignStarted&) { answer(out, asker.id, CampaignStarted{}); },
          [&](const raft::TransferStarted& e) { answer(out, asker.id, TransferStarted{e.to}); },
          [&](const raft::NobodyToLead&) { answer(out, asker.id, NobodyToLead{}); }},
      reply);
}

Replica::PendingRead* Replica::waiting_read(RequestId round) {
  const auto at = std::lower_bound(
      reads_.begin(), reads_.end(), round,
      [](const PendingRead& read, RequestId wanted) { return read.round < wanted; });
  return at != reads_.end() && at->round == round ? &*at : nullptr;
}

void Replica::apply_committed(Out& out) {
  auto waiting = writes_.begin();
  Command command;
  while (applied_ < raft_.commit()) {
    ++applied_;
    const raft::Entry& entry = raft_.log().entry(applied_);
    if (entry.kind != raft::EntryKind::command) continue;
    if (!wire::decode_into(entry.command.view(), command)) continue;
    Reply reply = store_.apply(applied_, command);
    if (waiting == writes_.end() || waiting->index != applied_) continue;
    if (waiting->term != entry.term) reply = LeadershipLost{waiting->serial};
    answer(out, waiting->id, std::move(reply));
    ++waiting;
  }
  writes_.erase(writes_.begin(), waiting);
}

void Replica::give_up_writes(Out& out) {
  if (raft_.role() == raft::RoleName::leader && raft_.term() == writes_.back().term) return;
  for (const PendingWrite& write : writes_) answer(out, write.id, LeadershipLost{write.serial});
  writes_.clear();
}

void Replica::answer_reads(Out& out) {
  for (const PendingRead& read : reads_) {
    if (read.ready) answer(out, read.id, Completed{read.serial, store_.read(read.key)});
  }
  std::erase_if(reads_, [](const PendingRead& read) { return read.ready; });
  reads_ready_ = false;
}

}  // namespace lockstep::kv
