// A past that Raft itself could have left: leaders are elected by majorities whose logs are no
// fresher, and replicate part of what they write to some.
#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "sim/fuzz/sketch.hpp"

namespace lockstep::sim {
namespace {

struct Server {
  std::vector<std::uint32_t> log;  // the terms of its entries
  std::uint32_t term = 0;
  std::uint32_t vote = 0;  // in term; 0: none
};

bool fresher(const Server& a, const Server& b) {
  const auto last = [](const Server& s) { return s.log.empty() ? 0 : s.log.back(); };
  return last(a) != last(b) ? last(a) > last(b) : a.log.size() > b.log.size();
}

class Past {
 public:
  Past(Dice& dice, std::uint32_t nodes) : dice_(dice), servers_(nodes) {}

  void elect(std::uint32_t term) {
    const std::uint32_t leader = dice_.below(count());
    std::vector<std::uint32_t> voters;
    for (std::uint32_t n = 0; n < count(); ++n) {
      if (n != leader && !fresher(servers_[n], servers_[leader])) voters.push_back(n);
    }
    const std::uint32_t needed = count() / 2;
    if (voters.size() < needed) return;
    dice_.shuffle(voters);
    voters.resize(needed);
    voters.push_back(leader);
    for (const auto n : voters) {
      servers_[n].term = term;
      servers_[n].vote = leader + 1;
    }
    lead(leader, term);
  }

  Json told() const {
    Json logs = Json::object(), terms = Json::object(), votes = Json::object();
    for (std::uint32_t n = 0; n < count(); ++n) {
      const Server& server = servers_[n];
      const std::string name = "n" + std::to_string(n + 1);
      std::string text;
      for (const auto term : server.log) text += (text.empty() ? "" : " ") + std::to_string(term);
      if (!text.empty()) logs[name] = text;
      if (server.term > 0) terms[name] = server.term;
      if (server.vote > 0) votes[name] = "n" + std::to_string(server.vote);
    }
    Json setup = Json::object();
    if (!logs.empty()) setup["logs"] = logs;
    if (!terms.empty()) setup["terms"] = terms;
    if (!votes.empty()) setup["votes"] = votes;
    return setup;
  }

 private:
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(servers_.size()); }

  void lead(std::uint32_t leader, std::uint32_t term) {
    const std::uint32_t entries = dice_.between(0, 5);
    auto& log = servers_[leader].log;
    log.insert(log.end(), entries, term);
    for (std::uint32_t n = 0; n < count(); ++n) {
      if (n == leader || !dice_.one_in(2)) continue;
      Server& server = servers_[n];
      const std::size_t common = agreement(server.log, log);
      const std::size_t upto =
          common + dice_.below(static_cast<std::uint32_t>(log.size() - common) + 1);
      if (server.term != term) server.vote = 0;
      server.term = term;
      if (upto == common) continue;
      if (upto > server.log.size() || !is_prefix(upto, server.log, log)) {
        server.log.assign(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(upto));
      }
    }
  }
  static std::size_t agreement(const std::vector<std::uint32_t>& a,
                               const std::vector<std::uint32_t>& b) {
    const auto ends = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return static_cast<std::size_t>(ends.first - a.begin());
  }
  static bool is_prefix(std::size_t size, const std::vector<std::uint32_t>& a,
                        const std::vector<std::uint32_t>& b) {
    return a.size() >= size && agreement(a, b) >= size;
  }

  Dice& dice_;
  std::vector<Server> servers_;
};

}  // namespace

Json draw_raft_past(Dice& dice, std::uint32_t nodes) {
  Past past(dice, nodes);
  const std::uint32_t terms = dice.between(1, 8);
  for (std::uint32_t term = 1; term <= terms; ++term) past.elect(term);
  return past.told();
}

}  // namespace lockstep::sim
