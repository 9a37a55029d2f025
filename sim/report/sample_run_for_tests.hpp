// A made-up run of five nodes and two clients, as long as one likes; see sample_for_tests.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/report/report.hpp"
#include "sim/report/sample_for_tests.hpp"

namespace lockstep::sim {

// Every message of a round goes out and is answered before the next round begins.
inline void sample_round(Sample& sample, Instant at, NodeId leader, std::uint32_t nodes) {
  TracedStep& beat = sample.step(at, leader, "timer_fired", "heartbeat");
  std::vector<std::pair<std::uint64_t, NodeId>> arriving;
  for (std::uint32_t n = 1; n <= nodes; ++n) {
    if (NodeId{n} == leader) continue;
    const std::uint64_t id =
        sample.send(beat, NodeId{n}, "append_entries", microseconds(900 + 300 * n));
    if (id != 0) arriving.emplace_back(id, NodeId{n});
  }
  std::vector<std::tuple<Instant, std::uint64_t, NodeId>> answers;
  for (const auto& [id, to] : arriving) {
    sample.commit(to);
    TracedStep& got =
        sample.step(at + microseconds(900 + 300 * to.value()), to, "received", "append_entries");
    got.message = id;
    got.from = leader;
    const std::uint64_t answer = sample.send(got, leader, "append_accepted", milliseconds(3));
    if (answer != 0) answers.emplace_back(got.at + milliseconds(3), answer, to);
  }
  for (const auto& [when, id, from] : answers) {
    if (id == std::get<1>(answers.front())) sample.commit(leader);
    TracedStep& got = sample.step(when, leader, "received", "append_accepted");
    got.message = id;
    got.from = from;
  }
}

inline void sample_operation(Sample& sample, Instant at, std::uint32_t client, Duration took,
                             HistoryOperation::Outcome outcome) {
  HistoryOperation operation;
  operation.id = sample.history.size();
  operation.client = NodeId{client_base + client};
  operation.verb = operation.id % 3 == 0 ? "get" : operation.id % 3 == 1 ? "put" : "cas";
  operation.key = "k" + std::to_string(operation.id % 5);
  operation.value = operation.verb == "get" ? "" : "v" + std::to_string(operation.id);
  operation.invoked = at;
  operation.returned = at + took;
  operation.outcome = outcome;
  if (outcome != HistoryOperation::Outcome::ok) operation.reason = "timeout";
  sample.history.push_back(std::move(operation));
}

// Five nodes and two clients: n1 leads, is cut off with n2 in the middle of the run, n3 takes over;
// `rounds` rounds of 10 ms each.
inline Sample sample_run(int rounds) {
  Sample sample;
  const auto time = [](int round) { return Instant() + milliseconds(10) * round; };
  const auto elect = [&](int round, NodeId node, std::uint64_t term) {
    sample.role(node, "candidate", term);
    sample.step(time(round), node, "timer_fired", "election");
    sample.role(node, "leader", term);
    TracedStep& won = sample.step(time(round) + milliseconds(4), node, "received", "vote_granted");
    won.from = NodeId{5};
    won.text = "received n5 vote_granted{term=" + std::to_string(term) + "}";
  };
  for (std::uint32_t n = 1; n <= 5; ++n) sample.step(Instant(), NodeId{n}, "started");
  NodeId leader{1};
  elect(2, leader, 1);
  const int cut_at = rounds / 2;
  for (int round = 3; round < rounds; ++round) {
    if (round == cut_at) {
      std::vector<std::pair<NodeId, NodeId>> cut;
      for (const std::uint32_t a : {1u, 2u})
        for (const std::uint32_t b : {3u, 4u, 5u})
          cut.insert(cut.end(), {{NodeId{a}, NodeId{b}}, {NodeId{b}, NodeId{a}}});
      sample.fault(time(round), "partition", "cut n1 n2 | n3 n4 n5", {}, cut);
    }
    if (round == cut_at + 8) {
      leader = NodeId{3};
      elect(round, leader, 2);
    }
    if (round == rounds - 4) sample.fault(time(round), "heal", "healed", {}, {});
    if (round != cut_at + 8) sample_round(sample, time(round), leader, 5);
    const bool stuck = round >= cut_at && round < cut_at + 8;
    const auto outcome = stuck && round % 3 == 0 ? HistoryOperation::Outcome::unknown
                                                 : HistoryOperation::Outcome::ok;
    sample_operation(sample, time(round), round % 2 == 0 ? 1 : 2,
                     stuck ? milliseconds(90) : milliseconds(5), outcome);
  }
  return sample;
}

inline ReportInput input_of(const Sample& sample, Duration duration) {
  ReportInput input;
  input.summary = {{"verdict", "pass"},        {"digest", "0123456789abcdef"},
                   {"title", "A made-up run"}, {"why", "To be drawn"},
                   {"protocol", "raft"},       {"figures", {{"leaders", 2}}}};
  input.manifest = {{"command", "none"}, {"effective_scenario", {{"nodes", 5}}}};
  input.lines = &sample.lines;
  input.history = &sample.history;
  input.steps_total = sample.steps;
  input.nodes = 5;
  input.clients = 2;
  input.duration = duration;
  return input;
}

}  // namespace lockstep::sim
