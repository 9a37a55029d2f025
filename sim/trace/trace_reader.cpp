#include "sim/trace/trace_reader.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>

namespace lockstep::sim {

namespace {

using nlohmann::json;

// "n1", "c1"; an empty text is nobody.
NodeId process_of(const std::string& name) {
  if (name.empty()) return nobody;
  std::uint32_t number = 0;
  const char* const end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + 1, end, number);
  if (name.size() < 2 || (name[0] != 'c' && name[0] != 'n') || parsed.ec != std::errc() ||
      parsed.ptr != end || number >= client_base)
    throw TraceRefused("'" + name + "' is no process");
  return NodeId(name[0] == 'c' ? client_base + number : number);
}

NodeId process_in(const json& line, const char* name) { return process_of(line.value(name, "")); }
Instant time_in(const json& line) { return Instant(line.at("t").get<std::int64_t>()); }

TracedStep step_of(const json& line) {
  TracedStep step;
  step.number = line.at("step").get<std::uint64_t>();
  step.at = time_in(line);
  step.node = process_in(line, "node");
  step.event = line.at("event").get<std::string>();
  step.name = line.value("name", "");
  step.from = process_in(line, "from");
  step.message = line.value("message", std::uint64_t{0});
  step.text = line.value("text", "");
  if (line.contains("effects")) step.effects = line["effects"].get<std::vector<std::string>>();
  for (const json& sent : line.value("sent", json::array())) {
    TracedSend send{sent.at("id").get<std::uint64_t>(),
                    process_in(sent, "to"),
                    sent.at("name").get<std::string>(),
                    {},
                    sent.value("lost", "")};
    if (sent.contains("arrives")) send.arrives = Instant(sent["arrives"].get<std::int64_t>());
    step.sent.push_back(std::move(send));
  }
  step.role = line.value("role", "");
  step.term = line.value("term", std::uint64_t{0});
  step.commit = line.value("commit", std::uint64_t{0});
  step.state = line.value("state", "");
  return step;
}

TracedFault fault_of(const json& line) {
  TracedFault fault{
      time_in(line), line.at("kind").get<std::string>(), line.value("text", ""), {}, {}};
  for (const json& node : line.value("nodes", json::array()))
    fault.nodes.push_back(process_of(node.get<std::string>()));
  for (const json& link : line.value("cut", json::array()))
    fault.cut_links.emplace_back(process_of(link.at(0).get<std::string>()),
                                 process_of(link.at(1).get<std::string>()));
  return fault;
}

TraceLine trace_line_of(const json& line) {
  const auto type = line.at("type").get<std::string>();
  if (type == "step") return step_of(line);
  if (type == "fault") return fault_of(line);
  if (type == "drop")
    return TracedDrop{time_in(line), process_in(line, "node"),
                      line.at("message").get<std::uint64_t>()};
  if (type == "violation")
    return TracedViolation{time_in(line), line.value("step", std::uint64_t{0}),
                           process_in(line, "node"), line.at("rule").get<std::string>(),
                           line.value("text", "")};
  throw TraceRefused("'" + type + "' is no type of line");
}

}  // namespace

std::vector<TraceLine> read_trace_ndjson(std::string_view text) {
  std::vector<TraceLine> lines;
  for (std::size_t at = 0, number = 1; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    try {
      lines.push_back(trace_line_of(json::parse(text.substr(at, end - at))));
    } catch (const std::exception& error) {
      throw TraceRefused("line " + std::to_string(number) + ": " + error.what());
    }
    at = end + 1;
  }
  return lines;
}

}  // namespace lockstep::sim
