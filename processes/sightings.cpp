#include "processes/sightings.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "processes/timeline.hpp"

namespace lockstep::processes {
namespace {

int rank(const NodeEvent& event) {
  return event.kind == "stepped_down" ? 1 : event.kind == "became_leader" ? 3 : 2;
}

class Reader {
 public:
  explicit Reader(std::uint32_t nodes) : roles_(nodes, "follower") {}

  void read(const Happening& happening) {
    const NodeEvent& event = happening.event;
    std::string& role = roles_.at(event.node);
    const std::string before = role;
    if (event.kind == "became_leader") elected(event);
    if (event.kind == "became_candidate") {
      ++seen_.candidacies;
      if (before == "candidate") seen_.witnesses.insert("split_vote");
    }
    if (event.kind == "log_truncated") seen_.witnesses.insert("entries_overwritten");
    if (event.kind == "stepped_down") {
      seen_.witnesses.insert("leader_stepped_down");
      const auto because = [&](const char* reason) {
        return event.text.find(reason) != std::string::npos;
      };
      if (because("transferred")) seen_.witnesses.insert("leadership_transferred");
      if (because("stalled_disk")) seen_.witnesses.insert("leader_disk_stalled");
    }
    if (happening.crash || event.kind == "stepped_down") role = "follower";
    if (event.kind.rfind("became_", 0) == 0) role = event.kind.substr(7);
    const auto leaders = std::count(roles_.begin(), roles_.end(), "leader");
    if (leaders > 1) seen_.witnesses.insert("stale_leader");
    // Changes of links are told as faults, by those who made them.
    if (!happening.crash && event.kind != "faults")
      seen_.steps.push_back(step_of(event, role, seen_.steps.size() + 1));
  }

  Sightings take() {
    if (newest_ && roles_.at(*newest_) == "leader") {
      seen_.newest_still_leads = elected_at_;
      if (std::count(roles_.begin(), roles_.end(), "leader") == 1) seen_.leader_since = elected_at_;
    }
    return std::move(seen_);
  }

 private:
  void elected(const NodeEvent& event) {
    ++seen_.leaders;
    const auto [known, first] = leader_of_.emplace(event.term, event.node);
    if (!first && known->second != event.node) {
      seen_.violations.push_back({"election safety",
                                  "n" + std::to_string(known->second + 1) + " and n" +
                                      std::to_string(event.node + 1) + " both led term " +
                                      std::to_string(event.term),
                                  NodeId(event.node + 1), event.at});
    }
    if (newest_ && *newest_ != event.node) seen_.witnesses.insert("leader_changed");
    if (event.term >= seen_.highest_term) {
      newest_ = event.node;
      elected_at_ = event.at;
      seen_.highest_term = event.term;
    }
    if (!seen_.first_elected) seen_.first_elected = event.at;
  }

  Sightings seen_;
  std::vector<std::string> roles_;
  std::map<std::uint64_t, std::uint32_t> leader_of_;  // by term
  std::optional<std::uint32_t> newest_;
  Instant elected_at_;
};

}  // namespace

Sightings look_at(std::vector<NodeEvent> events, const std::vector<sim::TracedFault>& faults,
                  std::uint32_t nodes) {
  Reader reader(nodes);
  for (const Happening& happening : in_order(std::move(events), faults, nodes, rank))
    reader.read(happening);
  return reader.take();
}

void add_raft_figures(const Sightings& sightings, std::uint64_t committed, sim::Figures& figures) {
  const auto milliseconds = [](const std::optional<Instant>& at) {
    return at ? at->since_start().milliseconds() : std::nan("");
  };
  figures.emplace_back("candidacies", static_cast<double>(sightings.candidacies));
  figures.emplace_back("leaders_elected", static_cast<double>(sightings.leaders));
  figures.emplace_back("highest_term", static_cast<double>(sightings.highest_term));
  figures.emplace_back("first_leader_ms", milliseconds(sightings.first_elected));
  figures.emplace_back("stable_leader_ms", milliseconds(sightings.newest_still_leads));
  figures.emplace_back("entries_committed", static_cast<double>(committed));
}

}  // namespace lockstep::processes
