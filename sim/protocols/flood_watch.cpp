#include "sim/protocols/flood_watch.hpp"

#include <algorithm>

#include "core/text/to_text.hpp"
#include "sim/fuzz/remedies.hpp"

namespace lockstep::sim {
namespace {

FloodQueries::Bounds bounds_of(const Scenario& scenario, const flood::SearchConfig& config) {
  return {.nodes = scenario.nodes,
          .max_ttl = config.max_ttl,
          .max_steps = config.max_steps,
          .seen_for = config.seen_for,
          .max_hits = config.max_hits,
          .query_rate = config.query_rate,
          .query_burst = config.query_burst};
}

// A query to the last peer within its TTL, and its hit.
Duration farthest_hit(const Scenario& scenario, const FloodSettings& settings) {
  return longest_of(scenario.network.latency) * 2 * settings.machine.search.max_ttl;
}

// All searches in vain, and the way of a file of some chunks.
Duration longest_fetch(const Scenario& scenario, const flood::Config& config) {
  const Duration vain = config.search.answers_within + config.transfer.retry;
  return vain * config.transfer.max_searches +
         (longest_of(scenario.network.latency) + longest_of(scenario.disk.latency)) * 64;
}

bool is_calm(const Scenario& scenario, const FloodSettings& settings) {
  const Network& network = scenario.network;
  return scenario.faults.empty() && scenario.down.empty() && settings.rogues.empty() &&
         settings.machine.directory.start_linked &&
         farthest_hit(scenario, settings) < settings.machine.search.seen_for &&
         network.loss.never() && network.duplicate.never() && network.reorder.never() &&
         !network.bandwidth && network.platform.empty() && !network.regions;
}

Duration longest_search(const FloodPlan& plan) {
  const flood::SearchConfig& config = plan.settings.machine.search;
  const bool rings =
      std::any_of(plan.setup.orders.begin(), plan.setup.orders.end(), [](const FloodOrder& order) {
        const auto* search = std::get_if<flood::Search>(&order.request);
        return search != nullptr && search->strategy == flood::Strategy::ring;
      });
  const Duration all_rings = config.ring_wait * (config.max_ttl * (config.max_ttl + 1) / 2);
  return rings ? std::max(config.answers_within, all_rings) : config.answers_within;
}

}  // namespace

FloodWatch::FloodWatch(const Scenario& scenario, const FloodPlan& plan)
    : plan_(plan),
      queries_(bounds_of(scenario, plan.settings.machine.search)),
      farthest_(farthest_hit(scenario, plan.settings)),
      search_takes_(longest_search(plan)),
      fetch_takes_(longest_fetch(scenario, plan.settings.machine)),
      calm_(is_calm(scenario, plan.settings)),
      even_(calm_ && scenario.network.latency.shape == Latency::Shape::constant) {
  const auto exempt = [&](NodeId node) {
    queries_.exempt(node);
    files_.exempt(node);
  };
  for (const auto& [node, mischief] : plan.settings.rogues) exempt(node);
  for (const FloodFile& file : plan.setup.files) files_.exists(content_of(file, scenario.seed));
  for (const Fault& fault : scenario.faults) {
    const auto* traitor = std::get_if<Traitor>(&fault.action);
    for (const Target& target : traitor == nullptr ? std::vector<Target>() : traitor->who)
      if (target.kind == Target::Kind::node) exempt(target.id);
    if (std::holds_alternative<ClockFault>(fault.action)) queries_.forgive_memory();
  }
}

void FloodWatch::crashed(Instant, NodeId node, const Rogue&) {
  const auto first = open_.lower_bound({node, RequestId()});
  open_.erase(first, open_.lower_bound({node.next(), RequestId()}));
  changed_ = true;
}

void FloodWatch::started(Instant, NodeId node, const std::vector<flood::Record>& durable) {
  queries_.started(node);
  files_.started(node, durable);
  changed_ = true;
}

void FloodWatch::stepped(Instant now, NodeId node, const Rogue& machine,
                         const Event<Alphabet>& event, const Effects<Alphabet>& effects) {
  queries_.stepped(now, node, machine.peer(), event, effects);
  files_.stepped(now, node, machine.peer().index(), event, effects);
  if (const auto* asked = std::get_if<Requested<flood::Request>>(&event)) ask(now, node, *asked);
  const auto* in = std::get_if<Received<flood::Message>>(&event);
  const auto* chunk = in == nullptr ? nullptr : std::get_if<flood::Chunk>(&in->message);
  if (chunk != nullptr) {
    auto& senders = senders_[chunk->file];
    senders.insert(in->from);
    if (senders.size() > 1) seen_.insert("several_sources");
  }
  for (const auto& effect : effects) {
    if (const auto* notify = std::get_if<Notify<flood::Notice>>(&effect)) look_at(notify->notice);
    if (const auto* answer = std::get_if<Answer<flood::Reply>>(&effect)) {
      open_.erase({node, answer->id});
      look_at(node, answer->reply);
    }
  }
  if (!queries_.violations().empty() || !files_.violations().empty()) collect();
}

void FloodWatch::collect() {
  for (auto& violation : queries_.violations()) violations_.push_back(std::move(violation));
  queries_.violations().clear();
  for (auto& violation : files_.violations()) violations_.push_back(std::move(violation));
  files_.violations().clear();
}

void FloodWatch::ask(Instant now, NodeId node, const Requested<flood::Request>& asked) {
  std::uint32_t& load = load_[node];
  open_[{node, asked.id}] = {now, load, asked.request};
  load += std::holds_alternative<flood::Fetch>(asked.request)
              ? plan_.settings.machine.transfer.max_searches
              : 1;
}

// Where nothing disturbs them: every search is answered, and so is every fetch, at the latest when
// all that was asked before has had its time.
void FloodWatch::judge_requests(Instant now) {
  for (const auto& [who, open] : open_) {
    const bool search = std::holds_alternative<flood::Search>(open.request);
    const Duration searches = search_takes_ * (open.before + 2);
    if (now - open.at <= (search ? searches : searches + fetch_takes_)) continue;
    const char* rule = search ? "search unanswered" : "fetch failed";
    violations_.push_back({rule,
                           to_text(open.request) + " of " + to_text(open.at) + " has no answer",
                           who.first, now});
  }
}

void FloodWatch::look_at(const flood::Notice& notice) {
  if (std::holds_alternative<flood::NeighbourLost>(notice)) {
    seen_.insert("neighbour_lost");
    changed_ = true;
  } else if (std::holds_alternative<flood::NeighbourJoined>(notice)) {
    if (seen_.contains("neighbour_lost")) seen_.insert("neighbour_returned");
    changed_ = true;
  } else if (std::holds_alternative<flood::QueryDropped>(notice)) {
    seen_.insert("query_dropped");
    ++dropped_;
  } else if (const auto* source = std::get_if<flood::SourceDropped>(&notice)) {
    ++sources_dropped_;
    seen_.insert("source_dropped");
    if (source->flaw == flood::Flaw::false_chunk) seen_.insert("false_chunk");
    if (source->flaw == flood::Flaw::false_manifest) seen_.insert("false_manifest");
  }
}

void FloodWatch::look_at(NodeId node, const flood::Reply& reply) {
  if (std::holds_alternative<flood::Fetched>(reply)) {
    ++fetched_;
    seen_.insert("fetched");
  }
  const auto* found = std::get_if<flood::Found>(&reply);
  if (found == nullptr) return;
  ++searches_;
  found_ += !found->sources.empty();
  bool here = false, elsewhere = false;
  std::map<flood::FileId, std::set<NodeId>> owners;
  for (const flood::Source& source : found->sources) {
    here = here || source.owner == node;
    elsewhere = elsewhere || source.owner != node;
    auto& own = owners[source.file.file];
    own.insert(source.owner);
    if (own.size() > 1) seen_.insert("found_at_several");
  }
  if (here) seen_.insert("found_here");
  if (elsewhere) seen_.insert("found_elsewhere");
  if (found->sources.empty()) seen_.insert("found_nothing");
}

// Every two peers that reach one another and say that they are neighbours agree on it.
bool FloodWatch::settled(const Cluster<Rogue>& cluster) const {
  for (const EndpointSet& group : cluster.groups) {
    for (const auto n : group) {
      for (const auto& [peer, neighbour] : cluster.machines[n]->peer().directory().neighbours()) {
        const Rogue* other = cluster.machines[peer.value() - 1];
        if (other == nullptr || !other->peer().directory().neighbours().contains(NodeId(n + 1)))
          return false;
      }
    }
  }
  return true;
}

void FloodWatch::finished(Instant now, const Cluster<Rogue>&) {
  const Instant settled = now - farthest_;
  // Where latencies are long, neighbours are lost by mistake.
  const bool whole = calm_ && !seen_.contains("neighbour_lost");
  if (whole) queries_.judge_hits(now, settled);
  if (whole) judge_requests(now);
  if (whole && even_ && dropped_ == 0) queries_.judge_reach(now, settled, plan_.graph);
  collect();
}

void FloodWatch::add_witnesses(std::set<std::string>& witnesses) const {
  witnesses.insert(seen_.begin(), seen_.end());
  const auto sum = queries_.sum();
  if (sum.covered_all) witnesses.insert("query_covered_all");
  if (files_.resumed()) witnesses.insert("resumed");
  if (sum.repeated > 0) witnesses.insert("query_repeated");
}

void FloodWatch::add_figures(std::vector<std::pair<std::string, double>>& figures) const {
  const auto sum = queries_.sum();
  const std::pair<const char*, std::uint64_t> counts[] = {
      {"searches", searches_},
      {"searches_with_hits", found_},
      {"queries", sum.queries},
      {"query_messages", sum.messages},
      {"query_messages_repeated", sum.repeated},
      {"most_reached_by_a_query", sum.most_reached},
      {"most_messages_of_a_query", sum.most_messages},
      {"hits_come_home", sum.hits},
      {"queries_dropped", dropped_},
      {"files_fetched", fetched_},
      {"files_finished", files_.finished()},
      {"chunk_bytes_kept", files_.bytes()},
      {"sources_dropped", sources_dropped_}};
  for (const auto& [name, count] : counts) figures.emplace_back(name, static_cast<double>(count));
}

}  // namespace lockstep::sim
