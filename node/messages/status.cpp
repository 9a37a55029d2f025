// MessagesApi, status: what this member is, holds and counts.
#include <fmt/format.h>

#include "node/messages/api.hpp"

namespace lockstep::node {
namespace {

Json id_or_null(NodeId id) { return id == nobody ? Json() : Json(id.value()); }

Json last_of(const lamport::Log& log) {
  if (log.order().empty()) return {};
  const lamport::Stamp last = log.order().rbegin()->first;
  return {{"time", last.time.value()}, {"node", last.node.value()}};
}

}  // namespace

std::string MessagesApi::status_json() {
  const lamport::Lamport& machine = host_.machine();
  const auto& counts = host_.counts();
  const auto outcome = [&](Outcome which) { return outcomes_[static_cast<std::size_t>(which)]; };
  const double mean_ms =
      times_.count() == 0 ? 0 : times_.sum().milliseconds() / static_cast<double>(times_.count());
  return dumped(
      {{"node", config_.id.value()},
       {"mode", name_of(config_.messages.machine.mode)},
       {"role", machine.role()},
       {"leader", id_or_null(machine.leader())},
       {"clock", machine.time().value()},
       {"room", !host_.is_full()},
       {"log",
        {{"messages", machine.log().order().size()},
         {"entries", machine.log().size()},
         {"bytes_on_disk", host_.bytes_on_disk()},
         {"last", last_of(machine.log())}}},
       {"waiting", machine.waiting()},
       {"gaps", {{"parked", machine.parked()}, {"asked", counts.gaps}}},
       {"violations", machine.violations()},
       {"elections", counts.elections},
       {"sent", counts.sent},
       {"received", counts.received},
       {"posts",
        {{"done", outcome(Outcome::done)},
         {"failed", outcome(Outcome::failed)},
         {"unknown", outcome(Outcome::unknown)},
         {"mean_ms", mean_ms},
         {"p50_ms", times_.quantile_ms(0.5)},
         {"p95_ms", times_.quantile_ms(0.95)},
         {"p99_ms", times_.quantile_ms(0.99)}}},
       {"per_s",
        {{"shown", host_.shown_per_second()}, {"posted", posted_.per_second(net::now())}}}});
}

void MessagesApi::add_metrics(Exposition& out) const {
  const lamport::Lamport& machine = host_.machine();
  const auto& counts = host_.counts();
  const auto add = [&](const char* type, const char* name, const char* help, auto number) {
    out.metric(name, type, help);
    out.value(static_cast<double>(number));
  };
  add("gauge", "lockstep_messages_clock_time", "Lamport time of this member.",
      machine.time().value());
  add("gauge", "lockstep_messages_is_leader", "1 while this member leads the messages.",
      machine.leads() ? 1 : 0);
  add("gauge", "lockstep_messages_has_leader", "1 while this member knows a leader of them.",
      machine.leader() != nobody ? 1 : 0);
  add("gauge", "lockstep_messages_log_messages", "Messages that are shown here.",
      machine.log().order().size());
  add("gauge", "lockstep_messages_waiting_posts", "Posts without an answer.", machine.waiting());
  add("gauge", "lockstep_messages_parked", "Messages that wait for what stands before them.",
      machine.parked());
  add("gauge", "lockstep_messages_wal_bytes", "Bytes of the log on disk.", host_.bytes_on_disk());
  add("counter", "lockstep_messages_shown_total", "Messages shown since start.", counts.shown);
  add("counter", "lockstep_messages_sent_total",
      "Messages sent to other members, forwarded ones among them.", counts.sent);
  add("counter", "lockstep_messages_received_total", "Messages of other members written here.",
      counts.received);
  add("counter", "lockstep_messages_violations_total",
      "Messages that arrived after one with a later stamp.", machine.violations());
  add("counter", "lockstep_messages_gaps_total", "How often this member asked for what it lacks.",
      counts.gaps);
  add("counter", "lockstep_messages_elections_total", "Elections this member stood in.",
      counts.elections);
  out.metric("lockstep_messages_posts_total", "counter", "Posts of clients of this member.");
  constexpr const char* words[] = {"done", "failed", "unknown", "refused"};
  for (std::size_t place = 0; place < outcomes_.size(); ++place) {
    out.value(static_cast<double>(outcomes_[place]), fmt::format(R"(outcome="{}")", words[place]));
  }
  out.metric("lockstep_messages_post_seconds", "histogram", "From a post here to done.");
  out.value(times_);
}

}  // namespace lockstep::node
