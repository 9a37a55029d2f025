// The Bully election as a part of the node: its words, alarms and notices are wrapped.
#include "core/base/overloaded.hpp"
#include "core/lamport/lamport.hpp"

namespace lockstep::lamport {

void Lamport::elect(Turn turn, const Event<bully::Alphabet>& event) {
  auto* replicated = std::get_if<Replicated>(&mode_);
  if (replicated == nullptr) return;  // nobody is elected in multicast
  const NodeId before = leader();
  Effects<bully::Alphabet> said;
  replicated->bully.step(turn.now, event, said);
  const auto own = [](bully::Timer timer) { return static_cast<Timer>(timer); };
  for (const auto& effect : said) {
    std::visit(Overloaded{[&](const Send<bully::Message>& e) {
                            send(e.to, Election{{}, e.message});
                          },
                          [&](const SetTimer<bully::Timer>& e) {
                            turn.out.emplace_back(SetTimer<Timer>{own(e.timer), e.epoch, e.at});
                          },
                          [&](const CancelTimer<bully::Timer>& e) {
                            turn.out.emplace_back(CancelTimer<Timer>{own(e.timer)});
                          },
                          [&](const Notify<bully::Notice>& e) {
                            turn.out.emplace_back(Notify<Notice>{e.notice});
                          },
                          [](const Persist<Nothing>&) {}, [](const Answer<Nothing>&) {}},
               effect);
  }
  if (leader() == before || leader() == nobody) return;
  if (leads()) {
    took_office(turn);
  } else {
    follow(turn);
  }
}

// What others hold is not known for sure any more, nor what an earlier leader sent them.
void Lamport::took_office(Turn turn) {
  auto& replicated = std::get<Replicated>(mode_);
  peers_.forget();
  for (NodeId peer(1); peer <= NodeId(count_); ++peer) {
    if (peer != self_) say_holding(peer, false);
  }
  auto waiting = std::move(replicated.waiting);
  replicated.waiting.clear();
  for (const auto& [origin, post] : waiting) stamp({nobody, post.id, origin}, post.text, turn.out);
  commit();
}

// Whoever posted here waits for the next leader; other nodes ask that one themselves.
void Lamport::follow(Turn turn) {
  auto& replicated = std::get<Replicated>(mode_);
  for (const auto& [place, askers] : pending_) {
    for (const Asker& asker : askers) {
      if (asker.node != nobody) continue;
      const std::string& text = log_.at(place.first, place.second).text;
      replicated.waiting[asker.origin] = {asker.id, text, turn.now, {}};
    }
  }
  pending_.clear();
  askers_ = 0;
  say_holding(leader(), false);
  for (auto& [origin, post] : replicated.waiting) forward(origin, post, turn.now);
}

}  // namespace lockstep::lamport
