// Short makers of peers, events and effects, used by every handler test.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/flood/flood.hpp"

namespace lockstep::flood {

const Instant t0, t1 = t0 + seconds(1);

// Linked from the start, and silent but for what it is asked.
inline Config quiet() {
  Config config;
  config.directory.start_linked = true;
  config.directory.health_check = Duration(0);
  return config;
}

inline Event<Alphabet> from(std::uint32_t node, Message message) {
  return Received<Message>{.from = NodeId(node), .message = std::move(message)};
}
inline Event<Alphabet> request(std::uint64_t id, Request what) {
  return Requested<Request>{.id = RequestId(id), .request = std::move(what)};
}
inline Event<Alphabet> fired(Timer timer, std::uint64_t epoch) {
  return TimerFired<Timer>{.timer = timer, .epoch = TimerEpoch(epoch)};
}
inline Event<Alphabet> durable(std::uint64_t upto) { return Persisted{RecordSeq(upto)}; }

inline Effect<Alphabet> send(std::uint32_t node, Message message) {
  return Send<Message>{.to = NodeId(node), .message = std::move(message)};
}
inline Effect<Alphabet> set(Timer timer, std::uint64_t epoch, Instant at) {
  return SetTimer<Timer>{.timer = timer, .epoch = TimerEpoch(epoch), .at = at};
}
inline Effect<Alphabet> notify(Notice notice) { return Notify<Notice>{std::move(notice)}; }
inline Effect<Alphabet> answer(std::uint64_t id, Reply reply) {
  return Answer<Reply>{.id = RequestId(id), .reply = std::move(reply)};
}
inline Effect<Alphabet> persist(std::vector<Record> records) {
  return Persist<Record>{std::move(records)};
}

inline Out step(Flood& peer, Instant now, const Event<Alphabet>& event) {
  Out out;
  peer.step(now, event, out);
  return out;
}

inline Record offered(const std::string& title, const std::string& content) {
  return Offered{title, manifest_of(content)};
}
inline Listing listing(const std::string& title, const std::string& content) {
  return {title, id_of(manifest_of(content)), content.size()};
}

// One of 20, started with these neighbours and records.
inline Flood linked(std::uint32_t self, const std::vector<std::uint32_t>& neighbours,
                    const Config& config = quiet(), std::vector<Record> records = {},
                    std::uint64_t seed = 1) {
  std::vector<NodeId> known;
  for (const auto id : neighbours) known.emplace_back(id);
  Config chosen = config == Config{} ? quiet() : config;
  Flood peer(NodeId(self), 20, chosen, known, seed);
  (void)step(peer, Instant(), Started<Record>{std::move(records)});
  return peer;
}

}  // namespace lockstep::flood
