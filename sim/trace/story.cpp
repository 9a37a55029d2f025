#include "sim/trace/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/text/to_text.hpp"
#include "sim/trace/client_story.hpp"
#include "sim/trace/leadership.hpp"

namespace lockstep::sim {

namespace {

// What is left out first when there is too much to tell.
enum class Weight : std::uint8_t { detail, news, always };

struct Happening {
  Instant at;
  Weight weight = Weight::news;
  std::string text;
};

std::string clock(Instant at) {
  const std::int64_t us = (at.ns() + 500) / 1000;
  if (at.ns() != 0 && at.ns() < 10'000'000)
    return fmt::format("{:>4}.{:03} ms", us / 1000, us % 1000);
  const std::int64_t ms = (at.ns() + 500'000) / 1'000'000;
  return fmt::format("{:>4}.{:03} s ", ms / 1000, ms % 1000);
}

std::string_view noun(std::string_view kind) {
  static constexpr std::pair<std::string_view, std::string_view> nouns[] = {
      {"partition", "the cut"},
      {"cut", "the cut"},
      {"isolate", "the cut"},
      {"heal", "the heal"},
      {"clog", "the clog"},
      {"lose", "the burst"},
      {"duplicate", "the burst"},
      {"corrupt", "the burst"},
      {"reorder", "the burst"},
      {"delay", "the slowdown"},
      {"slow_link", "the slowdown"},
      {"slow_disk", "the slowdown"},
      {"throttle", "the slowdown"},
      {"stall_disk", "the stall"},
      {"full_disk", "the full disk"},
      {"fail_sync", "the disk fault"},
      {"flip", "the disk fault"},
      {"misdirect", "the disk fault"},
      {"clock", "the change of clock"},
      {"traitor", "the treason"},
      {"twins", "the twins"},
      {"crash", "the crash"},
      {"wipe", "the loss of a disk"},
      {"restart", "the restart"},
      {"pause", "the pause"},
      {"resume", "the resumption"}};
  for (const auto& [known, noun] : nouns) {
    if (kind == known) return noun;
  }
  return "the order";
}

const TracedFault* latest_before(const std::vector<const TracedFault*>& faults, Instant at) {
  const auto after = std::partition_point(
      faults.begin(), faults.end(), [&](const TracedFault* fault) { return fault->at <= at; });
  return after == faults.begin() ? nullptr : *std::prev(after);
}

std::string in_term(const Reign& reign) {
  return reign.term == 0 ? "" : fmt::format(" in term {}", reign.term);
}

std::string leads(const Reign& reign) {
  const std::string_view verb = reign.role == "leader" ? "leads" : "is coordinator";
  return fmt::format("{} {}{}", display_name(reign.node), verb, in_term(reign));
}

class Teller {
 public:
  Teller(const std::vector<TraceLine>& lines) : reigns_(read_leadership(lines).reigns) {
    for (const TraceLine& line : lines) {
      if (const auto* fault = std::get_if<TracedFault>(&line);
          fault != nullptr && fault->kind != "skipped")
        faults_.push_back(fault);
    }
    for (const TraceLine& line : lines) std::visit([&](const auto& item) { tell(item); }, line);
    for (std::size_t i = 0; i < reigns_.size(); ++i) tell_reign(i);
    std::stable_sort(happenings_.begin(), happenings_.end(),
                     [](const Happening& a, const Happening& b) { return a.at < b.at; });
  }
  [[nodiscard]] std::vector<Happening> take() { return std::move(happenings_); }

 private:
  // What a real peer of the files was seen to do, in words already.
  void tell(const TracedStep& step) {
    if (step.event != "noticed" || step.role != "peer") return;
    const bool joins = step.name == "neighbour_joined";
    happenings_.push_back({step.at, joins ? Weight::detail : Weight::news,
                           display_name(step.node) + " " + step.text});
  }
  void tell(const TracedDrop&) {}
  void tell(const TracedFault& fault) {
    std::string text = fault.text.empty() ? fault.kind : fault.text;
    for (const NodeId node : fault.nodes) {
      const Reign* reign = reign_before(node, fault.at);
      if (reign == nullptr || fault.kind == "restart") continue;
      text +=
          fmt::format(" ({} {} {}{})", display_name(node),
                      fault.kind == "resume" ? "is still" : "was", reign->role, in_term(*reign));
    }
    const Weight weight =
        fault.kind == "skipped" || fault.kind == "tell" ? Weight::detail : Weight::news;
    happenings_.push_back({fault.at, weight, std::move(text)});
  }
  void tell(const TracedViolation& violation) {
    const std::string where = violation.step == 0 ? "" : fmt::format(", step {}", violation.step);
    happenings_.push_back(
        {violation.at, Weight::always,
         fmt::format("rule broken: {}{}: {}", violation.rule, where, violation.text)});
  }

  void tell_reign(std::size_t place) {
    const Reign& reign = reigns_[place];
    const TracedFault* fault = latest_before(faults_, reign.began);
    std::string text = leads(reign);
    if (fault != nullptr && fault->at == reign.began)
      text += fmt::format(": at {}", noun(fault->kind));
    else if (fault != nullptr)
      text += fmt::format(": {} after {}", rounded(reign.began - fault->at), noun(fault->kind));
    else if (reign.began == Instant())
      text += " from the start";
    else if (place == 0)
      text += fmt::format(" (elected {} after the start)", rounded(reign.began.since_start()));
    happenings_.push_back({reign.began, Weight::news, std::move(text)});
    if (reign.ended && !reign.crashed) tell_end(place);
  }
  void tell_end(std::size_t place) {
    const Reign& reign = reigns_[place];
    std::string text =
        fmt::format("{} is no longer {}{}", display_name(reign.node), reign.role, in_term(reign));
    const Reign* successor = nullptr;
    for (std::size_t i = place + 1; i < reigns_.size() && reigns_[i].began <= *reign.ended; ++i) {
      if (reigns_[i].node != reign.node && successor == nullptr) successor = &reigns_[i];
    }
    if (successor != nullptr && successor->began < *reign.ended)
      text += fmt::format("; {} had taken over {} before", display_name(successor->node),
                          rounded(*reign.ended - successor->began));
    happenings_.push_back({*reign.ended, Weight::detail, std::move(text)});
  }
  // The one that had begun before `at` and had not ended.
  [[nodiscard]] const Reign* reign_before(NodeId node, Instant at) const {
    for (const Reign& reign : reigns_) {
      if (reign.began >= at) return nullptr;
      if (reign.node == node && (!reign.ended || *reign.ended >= at)) return &reign;
    }
    return nullptr;
  }

  std::vector<Reign> reigns_;
  std::vector<const TracedFault*> faults_;
  std::vector<Happening> happenings_;
};

// Details go first, then news from the middle; what must be told stays.
std::vector<std::string> within(std::vector<Happening> happenings, std::size_t limit) {
  std::size_t dropped_details = 0;
  if (happenings.size() > limit) {
    dropped_details =
        std::erase_if(happenings, [](const Happening& h) { return h.weight == Weight::detail; });
  }
  // Of many broken rules the first ones must be told, the others are news like any other.
  std::size_t kept = 0;
  for (Happening& happening : happenings) {
    if (happening.weight == Weight::always && ++kept > limit / 4) happening.weight = Weight::news;
  }
  // What is left out takes a line, and one more wherever something kept stands in the middle of it.
  const std::size_t notes = 1 + std::min(kept, limit / 4) + (dropped_details > 0 ? 1 : 0);
  const std::size_t room = limit - notes;
  std::size_t excess = happenings.size() > limit ? happenings.size() - room : 0;
  const std::size_t head = room * 3 / 5;
  std::vector<std::string> told;
  std::size_t left_out = 0;
  const auto say_left_out = [&] {
    if (left_out > 0) told.push_back(fmt::format("            … {} events left out …", left_out));
    left_out = 0;
  };
  for (std::size_t i = 0; i < happenings.size(); ++i) {
    if (i >= head && excess > 0 && happenings[i].weight != Weight::always) {
      --excess;
      ++left_out;
      continue;
    }
    say_left_out();
    told.push_back(clock(happenings[i].at) + "   " + happenings[i].text);
  }
  say_left_out();
  if (dropped_details > 0)
    told.push_back(fmt::format("            … and {} smaller events …", dropped_details));
  return told;
}

Instant end_of(const std::vector<TraceLine>& lines, const std::vector<HistoryOperation>& history) {
  Instant end;
  if (!lines.empty()) end = std::visit([](const auto& item) { return item.at; }, lines.back());
  for (const HistoryOperation& operation : history) {
    end = std::max(end, operation.invoked);
    if (operation.outcome != HistoryOperation::Outcome::unknown)
      end = std::max(end, operation.returned);
  }
  return end;
}

}  // namespace

std::vector<std::string> tell_story(const std::vector<TraceLine>& lines,
                                    const std::vector<HistoryOperation>& history,
                                    std::string_view protocol, std::size_t limit) {
  const std::vector<std::string> clients = tell_clients(lines, history, end_of(lines, history));
  const std::size_t room = std::max<std::size_t>(limit, 20) - clients.size();
  std::vector<std::string> story = within(Teller(lines).take(), room);
  if (story.empty())
    story.push_back(
        fmt::format("nothing happened that {} tells of: no leader, no fault", protocol));
  story.insert(story.end(), clients.begin(), clients.end());
  return story;
}

}  // namespace lockstep::sim
