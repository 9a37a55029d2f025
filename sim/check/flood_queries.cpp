#include "sim/check/flood_queries.hpp"

#include <algorithm>
#include <string>

#include "core/text/to_text.hpp"

namespace lockstep::sim {

using flood::Hit;
using flood::Query;

namespace {

// The query that came was one too many, or a stranger's.
bool turned_away(const flood::Out& effects) {
  return std::any_of(effects.begin(), effects.end(), [](const auto& effect) {
    const auto* notify = std::get_if<Notify<flood::Notice>>(&effect);
    const auto* send = std::get_if<Send<flood::Message>>(&effect);
    return (notify != nullptr && std::holds_alternative<flood::QueryDropped>(notify->notice)) ||
           (send != nullptr && std::holds_alternative<flood::Stranger>(send->message));
  });
}

}  // namespace

FloodQueries::FloodQueries(const Bounds& bounds) : bounds_(bounds), exempt_(bounds.nodes) {}

void FloodQueries::broke(Instant now, NodeId node, const char* rule, std::string text) {
  violations_.push_back({rule, std::move(text), node, now});
}

FloodQueries::Path* FloodQueries::find(flood::QueryId query) {
  if (last_ != nullptr && last_id_ == query.value()) return last_;
  const auto place = places_.find(query.value());
  if (place == places_.end()) return nullptr;
  last_id_ = query.value();
  return last_ = paths_[place->second].get();
}

// It forgot what it had heard and asked, and may pass it on once more.
void FloodQueries::started(NodeId node) {
  const std::size_t place = node.value() - 1;
  for (const auto& path : paths_) {
    path->passed[place] = false;
    if (path->from[place] == 0) continue;
    path->from[place] = 0;
    if (path->asker != node) --path->reached;
  }
  storms_.erase(storms_.lower_bound({node, nobody}), storms_.lower_bound({node.next(), nobody}));
}

void FloodQueries::stepped(Instant now, NodeId node, const flood::Flood& peer, const Event& event,
                           const flood::Out& effects) {
  const auto* in = std::get_if<Received<flood::Message>>(&event);
  if (in != nullptr) {
    const auto* query = std::get_if<Query>(&in->message);
    if (query != nullptr && !peer.directory().away() && !turned_away(effects)) {
      heard(now, node, in->from, *query, effects);
      const bool rogue = exempt_[in->from.value() - 1] && !exempt_[node.value() - 1];
      if (rogue) came_from_rogue(now, node, in->from, *query, effects);
    }
    if (const auto* hit = std::get_if<Hit>(&in->message)) {
      Path* path = find(hit->query);
      if (path != nullptr && path->asker == node) ++path->hits_home;
    }
  }
  for (const auto& effect : effects) {
    const auto* send = std::get_if<Send<flood::Message>>(&effect);
    if (send == nullptr) continue;
    if (const auto* query = std::get_if<Query>(&send->message)) {
      // What is passed on is somebody else's, also where that one is not followed.
      if (in == nullptr || !std::holds_alternative<Query>(in->message)) asked(now, node, *query);
      if (Path* path = find(query->id)) ++path->messages;
    } else if (const auto* hit = std::get_if<Hit>(&send->message)) {
      sent_hit(now, node, send->to, *hit, event, peer);
    }
  }
}

void FloodQueries::asked(Instant now, NodeId node, const Query& query) {
  if (find(query.id) != nullptr || exempt_[node.value() - 1]) return;
  auto path = std::make_unique<Path>();
  path->asker = node;
  path->since = now;
  path->query = query;
  path->from.resize(bounds_.nodes);
  path->passed.resize(bounds_.nodes);
  path->from[node.value() - 1] = node.value();
  path->passed[node.value() - 1] = true;
  places_.emplace(query.id.value(), paths_.size());
  paths_.push_back(std::move(path));
}

void FloodQueries::heard(Instant now, NodeId node, NodeId from, const Query& query,
                         const flood::Out& effects) {
  Path* path = find(query.id);
  if (path == nullptr) return;
  std::uint32_t& first = path->from[node.value() - 1];
  if (first == 0) {
    first = from.value();
    if (path->asker != node) ++path->reached;
  } else {
    ++path->repeated;
  }
  if (!exempt_[node.value() - 1]) passed_on(now, node, from, query, *path, effects);
}

// However fresh its ids are, so many are passed on and no more.
void FloodQueries::came_from_rogue(Instant now, NodeId node, NodeId from, const Query& query,
                                   const flood::Out& effects) {
  const bool taken = std::any_of(effects.begin(), effects.end(), [&](const auto& effect) {
    const auto* send = std::get_if<Send<flood::Message>>(&effect);
    const auto* onward = send == nullptr ? nullptr : std::get_if<Query>(&send->message);
    return onward != nullptr && onward->id == query.id;
  });
  if (!taken) return;
  Storm& storm = storms_[{node, from}];
  if (storm.taken++ == 0) storm.since = now;
  const std::uint64_t waited =
      static_cast<std::uint64_t>((now - storm.since).ns()) / 1'000 * bounds_.query_rate / 1'000'000;
  if (judges_memory_ && storm.taken > bounds_.query_burst + waited + 1)
    broke(now, node, "stormed through",
          std::to_string(storm.taken) + " queries of " + display_name(from));
}

void FloodQueries::passed_on(Instant now, NodeId node, NodeId from, const Query& query, Path& path,
                             const flood::Out& effects) {
  const bool walks = query.spread == flood::Spread::walk;
  std::uint32_t sent = 0;
  NodeId last;
  for (const auto& effect : effects) {
    const auto* send = std::get_if<Send<flood::Message>>(&effect);
    const auto* onward = send == nullptr ? nullptr : std::get_if<Query>(&send->message);
    if (onward == nullptr || onward->id != query.id) continue;
    ++sent;
    const int most =
        std::min(query.ttl - 1, (walks ? bounds_.max_steps : bounds_.max_ttl) - query.hops - 1);
    if (onward->ttl > most || onward->ttl == 0 || onward->hops != query.hops + 1)
      broke(now, node, "ttl not counted down", to_text(query) + " went on as " + to_text(*onward));
    if (!walks && send->to == from) broke(now, node, "echoed", to_text(query));
    if (send->to <= last) broke(now, node, "passed on twice", to_text(query) + " to one neighbour");
    last = send->to;
  }
  if (sent == 0) return;
  if (walks) {
    if (sent > 1) broke(now, node, "passed on twice", "a walker goes one way: " + to_text(query));
    return;
  }
  const bool remembered = judges_memory_ && now - path.since < bounds_.seen_for;
  if (path.passed[node.value() - 1] && remembered)
    broke(now, node, "passed on twice", to_text(query));
  path.passed[node.value() - 1] = true;
}

void FloodQueries::sent_hit(Instant now, NodeId node, NodeId to, const Hit& hit, const Event& event,
                            const flood::Flood& peer) {
  Path* path = find(hit.query);
  if (exempt_[node.value() - 1]) return;
  const auto* in = std::get_if<Received<flood::Message>>(&event);
  const auto* query = in == nullptr ? nullptr : std::get_if<Query>(&in->message);
  if (query == nullptr) {  // somebody else's, on its way
    const bool remembered =
        judges_memory_ && path != nullptr && now - path->since < bounds_.seen_for;
    if (remembered && path->from[node.value() - 1] != to.value())
      broke(now, node, "hit off the way",
            "of " + display_name(hit.owner) + " to " + display_name(to));
    return;
  }
  if (path != nullptr) ++path->hits_made;
  const NodeId way = query->asker == nobody ? in->from : query->asker;
  if (hit.owner != node || hit.query != query->id || to != way)
    broke(now, node, "hit off the way", "its own, to " + display_name(to));
  for (const flood::Listing& file : hit.files) {
    const flood::Listing* here = peer.index().find(file.title);
    const auto partly = peer.transfers().partly(file.title);
    const bool has = here != nullptr ? *here == file : partly == file;
    if (!has) broke(now, node, "hit without file", to_text(file));
  }
}

void FloodQueries::judge_reach(Instant now, Instant settled, const Graph& graph) {
  for (const auto& path : paths_) {
    const Query& query = path->query;
    if (path->since >= settled || query.spread != flood::Spread::flood || query.permille < 1000)
      continue;
    const Ball wanted = ball(graph, path->asker.value() - 1, query.ttl);
    for (std::uint32_t n = 0; n < bounds_.nodes; ++n) {
      if ((path->from[n] != 0) == wanted.reached[n]) continue;
      broke(now, NodeId(n + 1), "reach",
            to_text(query) + (path->from[n] == 0 ? " did not reach it" : " reached it"));
      break;
    }
    const std::uint64_t all = 2 * graph.links() - (graph.nodes() - 1);
    if (path->messages != wanted.messages || (wanted.covers && path->messages != all)) {
      broke(now, path->asker, "flood miscounted",
            to_text(query) + " took " + std::to_string(path->messages) + " messages, not " +
                std::to_string(wanted.messages));
    }
  }
}

void FloodQueries::judge_hits(Instant now, Instant settled) {
  for (const auto& path : paths_) {
    const bool walks = path->query.spread == flood::Spread::walk;
    if (path->since >= settled || path->hits_made == path->hits_home || walks) continue;
    if (path->hits_made > bounds_.max_hits) continue;
    broke(now, path->asker, "hit lost",
          to_text(path->query) + ": " + std::to_string(path->hits_made) + " hits sent, " +
              std::to_string(path->hits_home) + " came home");
  }
}

FloodQueries::Sum FloodQueries::sum() const {
  Sum sum;
  sum.queries = paths_.size();
  for (const auto& path : paths_) {
    sum.messages += path->messages;
    sum.repeated += path->repeated;
    sum.hits += path->hits_home;
    sum.most_reached = std::max(sum.most_reached, path->reached);
    sum.most_messages = std::max(sum.most_messages, path->messages);
    sum.covered_all = sum.covered_all || path->reached == bounds_.nodes;
  }
  return sum;
}

}  // namespace lockstep::sim
