#include "sim/world/link_faults.hpp"

#include "core/base/overloaded.hpp"
#include "sim/faults/targets.hpp"

namespace lockstep::sim {
namespace {

std::string text_of(Ratio ratio) {
  return std::to_string(ratio.numerator) + "/" + std::to_string(ratio.denominator);
}

std::string text_of(const Latency& by) {
  switch (by.shape) {
    case Latency::Shape::constant: return to_text(by.low);
    case Latency::Shape::uniform: return to_text(by.low) + " to " + to_text(by.high);
    case Latency::Shape::exponential: return to_text(by.low) + " on average";
    case Latency::Shape::lognormal: return to_text(by.low) + " in the median";
  }
  return "?";
}

std::string text_of(const Burst& burst, const std::string& from, const std::string& to) {
  const std::string which = (from.empty() ? "" : " from " + from) + (to.empty() ? "" : " to " + to);
  const std::string some = text_of(burst.ratio) + " of the messages" + which;
  switch (burst.kind) {
    case Burst::Kind::lose: return some + " are lost";
    case Burst::Kind::duplicate: return some + " arrive twice";
    case Burst::Kind::corrupt: return some + " are damaged";
    case Burst::Kind::reorder: return some + " are held back, by up to " + to_text(burst.by.high);
    case Burst::Kind::delay: return "messages" + which + " are late by " + text_of(burst.by);
  }
  return some;
}

}  // namespace

std::optional<LinkFault> strike_links(Post& post, const Endpoints& endpoints,
                                      const FaultAction& action,
                                      const std::vector<EndpointSet>& sets) {
  Links& links = post.links();
  const auto names = [&](const EndpointSet& set) { return describe_groups(endpoints, {set}); };
  const auto ends = [&] { return "from " + names(sets[0]) + " to " + names(sets[1]); };
  using Struck = std::optional<LinkFault>;
  return std::visit(
      Overloaded{
          [&](const Partition&) -> Struck {
            return LinkFault{links.partition(sets),
                             key_of(action),
                             "cut " + describe_groups(endpoints, sets),
                             {},
                             true};
          },
          [&](const Cut&) -> Struck {
            return LinkFault{
                links.cut(sets[0], sets[1]), key_of(action), "cut " + ends(), {}, true};
          },
          [&](const Isolate& isolate) -> Struck {
            const char* way = isolate.way == Isolate::Way::both ? ""
                              : isolate.way == Isolate::Way::in ? " (incoming)"
                                                                : " (outgoing)";
            return LinkFault{links.isolate(sets[0], isolate.way), key_of(action),
                             "isolated " + names(sets[0]) + way, sets[0], true};
          },
          [&](const Clog&) -> Struck {
            return LinkFault{links.clog(sets[0], sets[1]), key_of(action), "clogged " + ends(), {}};
          },
          [&](const SlowLink& slow) -> Struck {
            return LinkFault{
                links.slow(sets[0], sets[1], slow.by),
                key_of(action),
                "slowed " + describe_groups(endpoints, sets) + " by " + to_text(slow.by),
                {}};
          },
          [&](const Burst& burst) -> Struck {
            return LinkFault{post.bursts().add(burst, sets[0], sets[1]),
                             key_of(action),
                             text_of(burst, names(sets[0]), names(sets[1])),
                             {}};
          },
          [](const auto&) -> Struck { return std::nullopt; }},
      action);
}

bool undo_link_fault(Post& post, const FaultAction& action, std::uint64_t rule) {
  return std::holds_alternative<Burst>(action) ? post.bursts().undo(rule) : post.links().undo(rule);
}

}  // namespace lockstep::sim
