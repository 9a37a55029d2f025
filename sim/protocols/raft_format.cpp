#include "sim/protocols/raft_format.hpp"

#include <charconv>
#include <limits>
#include <map>
#include <utility>

#include "core/raft/messages.hpp"
#include "sim/faults/described.hpp"
#include "sim/scenario/parse_parts.hpp"

namespace lockstep::sim {
namespace {

constexpr std::uint64_t highest_term = std::uint64_t{1} << 48;
constexpr std::size_t longest_log = 100'000;

void read_timing(Reader& config, raft::Config& raft) {
  const DurationRange timeout =
      config.range("election_timeout", {raft.election_timeout_low, raft.election_timeout_high});
  raft.election_timeout_low = timeout.low;
  raft.election_timeout_high = timeout.high;
  if (timeout.low <= Duration(0)) config.fail("election_timeout", "must be above zero");
  raft.heartbeat = config.positive_duration("heartbeat", raft.heartbeat);
  if (raft.heartbeat >= timeout.low) {
    config.fail(config.has("heartbeat") ? "heartbeat" : "election_timeout",
                "the heartbeat, " + to_text(raft.heartbeat) +
                    ", must be below the lowest election timeout, " + to_text(timeout.low) +
                    ", or followers never stop campaigning; make it shorter");
  }
}

void read_limits(Reader& config, raft::Config& raft) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  raft.max_entries_per_message = static_cast<std::uint32_t>(
      config.integer("max_entries_per_message", raft.max_entries_per_message, 1, most));
  raft.max_bytes_per_message = config.size("max_bytes_per_message", raft.max_bytes_per_message);
  raft.max_entries_in_flight = static_cast<std::uint32_t>(
      config.integer("max_entries_in_flight", raft.max_entries_in_flight, 1, most));
  raft.max_bytes_in_flight = config.size("max_bytes_in_flight", raft.max_bytes_in_flight);
  raft.max_uncommitted_bytes = config.size("max_uncommitted_bytes", raft.max_uncommitted_bytes);
  for (const char* key :
       {"max_bytes_per_message", "max_bytes_in_flight", "max_uncommitted_bytes"}) {
    const auto value = config.take(key);
    if (value && value->size() == 0) value->fail("must be above zero, or nothing is ever sent");
  }
}

// "1 1 4" as the terms of entries 1, 2, 3.
std::vector<raft::Entry> read_log(const Value& value) {
  const std::string text = value.string();
  std::vector<raft::Entry> log;
  raft::Term last;
  for (std::size_t at = text.find_first_not_of(' '); at != std::string::npos;
       at = text.find_first_not_of(' ', at)) {
    std::uint64_t number = 0;
    const auto result = std::from_chars(text.data() + at, text.data() + text.size(), number);
    const auto next = static_cast<std::size_t>(result.ptr - text.data());
    if (result.ec != std::errc() || (next < text.size() && text[next] != ' ') || number == 0 ||
        number > highest_term)
      value.fail("wants the terms of the entries, each at least 1, as \"1 1 4\"");
    if (raft::Term(number) < last) {
      value.fail("term " + std::to_string(number) + " after term " + std::to_string(last.value()) +
                 "; terms never go down along a log");
    }
    last = raft::Term(number);
    log.push_back(raft::Entry{.term = last, .kind = raft::EntryKind::noop, .command = {}});
    if (log.size() > longest_log) value.fail("longer than 100000 entries; shorten it");
    at = next;
  }
  return log;
}

using Records = std::map<NodeId, raft::Record>;

// The record of the node a member of logs, terms or votes is named after.
raft::Record& record_of(const std::string& name, const Value& value, std::uint32_t nodes,
                        Records& records) {
  std::uint32_t number = 0;
  const char* end = name.data() + name.size();
  const auto result = std::from_chars(name.data() + (name.empty() ? 0 : 1), end, number);
  if (name.empty() || name[0] != 'n' || result.ptr != end || number == 0 || number > nodes ||
      name != "n" + std::to_string(number)) {
    value.fail_at_key(in_quotes(name) + " is not a node here; write n1 to n" +
                      std::to_string(nodes));
  }
  return records[NodeId(number)];
}

Records read_records(Reader& reader, std::uint32_t nodes) {
  Records records;
  for (const auto& [name, value] : reader.object("logs").value().members()) {
    raft::Record& record = record_of(name, value, nodes, records);
    record.entries = read_log(value);
    if (record.entries.empty()) continue;
    record.first = raft::LogIndex(1);
    record.term = record.entries.back().term;
  }
  for (const auto& [name, value] : reader.object("terms").value().members()) {
    raft::Record& record = record_of(name, value, nodes, records);
    const raft::Term term(value.integer(1, highest_term));
    if (term < record.term) {
      value.fail("below the last term of its log, " + std::to_string(record.term.value()) +
                 "; make it at least that");
    }
    record.term = term;
  }
  for (const auto& [name, value] : reader.object("votes").value().members()) {
    raft::Record& record = record_of(name, value, nodes, records);
    record.vote = read_node(value, nodes);
    if (record.term == raft::Term(0)) value.fail("a vote needs a term; add the node to 'terms'");
  }
  reader.finish();
  return records;
}

}  // namespace

