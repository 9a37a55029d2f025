// ElectionProtocol, before the run: what nodes are told, and their keys.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "node/keys/ed25519.hpp"
#include "node/keys/key_files.hpp"
#include "processes/election_protocol.hpp"

namespace lockstep::processes {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::vector<quorum::Weight>& weights) {
  std::string text;
  for (const quorum::Weight weight : weights)
    text +=
        fmt::format("{}{}.{}", text.empty() ? "" : ", ", weight.value() / 10, weight.value() % 10);
  return text;
}

// A node takes no time of 0; nothing is shorter than this one.
std::string above_zero(Duration time) { return to_text(std::max(time, nanoseconds(1))); }

}  // namespace

// Of the profile nothing is told but what is in it, so that a change of it changes no run.
Settings ElectionProtocol::settings() const {
  const advanced_bully::Config usual;
  Settings settings{{"election.quorum", std::string(name_of(config_.mode))},
                    {"election.f", std::to_string(config_.f)},
                    {"election.predicts", config_.predicts ? "true" : "false"},
                    {"election.heartbeat", to_text(config_.heartbeat)},
                    {"election.timeout", to_text(config_.election_timeout)},
                    {"election.answer_timeout", to_text(config_.answer_timeout)},
                    {"election.coordinator_timeout", to_text(config_.coordinator_timeout)},
                    {"election.lease", to_text(config_.lease.length)},
                    {"election.lease_renewal", to_text(config_.lease.renew_every)},
                    {"election.min_office", above_zero(config_.min_office)},
                    {"election.cool_down", above_zero(config_.cool_down)},
                    {"election.hysteresis", std::to_string(config_.hysteresis / 1000)},
                    {"election.id_weight", std::to_string(config_.score.weights.id)}};
  if (!config_.weights.empty()) settings.emplace_back("election.weights", text_of(config_.weights));
  if (config_.lease.drift != usual.lease.drift) settings.emplace_back("election.drift", "");
  return settings;
}

std::string ElectionProtocol::path_of(const std::string& key) const {
  if (key == "election.timeout") return "config.election_timeout";
  if (key == "election.lease_renewal") return "config.renew_every";
  return Protocol::path_of(key);
}

const Names& ElectionProtocol::rules() const {
  static const Names names{"one leader an epoch", "epoch goes back", "older token accepted",
                           "trail broken"};
  return names;
}

const Names& ElectionProtocol::unknowable() const {
  static const Names names{"records_lost"};
  return names;
}

Settings ElectionProtocol::move_in(const Home& home) const {
  const fs::path keys = fs::path(home.nodes) / "keys";
  fs::create_directories(keys);
  fs::create_directories(home.data);
  const auto paths =
      node::write_pair(home.data, {NodeId(home.place + 1), node::ed25519_random_secret()});
  fs::copy_file(paths.key, keys / fs::path(paths.key).filename());
  return {{"election.keys", keys.string()}, {"election.secret", paths.secret}};
}

}  // namespace lockstep::processes
