#include "sim/topology/random_graphs.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace lockstep::sim {
namespace {

using Links = std::vector<Link>;

// Asked for single links, never iterated.
class LinkSet {
 public:
  explicit LinkSet(std::size_t expected) { keys_.reserve(expected); }
  bool insert(Link link) { return keys_.insert(key(link)).second; }
  void erase(Link link) { keys_.erase(key(link)); }
  [[nodiscard]] bool contains(Link link) const { return keys_.count(key(link)) != 0; }

 private:
  static std::uint64_t key(Link link) {
    const auto [low, high] = std::minmax(link.first, link.second);
    return (std::uint64_t{low} << 32) | high;
  }
  std::unordered_set<std::uint64_t> keys_;
};

// Every node as often as it has links, drawn two by two (Bollobas' configuration model, 1980).
// Loops and double links are then exchanged with links drawn at random until there are none;
// nothing where that leads nowhere.
std::optional<Links> pair_up(std::uint32_t nodes, std::uint32_t degree, Random& random) {
  std::vector<std::uint32_t> ends;
  ends.reserve(std::size_t{nodes} * degree);
  for (std::uint32_t n = 0; n < nodes; ++n) ends.insert(ends.end(), degree, n);
  random.shuffle(ends);
  Links links, bad;
  LinkSet known(ends.size() / 2);
  links.reserve(ends.size() / 2);
  for (std::size_t i = 0; i < ends.size(); i += 2) {
    const Link link(ends[i], ends[i + 1]);
    (link.first != link.second && known.insert(link) ? links : bad).push_back(link);
  }
  for (std::size_t tries = 100 * (bad.size() + 10); !bad.empty() && tries > 0; --tries) {
    if (links.empty()) return std::nullopt;
    Link& other = links[random.below(links.size())];
    const Link link = bad.back(), one(link.first, other.first), two(link.second, other.second);
    if (one.first == one.second || two.first == two.second || known.contains(one) ||
        known.contains(two))
      continue;
    known.erase(other);
    known.insert(one);
    if (!known.insert(two)) {  // both are the same link
      known.erase(one);
      known.insert(other);
      continue;
    }
    bad.pop_back();
    other = one;
    links.push_back(two);
  }
  return bad.empty() ? std::optional(std::move(links)) : std::nullopt;
}

Links missing(std::uint32_t nodes, const Links& links) {
  LinkSet known(links.size());
  for (const Link& link : links) known.insert(link);
  Links others;
  for (std::uint32_t a = 0; a < nodes; ++a) {
    for (std::uint32_t b = a + 1; b < nodes; ++b) {
      if (!known.contains({a, b})) others.emplace_back(a, b);
    }
  }
  return others;
}

}  // namespace

Links random_regular(std::uint32_t nodes, std::uint32_t degree, Random& random) {
  // Of many links those that are missing are fewer, and regular as well.
  if (degree > (nodes - 1) / 2)
    return missing(nodes, random_regular(nodes, nodes - 1 - degree, random));
  for (;;) {
    if (auto links = pair_up(nodes, degree, random)) return std::move(*links);
  }
}

// From one link to the next the gap is geometric, so that only the links are drawn, not all pairs
// (Batagelj, Brandes, 2005).
Links erdos_renyi(std::uint32_t nodes, Ratio chance, Random& random) {
  Links links;
  if (chance.never()) return links;
  const std::uint64_t all = std::uint64_t{nodes} * (nodes - 1) / 2;
  const std::uint64_t misses =
      ~std::uint64_t{0} / chance.denominator * (chance.denominator - chance.numerator);
  const std::uint64_t step = misses == 0 ? 0 : std::max<std::uint64_t>(1, minus_log2_q32(misses));
  std::uint32_t a = 1, b = 0;  // a pair with b < a
  std::uint64_t left = all;
  for (;;) {
    const std::uint64_t gap = step == 0 ? 0 : minus_log2_q32(random.next() | 1) / step;
    if (gap >= left) return links;
    left -= gap + 1;
    std::uint64_t place = b + gap;
    while (place >= a) place -= a++;
    b = static_cast<std::uint32_t>(place);
    links.emplace_back(a, b);
    if (++b == a) b = 0, ++a;
    if (left == 0) return links;
  }
}

Links barabasi_albert(std::uint32_t nodes, std::uint32_t degree, Random& random) {
  Links links;
  std::vector<std::uint32_t> ends;  // every node as often as it has links
  const auto link = [&](std::uint32_t a, std::uint32_t b) {
    links.emplace_back(a, b);
    ends.push_back(a);
    ends.push_back(b);
  };
  for (std::uint32_t a = 0; a <= degree; ++a) {
    for (std::uint32_t b = 0; b < a; ++b) link(a, b);
  }
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t newcomer = degree + 1; newcomer < nodes; ++newcomer) {
    chosen.clear();
    while (chosen.size() < degree) {
      const std::uint32_t other = random.pick(ends);
      if (std::find(chosen.begin(), chosen.end(), other) == chosen.end()) chosen.push_back(other);
    }
    for (const std::uint32_t other : chosen) link(newcomer, other);
  }
  return links;
}

Links watts_strogatz(std::uint32_t nodes, std::uint32_t degree, Ratio chance, Random& random) {
  Links links;
  LinkSet known(std::size_t{nodes} * degree / 2);
  for (std::uint32_t hop = 1; hop <= degree / 2; ++hop) {
    for (std::uint32_t n = 0; n < nodes; ++n) {
      const Link link(n, (n + hop) % nodes);
      if (known.insert(link)) links.push_back(link);
    }
  }
  for (Link& link : links) {
    if (!random.chance(chance)) continue;
    const Link moved(link.first, static_cast<std::uint32_t>(random.below(nodes)));
    // Where it cannot be moved to, it stays.
    if (moved.first == moved.second || !known.insert(moved)) continue;
    known.erase(link);
    link = moved;
  }
  return links;
}

}  // namespace lockstep::sim
