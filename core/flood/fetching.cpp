#include "core/flood/fetching.hpp"

namespace lockstep::flood {

void Fetching::verify() {
  verified = true;
  durable = Bits(chunks());
  taken = Bits(chunks());
}

std::optional<std::uint32_t> Fetching::next_chunk(const Supplier& supplier) const {
  if (!verified || !supplier.has) return std::nullopt;
  std::optional<std::uint32_t> rarest;
  std::size_t fewest = 0;
  std::uint32_t looked = 0;
  std::uint32_t at = supplier.has->next_without(taken, 0);
  if (suppliers.size() == 1 && at < chunks()) return at;  // all are as rare
  for (; at < chunks() && looked < choices; at = supplier.has->next_without(taken, at + 1)) {
    ++looked;
    std::size_t owners = 0;
    for (const auto& [node, other] : suppliers) owners += other.has && other.has->test(at);
    if (!rarest || owners < fewest) {
      rarest = at;
      fewest = owners;
    }
  }
  return rarest;
}

bool Fetching::may_ask_map(const Supplier& supplier) const {
  if (!verified) {  // one after the other, so that whoever sends a false part of it is known
    for (const auto& [node, other] : suppliers) {
      if (other.map_until) return false;
    }
    return true;
  }
  const bool idle = !supplier.map_until && supplier.asked.empty() && writing < max_writing;
  return idle && (!supplier.has || !supplier.has->all());
}

std::optional<Instant> Fetching::due() const {
  std::optional<Instant> first;
  const auto at = [&](Instant instant) {
    if (!first || instant < *first) first = instant;
  };
  if (finishing) return first;
  for (const auto& [node, supplier] : suppliers) {
    if (supplier.map_until) at(*supplier.map_until);
    for (const auto& [number, until] : supplier.asked) at(until);
    if (may_ask_map(supplier)) at(supplier.map_again);
  }
  return first;
}

void Fetching::release(Supplier& supplier) {
  for (const auto& [number, until] : supplier.asked) taken.reset(number);
  supplier.asked.clear();
}

}  // namespace lockstep::flood
