#include "processes/election_sightings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "processes/timeline.hpp"

namespace lockstep::processes {
namespace {

int election_rank(const NodeEvent& event) {
  return event.kind == "node_failed" ? 0 : event.kind == "election_won" ? 2 : 1;
}

class ElectionReader {
 public:
  ElectionReader(std::uint32_t nodes, Elections elections)
      : elections_(elections), roles_(nodes, "follower"), epochs_(nodes), terms_(nodes) {}

  void read(const Happening& happening) {
    const NodeEvent& event = happening.event;
    const bool own = event.about == event.node + 1;
    std::string& role = roles_.at(event.node);
    if (happening.crash) {
      role = "follower";
      if (chief_ == event.node) in_office_ = false;
      return;
    }
    ++counts_[event.kind];
    if (event.kind == seen_role) role = event.text;
    if (event.kind == "election_started") {
      role = "electing";
      if (chief_ == event.node) in_office_ = false;  // its lease ended
    }
    if (event.kind == "node_failed" && chief_ && event.about == *chief_ + 1) in_office_ = false;
    if (event.kind == "election_won" && own) {
      role = "coordinator";
      won(event);
    }
    if (event.kind == "leader_changed") {
      if (!own) role = "follower";
      goes_on(event);
    }
    if (event.kind == "election_won" || event.kind == "leader_changed" ||
        event.kind == "token_issued")
      leads(event);
    trace(event, role);
  }

  Conclusion take() {
    const std::pair<const char*, const char*> witnesses[] = {
        {"quorum_failed", "quorum_failed"},
        {"preemptive_election", "failure_predicted"},
        {"byzantine_detected", "offender_found"},
        {"token_refused", "token_refused"}};
    for (const auto& [kind, witness] : witnesses) {
      if (counts_.contains(kind)) found_.witnesses.insert(witness);
    }
    // Under the names of the simulator, which counts actions where resources take them.
    const std::pair<const char*, double> figures[] = {
        {"elections", count("election_started")},
        {"coordinator_changes", changes_},
        {"quorums_failed", count("quorum_failed")},
        {"failures_predicted", count("preemptive_election")},
        {"offences", count("byzantine_detected")},
        {"actions_taken", std::nan("")},
        {"tokens_refused", count("token_refused")},
        {"last_coordinator_ms", chief_ ? since_.since_start().milliseconds() : 0.0}};
    found_.figures.assign(std::begin(figures), std::end(figures));
    return std::move(found_);
  }

 private:
  [[nodiscard]] double count(const char* kind) const {
    const auto place = counts_.find(kind);
    return place == counts_.end() ? 0.0 : static_cast<double>(place->second);
  }

  // Nobody stands while a leader is heard: it resigned, if nobody took it for dead.
  void won(const NodeEvent& event) {
    if (chief_ && *chief_ != event.node) {
      ++changes_;
      found_.witnesses.insert("coordinator_changed");
      if (in_office_ && elections_ == Elections::certified) found_.witnesses.insert("handed_over");
    }
    chief_ = event.node;
    since_ = event.at;
    in_office_ = true;
  }

  void leads(const NodeEvent& event) {
    const auto [place, fresh] = leaders_.emplace(event.term, event.about);
    if (fresh || place->second == event.about || !told_.insert(event.term).second) return;
    broken("one leader an epoch", event,
           fmt::format("n{} and n{} both led epoch {}", place->second, event.about, event.term));
  }

  void goes_on(const NodeEvent& event) {
    std::uint64_t& newest = epochs_.at(event.node);
    if (event.term < newest)
      broken("epoch goes back", event,
             fmt::format("n{} follows in epoch {}, and was in {}", event.node + 1, event.term,
                         newest));
    newest = std::max(newest, event.term);
  }

  // What names no epoch, or an old token, happens in the newest that its node takes part in.
  void trace(NodeEvent event, const std::string& role) {
    std::uint64_t& newest = terms_.at(event.node);
    if (event.kind != "token_refused") newest = std::max(newest, event.term);
    event.term = newest;
    found_.steps.push_back(step_of(event, role, found_.steps.size() + 1));
  }

  void broken(const char* rule, const NodeEvent& event, std::string text) {
    found_.violations.push_back({rule, std::move(text), NodeId(event.node + 1), event.at});
  }

  Elections elections_;
  Conclusion found_;
  std::vector<std::string> roles_;
  std::vector<std::uint64_t> epochs_;               // of each node, the newest it followed in
  std::vector<std::uint64_t> terms_;                // …, the newest it took part in
  std::map<std::uint64_t, std::uint64_t> leaders_;  // by epoch
  std::set<std::uint64_t> told_;                    // epochs with two
  std::map<std::string, std::uint64_t, std::less<>> counts_;  // by kind
  std::optional<std::uint32_t> chief_;                        // who won last
  Instant since_;
  bool in_office_ = false;  // as far as anybody knows
  double changes_ = 0;
};

}  // namespace

Conclusion look_at_election(std::vector<NodeEvent> events,
                            const std::vector<sim::TracedFault>& faults, std::uint32_t nodes,
                            Elections elections) {
  ElectionReader reader(nodes, elections);
  for (const Happening& happening : in_order(std::move(events), faults, nodes, election_rank))
    reader.read(happening);
  return reader.take();
}

void Reigns::seen(std::uint32_t node, std::uint64_t epoch, Instant at) {
  const auto [place, fresh] = spans_.try_emplace({epoch, node}, Span{at, at});
  place->second.first = std::min(place->second.first, at);
  place->second.last = std::max(place->second.last, at);
}

bool Reigns::two_at_once() const {
  for (auto one = spans_.begin(); one != spans_.end(); ++one) {
    for (auto other = std::next(one); other != spans_.end(); ++other) {
      if (one->first.second != other->first.second && one->second.first <= other->second.last &&
          other->second.first <= one->second.last)
        return true;
    }
  }
  return false;
}

}  // namespace lockstep::processes
