// The notebook's adaptor and its stories' reader; what they show stands in the world's tests.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/faults/targets.hpp"
#include "sim/world/notebook_for_tests.hpp"
#include "sim/world/notebook_machine_for_tests.hpp"
#include "sim/world/notebook_reader_for_tests.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim::notebook {
namespace {

class Watch {
 public:
  static constexpr bool judges_quiet = true;
  explicit Watch(const Scenario& scenario) : leads_(scenario.nodes) {}

  void started(Instant, NodeId, const std::vector<Note>&) { changed_ = true; }
  void stepped(Instant now, NodeId node, const Notebook& machine,
               const Event<Notebook::Alphabet>& event, const Effects<Notebook::Alphabet>& effects) {
    for (const auto& effect : effects) {
      const auto* persist = std::get_if<Persist<Note>>(&effect);
      if (persist == nullptr) continue;
      for (const Note& note : persist->records) {
        if (note.value == "42") violations_.push_back({"no 42", "a note of 42", node, now});
      }
    }
    changed_ = changed_ || std::holds_alternative<Persisted>(event);
    auto& leads = leads_[node.value() - 1];
    if (machine.led() > 0 && !leads) leads = now;
  }
  void crashed(Instant, NodeId node, const Notebook&) {
    leads_[node.value() - 1].reset();
    changed_ = true;
  }
  [[nodiscard]] bool take_change() { return std::exchange(changed_, false); }

  // Every live node holds the same notes, and at least one.
  [[nodiscard]] bool settled(const Cluster<Notebook>& cluster) const {
    const Notebook* first = nullptr;
    for (const Notebook* machine : cluster.machines) {
      if (machine == nullptr) continue;
      if (first == nullptr) first = machine;
      if (!(machine->notes() == first->notes())) return false;
    }
    return first != nullptr && !first->notes().empty();
  }
  void judge_quiet(Instant now, const Cluster<Notebook>& cluster) {
    if (!settled(cluster)) violations_.push_back({"same notes", "they differ", nobody, now});
  }
  void finished(Instant, const Cluster<Notebook>&) {}
  [[nodiscard]] std::optional<Instant> leader_since() const {
    for (const auto& since : leads_) {
      if (since) return since;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }
  void add_witnesses(std::set<std::string>& witnesses) const { witnesses.insert("watched"); }
  void add_figures(std::vector<std::pair<std::string, double>>& figures) const {
    figures.emplace_back("watches", 1.0);
  }

 private:
  std::vector<std::optional<Instant>> leads_;
  std::vector<Violation> violations_;
  bool changed_ = false;
};

std::int64_t setting(const Scenario& scenario, const char* key) {
  if (scenario.config.empty()) return 0;
  return nlohmann::json::parse(scenario.config).value(key, std::int64_t{0});
}

struct Protocol {
  using Machine = Notebook;
  using Client = Reader;
  using Config = notebook::Config;
  using Watch = notebook::Watch;
  static constexpr bool has_clients = true;

