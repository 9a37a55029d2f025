#include "sim/protocols/flood_rogue.hpp"

#include <string>

#include "core/base/random.hpp"
#include "core/base/sha256.hpp"

namespace lockstep::sim {

void Rogue::misbehave(const Event<Alphabet>& event, std::size_t before, flood::Out& out) {
  for (std::size_t i = before; i < out.size(); ++i) {
    if (auto* send = std::get_if<Send<flood::Message>>(&out[i])) spoil(event, send->message);
  }
  const auto* in = std::get_if<Received<flood::Message>>(&event);
  const auto* query = in == nullptr ? nullptr : std::get_if<flood::Query>(&in->message);
  if (does_->false_hits && query != nullptr) {
    const flood::FileId none{sha256("no such file " + std::to_string(peer_.self().value()))};
    flood::Hit hit{.query = query->id, .owner = peer_.self(), .files = {{query->text, none, 1}}};
    out.push_back(Send<flood::Message>{.to = in->from, .message = std::move(hit)});
  }
  const auto* fired = std::get_if<TimerFired<flood::Timer>>(&event);
  if (does_->storm > 0 && fired != nullptr && fired->timer == flood::Timer::directory) storm(out);
}

void Rogue::spoil(const Event<Alphabet>& event, flood::Message& message) const {
  if (auto* chunk = std::get_if<flood::Chunk>(&message); chunk != nullptr && does_->bad_chunks) {
    for (const flood::Listing& listing : peer_.index().files()) {
      if (listing.file != chunk->file) continue;
      const std::uint32_t size = flood::size_of_chunk(listing.size, chunk->number);
      chunk->content.bytes = std::string(size, '!');
    }
  }
  auto* query = std::get_if<flood::Query>(&message);
  const auto* in = std::get_if<Received<flood::Message>>(&event);
  const auto* heard = in == nullptr ? nullptr : std::get_if<flood::Query>(&in->message);
  if (does_->ignores_ttl && query != nullptr && heard != nullptr) {
    query->ttl = 255;
    query->hops = 0;
  }
}

// Under ids that nobody has seen.
void Rogue::storm(flood::Out& out) {
  for (std::uint32_t i = 0; i < does_->storm; ++i) {
    flood::Query query;
    query.id = flood::QueryId(mix_seed(peer_.self().value(), ++fresh_));
    query.ttl = 255;
    query.text = "storm";
    for (const auto& [peer, neighbour] : peer_.directory().neighbours())
      out.push_back(Send<flood::Message>{.to = peer, .message = query});
  }
}

}  // namespace lockstep::sim
