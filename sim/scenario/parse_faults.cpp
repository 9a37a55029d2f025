#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "sim/scenario/parse_parts.hpp"
#include "sim/scenario/suggest.hpp"

namespace lockstep::sim {
namespace {

using Kind = Target::Kind;

constexpr std::uint64_t most_strikes = 1'000'000;  // of one fault in one run
constexpr std::uint64_t most_relapses = 1000;      // of one crash

// Refuses a list that names somebody twice. Roles and draws may stand several times: each time they
// mean another node.
class NoneTwice {
 public:
  void add(const Value& at, const std::vector<Target>& targets) {
    for (const Target& target : targets) {
      if (!names_the_same(target.kind)) continue;
      if (!seen_.insert({target.kind, target.id}).second)
        at.fail(in_quotes(name(target)) + " is named twice in one fault; name it once");
    }
  }

 private:
  static bool names_the_same(Kind kind) {
    return kind == Kind::node || kind == Kind::client || kind == Kind::rest || kind == Kind::all ||
           kind == Kind::clients;
  }
  static std::string name(const Target& target) {
    switch (target.kind) {
      case Kind::node: return "n" + std::to_string(target.id.value());
      case Kind::client: return "c" + std::to_string(target.id.value() - client_base);
      case Kind::rest: return "rest";
      case Kind::all: return "all";
      default: return "clients";
    }
  }
  std::set<std::pair<Kind, NodeId>> seen_;
};

FaultAction read_partition(const Value& value, const ParseContext& context) {
  Partition partition;
  NoneTwice none_twice;
  for (const Value& group : value.items()) {
    partition.groups.push_back(read_targets(group, context));
    none_twice.add(group, partition.groups.back());
  }
  if (partition.groups.size() < 2)
    value.fail("one group cuts nothing; add a second one, as [\"rest\"]");
  return partition;
}

// Of cut, clog and slow_link.
std::pair<std::vector<Target>, std::vector<Target>> read_ends(Reader& reader,
                                                              const ParseContext& context) {
  NoneTwice none_twice;
  const Value from = reader.need("from"), to = reader.need("to");
  auto ends = std::pair(read_targets(from, context), read_targets(to, context));
  none_twice.add(from, ends.first);
  none_twice.add(to, ends.second);
  return ends;
}

FaultAction read_cut(const Value& value, const ParseContext& context) {
  Reader reader = value.object();
  auto [from, to] = read_ends(reader, context);
  reader.finish();
  return Cut{std::move(from), std::move(to)};
}

FaultAction read_clog(const Value& value, const ParseContext& context) {
  Reader reader = value.object();
  auto [from, to] = read_ends(reader, context);
  reader.finish();
  return Clog{std::move(from), std::move(to)};
}

FaultAction read_slow_link(const Value& value, const ParseContext& context) {
  Reader reader = value.object();
  auto [from, to] = read_ends(reader, context);
  const Duration by = reader.need("by").positive_duration();
  reader.finish();
  return SlowLink{std::move(from), std::move(to), by};
}

std::vector<Target> read_isolated(const Value& value, const ParseContext& context) {
  std::vector<Target> who = read_targets(value, context);
  NoneTwice().add(value, who);
  for (const Target& target : who) {
    if (target.kind == Kind::rest) value.fail("'rest' of whom? name whom to isolate");
  }
  return who;
}

FaultAction read_isolate(const Value& value, const ParseContext& context) {
  if (!value.json().is_object()) return Isolate{read_isolated(value, context), Isolate::Way::both};
  Reader reader = value.object();
  Isolate isolate{read_isolated(reader.need("who"), context), Isolate::Way::both};
  isolate.way = static_cast<Isolate::Way>(reader.choice("way", {"both", "in", "out"}, 0));
  reader.finish();
  return isolate;
}

FaultAction read_heal(const Value& value, const ParseContext&) {
  (void)value.choice({"all"});
  return Heal{};
}

// The links of a burst: from whom, to whom, both left out or not.
void read_some_ends(Reader& reader, const ParseContext& context, Burst& burst) {
  NoneTwice none_twice;
  const auto read = [&](const char* key, std::vector<Target>& targets) {
    const auto value = reader.take(key);
    if (!value) return;
    targets = read_targets(*value, context);
    none_twice.add(*value, targets);
  };
  read("from", burst.from);
  read("to", burst.to);
}

void need_some(const Value& value, Ratio ratio) {
  if (ratio.never()) value.fail("hits nothing; make it above 0");
}

// "1/10" of all messages, or { "ratio": "1/10", "from": …, "to": … }.
template <Burst::Kind kind>
FaultAction read_ratio_burst(const Value& value, const ParseContext& context) {
  Burst burst;
  burst.kind = kind;
  if (!value.json().is_object()) {
    burst.ratio = value.ratio();
    need_some(value, burst.ratio);
    return burst;
  }
  Reader reader = value.object();
  const Value ratio = reader.need("ratio");
  burst.ratio = ratio.ratio();
  need_some(ratio, burst.ratio);
  read_some_ends(reader, context, burst);
  reader.finish();
  return burst;
}

FaultAction read_reorder(const Value& value, const ParseContext& context) {
  if (context.network->fifo)
    value.fail("fifo never overtakes, but this asks for it; leave out network.ordering");
  Reader reader = value.object();
  Burst burst;
  burst.kind = Burst::Kind::reorder;
  const Value ratio = reader.need("ratio");
  burst.ratio = ratio.ratio();
  need_some(ratio, burst.ratio);
  burst.by = {Latency::Shape::uniform, Duration(0), reader.need("by").positive_duration(), 0};
  read_some_ends(reader, context, burst);
  reader.finish();
  return burst;
}

FaultAction read_delay(const Value& value, const ParseContext& context) {
  Burst burst;
  burst.kind = Burst::Kind::delay;
  burst.ratio = {1, 1};
  if (!value.json().is_object()) {
    burst.by = value.latency();
    return burst;
  }
  Reader reader = value.object();
  burst.by = reader.need("by").latency();
  read_some_ends(reader, context, burst);
  reader.finish();
  return burst;
}

FaultAction read_throttle(const Value& value, const ParseContext& context) {
  if (!context.network->platform.empty())
    value.fail("the links of a platform change by profiles in its own file; leave this out");
  Reader reader = value.object();
  Throttle throttle{read_nodes(reader.need("who"), context), reader.need("bandwidth").bandwidth()};
  reader.finish();
  return throttle;
}

FaultAction read_swizzle(const Value& value, const ParseContext& context) {
  return Swizzle{read_isolated(value, context)};
}

FaultAction read_crash(const Value& value, const ParseContext& context) {
  if (!value.json().is_object()) return Crash{read_nodes(value, context)};
  Reader reader = value.object();
  Crash crash{read_nodes(reader.need("who"), context)};
  crash.again = static_cast<std::uint32_t>(reader.integer("again", 0, 1, most_relapses));
  const auto torn = reader.take("torn");
  crash.torn = torn && torn->boolean();
  if (crash.torn && !context.format.has_records) {
    torn->fail_at_key("nothing of the protocol " + context.format.name +
                      " is durable; leave it out");
  }
  reader.finish();
  return crash;
}

FaultAction read_slow_disk(const Value& value, const ParseContext& context) {
  Reader reader = value.object();
  SlowDisk slow{read_nodes(reader.need("who"), context),
                reader.need("latency").positive_duration()};
  reader.finish();
  return slow;
}

template <DiskFault::Kind kind>
FaultAction read_disk_fault(const Value& value, const ParseContext& context) {
  return DiskFault{read_nodes(value, context), kind};
}

FaultAction read_clock(const Value& value, const ParseContext& context) {
  Reader reader = value.object();
  ClockFault clock;
  clock.who = read_nodes(reader.need("who"), context);
  const auto jump = reader.take("jump");
  const auto drift = reader.take("drift");
  reader.finish();
  if (!jump && !drift) reader.fail("nothing happens to the clock; add 'jump' or 'drift'");
  if (jump) clock.jump = jump->signed_duration();
  if (drift) clock.drift_ppm = drift->ppm();
  return clock;
}

FaultAction read_twins(const Value& value, const ParseContext& context) {
  if (!value.json().is_object()) return Twins{read_nodes(value, context), {}};
  Reader reader = value.object();
  NoneTwice none_twice;
  const Value who = reader.need("who"), second = reader.need("second");
  Twins twins{read_nodes(who, context), read_targets(second, context)};
  none_twice.add(who, twins.who);
  none_twice.add(second, twins.second);
  reader.finish();
  return twins;
}

FaultAction read_vitals(const Value& value, const ParseContext& context) {
  if (!context.format.measures)
    value.fail_at_key("nodes of the protocol " + context.format.name +
                      " do not measure themselves; leave it out");
  Reader reader = value.object();
  Measure measure{read_nodes(reader.need("who"), context), reader.need("cpu").ratio(), {}};
  measure.memory = reader.ratio("memory", {1, 4});
  reader.finish();
  return measure;
}

template <class Action>
FaultAction read_who(const Value& value, const ParseContext& context) {
  return Action{read_nodes(value, context)};
}

// Whether "for" undoes it.
enum class Lasts : std::uint8_t { no, may, must };

struct ActionFormat {
  const char* key;
  Lasts lasts;
  FaultAction (*read)(const Value&, const ParseContext&);
  bool of_records = false;  // it needs something durable
};
using Kinds = Burst::Kind;
using OnDisk = DiskFault::Kind;
constexpr ActionFormat actions[] = {
    {"partition", Lasts::may, read_partition},
    {"cut", Lasts::may, read_cut},
    {"isolate", Lasts::may, read_isolate},
    {"swizzle", Lasts::must, read_swizzle},
    {"heal", Lasts::no, read_heal},
    {"clog", Lasts::may, read_clog},
    {"lose", Lasts::may, read_ratio_burst<Kinds::lose>},
    {"duplicate", Lasts::may, read_ratio_burst<Kinds::duplicate>},
    {"corrupt", Lasts::may, read_ratio_burst<Kinds::corrupt>},
    {"reorder", Lasts::may, read_reorder},
    {"delay", Lasts::may, read_delay},
    {"slow_link", Lasts::may, read_slow_link},
    {"throttle", Lasts::may, read_throttle},
    {"crash", Lasts::may, read_crash},
    {"wipe", Lasts::may, read_who<Wipe>, true},
    {"restart", Lasts::no, read_who<Restart>},
    {"pause", Lasts::may, read_who<Pause>},
    {"resume", Lasts::no, read_who<Resume>},
    {"slow_disk", Lasts::may, read_slow_disk},
    {"stall_disk", Lasts::may, read_disk_fault<OnDisk::stall>, true},
    {"full_disk", Lasts::may, read_disk_fault<OnDisk::full>, true},
    {"fail_sync", Lasts::may, read_disk_fault<OnDisk::fail_sync>, true},
    {"flip", Lasts::no, read_disk_fault<OnDisk::flip>, true},
    {"misdirect", Lasts::no, read_disk_fault<OnDisk::misdirect>, true},
    {"clock", Lasts::may, read_clock},
    {"traitor", Lasts::may, read_traitor},
    {"twins", Lasts::may, read_twins},
    {"vitals", Lasts::no, read_vitals},
};

const ActionFormat* format_of(const std::string& key) {
  const auto* format = std::find_if(std::begin(actions), std::end(actions),
                                    [&](const ActionFormat& a) { return a.key == key; });
  return format == std::end(actions) ? nullptr : format;
}

std::vector<std::string> action_names(const ProtocolFormat& format) {
  std::vector<std::string> names;
  for (const ActionFormat& action : actions) names.push_back(action.key);
  names.insert(names.end(), format.verbs.begin(), format.verbs.end());
  return names;
}

// Reads the one action of the fault; returns its key.
std::string read_action(Reader& reader, const ParseContext& context, Fault& fault) {
  std::string found;
  for (const std::string& key : action_names(context.format)) {
    const auto value = reader.take(key);
    if (!value) continue;
    if (!found.empty()) {
      value->fail_at_key("two actions in one fault, '" + found + "' and '" + key +
                         "'; make two faults of it");
    }
    found = key;
    const ActionFormat* action = format_of(key);
    if (action != nullptr && action->of_records && !context.format.has_records) {
      value->fail_at_key("nothing of the protocol " + context.format.name +
                         " is durable; leave it out");
    }
    fault.action =
        action != nullptr ? action->read(*value, context) : Tell{read_nodes(*value, context), key};
  }
  if (!found.empty()) return found;
  reader.finish();
  reader.fail("nothing happens; add an action, " + suggestion("", action_names(context.format)));
}

Instant instant_of(const Value& value) { return Instant(value.duration().ns()); }

Instant read_within(const Value& value, Duration duration) {
  const Instant at = instant_of(value);
  if (at.since_start() >= duration) {
    value.fail("not before the end of the scenario, " + to_text(duration) +
               "; make it earlier or the duration longer");
  }
  return at;
}

void read_window(Reader& reader, const ParseContext& context, Instant from, Fault& fault) {
  const auto from_value = reader.take("from");
  const auto until_value = reader.take("until");
  fault.from = from_value ? read_within(*from_value, context.duration) : from;
  fault.until = until_value ? instant_of(*until_value) : Instant(context.duration.ns());
  if (until_value && fault.until <= fault.from) {
    until_value->fail("the window ends before it begins, at " + to_text(fault.from) +
                      "; make 'until' later");
  }
  if (until_value && fault.until.since_start() > context.duration) {
    until_value->fail("after the end of the scenario, " + to_text(context.duration) +
                      "; make it earlier or the duration longer");
  }
}

void read_every(Reader& reader, const Value& every, const ParseContext& context, Fault& fault) {
  fault.when = Fault::When::every;
  fault.period = every.positive_duration();
  read_window(reader, context, Instant(fault.period.ns()), fault);
  if (fault.from >= fault.until) {
    every.fail("the first time is not before the end, " + to_text(fault.until) +
               "; make the period shorter or give 'from'");
  }
  if ((fault.until - fault.from).ns() / fault.period.ns() >= std::int64_t{most_strikes})
    every.fail("more than " + std::to_string(most_strikes) + " times; make the period longer");
}

void read_random(const Value& random, const ParseContext& context, Fault& fault) {
  fault.when = Fault::When::random;
  Reader reader = random.object();
  fault.times = static_cast<std::uint32_t>(reader.need("times").integer(1, most_strikes));
  read_window(reader, context, Instant(), fault);
  reader.finish();
}

void read_when(Reader& reader, const ParseContext& context, Fault& fault) {
  const auto at = reader.take("at");
  const auto every = reader.take("every");
  const auto random = reader.take("random");
  if (at.has_value() + every.has_value() + random.has_value() > 1)
    reader.fail("two times in one fault; keep one of 'at', 'every' and 'random'");
  if (at) {
    fault.when = Fault::When::at;
    fault.from = read_within(*at, context.duration);
    fault.until = fault.from;
  } else if (every) {
    read_every(reader, *every, context, fault);
  } else if (random) {
    read_random(*random, context, fault);
  }
}

Fault read_fault(Reader reader, const ParseContext& context) {
  Fault fault;
  read_when(reader, context, fault);
  const auto lasts = reader.take("for");
  const std::string action = read_action(reader, context, fault);
  reader.finish();
  if (!reader.has("at") && !reader.has("every") && !reader.has("random"))
    reader.fail("it has no time; add 'at', 'every' or 'random'");
  const ActionFormat* format = format_of(action);
  const Lasts how = format == nullptr ? Lasts::no : format->lasts;
  if (lasts) {
    if (how == Lasts::no) lasts->fail_at_key("'" + action + "' does not last; leave 'for' out");
    fault.lasts = lasts->positive_duration();
  } else if (how == Lasts::must) {
    reader.fail(action, "how long? add 'for'");
  }
  const auto* clock = std::get_if<ClockFault>(&fault.action);
  if (clock != nullptr && !clock->drift_ppm && lasts)
    lasts->fail_at_key("a jump is done at once and stays; leave 'for' out");
  const auto* crash = std::get_if<Crash>(&fault.action);
  if (crash != nullptr && crash->again > 0 && !lasts)
    reader.fail(action, "'again' is while it recovers, but nothing restarts it; add 'for'");
  return fault;
}

}  // namespace

std::vector<Target> read_nodes(const Value& value, const ParseContext& context) {
  std::vector<Target> targets = read_targets(value, context);
  for (const Target& target : targets) {
    if (target.kind == Kind::client || target.kind == Kind::clients)
      value.fail("this can happen to nodes only, not to clients; name nodes");
    if (target.kind == Kind::rest)
      value.fail("'rest' of whom? it stands only in partition, cut and slow_link; name the nodes");
  }
  NoneTwice().add(value, targets);
  return targets;
}

std::vector<std::string> fault_keys() {
  std::vector<std::string> keys;
  for (const ActionFormat& action : actions) keys.push_back(action.key);
  return keys;
}

std::vector<Fault> read_faults(const Value& value, const ParseContext& context) {
  std::vector<Fault> faults;
  for (const Value& item : value.items()) faults.push_back(read_fault(item.object(), context));
  return faults;
}

}  // namespace lockstep::sim
