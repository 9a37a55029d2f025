// `lockstepctl messages read`, `messages watch`: what a member shows, and what comes to it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "net/driver/alarm.hpp"
#include "node/config/value.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

using MessageJson = nlohmann::ordered_json;
using Stamp = std::pair<std::uint64_t, std::uint64_t>;  // time, node

constexpr auto pause_between_pages = std::chrono::milliseconds(200);
constexpr std::size_t looked_back = 100;  // messages, for what arrives late

std::string stamp_text(Stamp stamp) { return fmt::format("{}.{}", stamp.first, stamp.second); }

struct MessagesPage {
  std::vector<std::pair<Stamp, MessageJson>> messages;
  bool more = false;
};

// Throws Stop.
MessagesPage ask_page(const Common& common, const Place& place, const std::string& query) {
  const Answer answer = ask({.place = place, .target = "/v1/messages?" + query}, common.timeout);
  if (answer.status == 0) throw Stop(exit_no_server, place.text() + ": " + answer.error);
  if (answer.status != 200) {
    throw Stop(answer.status == 400 ? exit_usage : exit_refused,
               fmt::format("{} refuses ({}): {}", place.text(), answer.status, reason_in(answer)));
  }
  try {
    const MessageJson json = MessageJson::parse(answer.body);
    MessagesPage page;
    page.more = json.at("more").get<bool>();
    for (const MessageJson& message : json.at("messages")) {
      (void)message.at("text").get_ref<const std::string&>();
      const MessageJson& stamp = message.at("stamp");
      page.messages.emplace_back(
          Stamp{stamp.at("time").get<std::uint64_t>(), stamp.at("node").get<std::uint64_t>()},
          message);
    }
    return page;
  } catch (const MessageJson::exception&) {
    throw Stop(exit_failed, place.text() + ": its answer is no page of messages");
  }
}

void print_message(const Common& common, const Stamp& stamp, const MessageJson& message) {
  if (common.json) {
    fmt::print("{}\n", message.dump());
  } else {
    const bool late = message.value("violation", false);
    fmt::print("{:<12} {}{}\n", stamp_text(stamp),
               node::one_line(message["text"].get_ref<const std::string&>()),
               late ? "  (arrived late)" : "");
  }
  if (std::fflush(stdout) != 0)
    throw Stop(exit_cannot_write, "messages cannot be written to stdout");
}

Place any_server(const Common& common) {
  const auto servers = discover(common);
  const auto found = std::find_if(servers.begin(), servers.end(),
                                  [](const Known& known) { return known.answers; });
  if (found == servers.end()) throw Stop(exit_no_server, "no server answers");
  return found->place;
}

volatile std::sig_atomic_t interrupted = 0;

// Prints what it has not printed: a message may come behind some that are there.
class MessagesWatcher {
 public:
  explicit MessagesWatcher(const Common& common) : common_(common), place_(any_server(common)) {
    const MessagesPage page = ask_page(common, place_, fmt::format("last={}", looked_back));
    for (const auto& [stamp, message] : page.messages) seen_.insert(stamp);
    if (page.more) skipped_ = *seen_.begin();
  }

  // True: there are further ones.
  bool poll() {
    Stamp from{};
    if (seen_.size() > looked_back)
      from = *std::next(seen_.rbegin(), static_cast<std::ptrdiff_t>(looked_back));
    if (skipped_ > from) from = skipped_;
    const MessagesPage page = ask_page(common_, place_, "limit=1000&after=" + stamp_text(from));
    bool fresh = false;
    for (const auto& [stamp, message] : page.messages) {
      if (!seen_.insert(stamp).second) continue;
      fresh = true;
      print_message(common_, stamp, message);
    }
    while (seen_.size() > 2 * looked_back) {
      skipped_ = *seen_.begin();
      seen_.erase(seen_.begin());
    }
    return page.more && fresh;
  }
  void move() { place_ = any_server(common_); }

 private:
  const Common& common_;
  Place place_;
  std::set<Stamp> seen_;  // the newest
  Stamp skipped_;         // behind it all are in seen_
};

}  // namespace

int messages_read(const Common& common, const std::string& after) {
  const Place place = any_server(common);
  std::string from = after.empty() ? "0.0" : after;
  for (;;) {
    const MessagesPage page = ask_page(common, place, "limit=1000&after=" + percent_encoded(from));
    for (const auto& [stamp, message] : page.messages) print_message(common, stamp, message);
    if (!page.more || page.messages.empty()) return exit_ok;
    from = stamp_text(page.messages.back().first);
  }
}

int messages_watch(const Common& common, std::optional<Duration> bound) {
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });
  const Instant end = net::now() + bound.value_or(Duration());
  MessagesWatcher watcher(common);
  while (interrupted == 0 && (!bound || net::now() < end)) {
    bool more = false;
    try {
      more = watcher.poll();
    } catch (const Stop& stop) {
      if (stop.code != exit_no_server) throw;
      fmt::print(stderr, "lockstepctl: {}\n", stop.what());
      watcher.move();
    }
    if (!more) std::this_thread::sleep_for(pause_between_pages);
  }
  return exit_ok;
}

}  // namespace lockstep::ctl
