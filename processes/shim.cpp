#include "processes/shim.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "processes/capabilities.hpp"

namespace lockstep::processes {
namespace {

std::string ratio_text(Ratio ratio) {
  return fmt::format("{}/{}", ratio.numerator, ratio.denominator);
}

}  // namespace

std::string fault_body(std::uint32_t peer, bool outgoing, const LinkState& state) {
  nlohmann::ordered_json body{{"peer", peer + 1}, {"direction", outgoing ? "out" : "in"}};
  if (state.cut) body["cut"] = true;
  const std::int64_t ns = state.delay.ns();
  if (ns % 1'000'000 == 0) {
    if (ns > 0) body["delay_ms"] = ns / 1'000'000;
  } else {
    body["delay_ms"] = state.delay.milliseconds();
  }
  if (!state.drop.never()) body["drop"] = ratio_text(state.drop);
  if (!state.duplicate.never()) body["duplicate"] = ratio_text(state.duplicate);
  return body.dump();
}

Shim::Shim(const sim::Scenario& scenario)
    : nodes_(scenario.nodes),
      usual_{.cut = false,
             .delay = delay_between_nodes(scenario.network.latency),
             .drop = scenario.network.loss,
             .duplicate = scenario.network.duplicate},
      wanted_(nodes_),
      told_(nodes_),
      wanted_disks_(nodes_),
      told_disks_(nodes_) {}

void Shim::want(const sim::Links& links, bool calm) {
  if (calm) usual_.drop = usual_.duplicate = Ratio{};
  for (auto& links_of_node : wanted_) links_of_node.clear();
  for (std::uint32_t from = 0; from < nodes_; ++from) {
    for (std::uint32_t to = 0; to < nodes_; ++to) {
      if (from == to) continue;
      LinkState out = usual_;
      out.cut = links.is_cut(from, to);
      out.delay = usual_.delay + links.extra(from, to);
      LinkState in;
      in.cut = out.cut;
      if (out != LinkState{}) wanted_[from][{to, true}] = out;
      if (in != LinkState{}) wanted_[to][{from, false}] = in;
    }
  }
}

std::vector<std::string> Shim::take_untold(std::uint32_t node) {
  std::vector<std::string> bodies;
  for (const auto& [key, state] : told_[node]) {
    if (!wanted_[node].contains(key)) bodies.push_back(fault_body(key.first, key.second, {}));
  }
  for (const auto& [key, state] : wanted_[node]) {
    const auto told = told_[node].find(key);
    if (told == told_[node].end() || told->second != state)
      bodies.push_back(fault_body(key.first, key.second, state));
  }
  told_[node] = wanted_[node];
  if (told_disks_[node] != wanted_disks_[node])
    bodies.push_back(fmt::format(R"({{"disk_delay_ms":{}}})", wanted_disks_[node].milliseconds()));
  told_disks_[node] = wanted_disks_[node];
  return bodies;
}

void Shim::forget(std::uint32_t node) {
  told_[node].clear();
  told_disks_[node] = Duration();
}

}  // namespace lockstep::processes