  static Config config(const Scenario& scenario) {
    return {milliseconds(setting(scenario, "beat_ms")), setting(scenario, "echo") != 0};
  }
  static Machine make(NodeId node, const Scenario& scenario, const Config& config,
                      std::uint64_t seed) {
    return Notebook(node, scenario.nodes, config, seed);
  }
  static std::vector<std::vector<Note>> initial_records(const Scenario& scenario) {
    if (scenario.setup.empty()) return {};
    return std::vector<std::vector<Note>>(scenario.nodes, {Note{"setup", scenario.setup}});
  }
  static bool needs_room(const Message&) { return false; }
  static std::optional<Done> busy(const Request& request) {
    const auto* put = std::get_if<Put>(&request);
    return put != nullptr ? std::optional(Done{put->number, std::nullopt}) : std::nullopt;
  }
  static RoleView role(const Machine& machine) {
    return {machine.led() > 0 ? "leader" : "follower", machine.led(), 0};
  }
  static std::string state_text(const Machine& machine) {
    std::string text;
    for (const auto& [key, value] : machine.notes()) text += key + "=" + value + " ";
    return text;
  }
  static std::optional<Request> tell(const std::string& verb) {
    if (verb.starts_with("write ")) return Request(Put{0, "told", verb.substr(6)});
    if (verb == "shout") return Request(Shout{});
    if (verb == "lead") return Request(Lead{});
    if (verb == "break") return Request(Break{});
    return std::nullopt;
  }
  static Client make_client(NodeId self, const std::vector<NodeId>& servers,
                            const Scenario& scenario, std::uint64_t) {
    const auto spread =
        static_cast<std::uint32_t>(std::max<std::int64_t>(1, setting(scenario, "servers")));
    return Client(servers[(self.value() - client_base - 1) % spread],
                  milliseconds(setting(scenario, "patience_ms")));
  }
  static Wish operation(const HistoryOperation& wish) {
    return {wish.verb == "put", wish.key, wish.value};
  }
  static Request as_request(Client::Alphabet::Message&& message) {
    return std::get<Request>(std::move(message));
  }
  static void close(HistoryOperation& operation, const Granted& granted) {
    operation.outcome = HistoryOperation::Outcome::ok;
    operation.found = granted.found;
  }
};

std::string line_of(const TraceLine& line) {
  return std::visit(
      Overloaded{[](const TracedStep& step) {
                   return to_text(step.at) + " " + name_of_endpoint(step.node) + " " + step.text;
                 },
                 [](const TracedDrop& drop) {
                   return to_text(drop.at) + " " + name_of_endpoint(drop.node) + " drops";
                 },
                 [](const TracedFault& fault) {
                   return to_text(fault.at) + " fault " + fault.kind + " " + fault.text;
                 },
                 [](const TracedViolation& violation) {
                   return to_text(violation.at) + " violation of " + violation.rule;
                 }},
      line);
}

}  // namespace

Outcome run(const Scenario& scenario, const RunOptions& options) {
  const auto fabric = make_loop_fabric(scenario);
  return World<Protocol>(scenario, *fabric, options).run();
}

Scenario with(std::vector<Fault> faults, std::uint32_t nodes) {
  Scenario scenario = two_nodes();
  scenario.nodes = nodes;
  scenario.faults = std::move(faults);
  return scenario;
}

Scenario two_nodes() {
  Scenario scenario;
  scenario.nodes = 2;
  scenario.duration = seconds(1);
  const auto constant = [](std::int64_t count) {
    return Latency{Latency::Shape::constant, milliseconds(count), milliseconds(count), 0};
  };
  scenario.network.latency = constant(1);
  scenario.disk.latency = constant(10);
  return scenario;
}

Target node(std::uint32_t number) { return {Target::Kind::node, NodeId(number)}; }

Fault at(std::int64_t when, FaultAction action) {
  Fault fault;
  fault.from = fault.until = ms(when);
  fault.action = std::move(action);
  return fault;
}
Fault at(std::int64_t when, FaultAction action, std::int64_t lasts_ms) {
  Fault fault = at(when, std::move(action));
  fault.lasts = milliseconds(lasts_ms);
  return fault;
}
Fault tell(std::int64_t when, std::uint32_t who, std::string verb) {
  return at(when, Tell{{node(who)}, std::move(verb)});
}

std::vector<std::string> Told::of(const std::string& who, const std::string& word) const {
  std::vector<std::string> found;
  for (const std::string& line : lines) {
    const std::size_t about = line.find(' ', line.find(' ') + 1) + 1;  // after "15 ms"
    if (line.compare(about, who.size() + 1, who + " ") == 0 && line.find(word) != std::string::npos)
      found.push_back(line);
  }
  return found;
}

Told play(const Scenario& scenario) {
  Told told;
  told.outcome = run(scenario, {.listener = [&](TraceLine&& line) {
                       told.lines.push_back(line_of(line));
                       told.trace.push_back(std::move(line));
                     }});
  return told;
}

bool seen(const Outcome& outcome, const std::string& witness) {
  return std::binary_search(outcome.witnesses.begin(), outcome.witnesses.end(), witness);
}

TEST_CASE("a notebook's story: what is told is written, down after the disk's time, and kept") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(5, 1, "write a")};
  const Told told = play(scenario);
  CHECK(told.of("n1") ==
        std::vector<std::string>{
            "0 s n1 started []",
            R"(5 ms n1 requested #18446742974197923841 put{number=0 key="told" value="a"})",
            "15 ms n1 persisted 1"});
  CHECK(told.of("fault") == std::vector<std::string>{"5 ms fault tell write a n1"});
  CHECK(told.outcome.verdict == RunVerdict::pass);
  CHECK(told.outcome.steps == 4);
  CHECK(told.outcome.ended == ms(1000));
  CHECK(seen(told.outcome, "watched"));
  CHECK(told.outcome.figure("watches") == 1);
}

}  // namespace lockstep::sim::notebook