RaftSettings read_raft_config(Reader& config) {
  RaftSettings settings;
  read_timing(config, settings.raft);
  settings.raft.pre_vote = config.boolean("pre_vote", settings.raft.pre_vote);
  settings.raft.sticky = config.boolean("sticky", settings.raft.sticky);
  settings.raft.check_quorum = config.boolean("check_quorum", settings.raft.check_quorum);
  settings.raft.check_disk = config.boolean("check_disk", settings.raft.check_disk);
  settings.read_index = config.choice("reads", {"read_index", "local"}, 0) == 0;
  settings.sessions = config.boolean("sessions", settings.sessions);
  read_limits(config, settings.raft);
  config.finish();
  return settings;
}

RaftSetup read_raft_setup(Reader& reader, std::uint32_t nodes) {
  RaftSetup setup;
  setup.durable.resize(nodes);
  for (auto& [node, record] : read_records(reader, nodes))
    setup.durable[node.value() - 1] = std::move(record);
  return setup;
}

RaftSettings raft_settings(const Scenario& scenario) {
  const Document document = Document::from_text(scenario.file, scenario.config);
  Reader config(document);
  return read_raft_config(config);
}

RaftSetup raft_setup(const Scenario& scenario) {
  const Document document = Document::from_text(scenario.file, scenario.setup);
  Reader setup(document);
  return read_raft_setup(setup, scenario.nodes);
}

ProtocolFormat raft_format() {
  return ProtocolFormat{
      .name = "raft",
      .read_config = [](Reader& config, std::uint32_t) { (void)read_raft_config(config); },
      .read_setup = [](Reader& setup, std::uint32_t nodes) { (void)read_records(setup, nodes); },
      .has_clients = true,
      .has_records = true,
      .roles = {"leader", "follower", "candidate"},
      .verbs = {"campaign", "transfer_leadership"},
      .messages = message_names<raft::Message>(),
      .fields = field_paths<raft::Message>(),
      .operations = {"put", "get", "delete", "append", "cas"},
      .witnesses = with_those_of_the_world(
          {"leader_changed", "split_vote", "entries_overwritten", "stale_leader", "vote_refused",
           "pre_vote_refused", "leader_stepped_down", "leadership_transferred",
           "leader_disk_stalled", "append_rejected", "client_retried", "duplicate_suppressed",
           "not_leader_answered"},
          true),
      .rules = {"election safety", "leader append-only", "log matching", "leader completeness",
                "state machine safety", "term goes back", "commit goes back", "vote changed",
                "commit beyond log", "vote for older log", "leader without votes",
                "commit without copies", "commit of older term", "said before durable",
                "linearizability", "recovery", "steady leader", "follower left behind",
                "internal check"}};
}

}  // namespace lockstep::sim
