// `lockstepctl watch`: the events of all members, as they come.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "net/http/client.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

using Json = nlohmann::ordered_json;
constexpr auto pause_between_polls = std::chrono::milliseconds(200);
constexpr Duration longest_wait = seconds(2);

std::string wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

// Follows one server. Its numbers start anew when it does: each poll asks for the newest event seen
// as well, and when that is another one, or after a gap, for all that the server keeps; what is
// older than the newest event seen is then left out.
class Follower {
 public:
  Follower(net::asio::io_context& io, const Known& server, const Common& common, bool recent)
      : server_(server),
        json_(common.json),
        wait_(std::min(common.timeout, longest_wait)),
        skip_(!recent),
        http_(io, server.place.host, server.place.port),
        timer_(io) {
    poll();
  }

 private:
  void poll() {
    net::HttpCall call;
    call.target = fmt::format("/v1/events?after={}", after_ > 0 ? after_ - 1 : 0);
    http_.call(std::move(call), wait_, [this](const net::HttpResult& result) {
      hear(result);
      timer_.expires_after(pause_between_polls);
      timer_.async_wait([this](net::ErrorCode cancelled) {
        if (!cancelled) poll();
      });
    });
  }

  void hear(const net::HttpResult& result) {
    if (result.status != 200) {
      return away(result.status == 0 ? result.error : fmt::format("it answers {}", result.status));
    }
    try {
      const Json json = Json::parse(result.body);
      take(json.at("events"), json.at("next").get<std::uint64_t>());
    } catch (const Json::exception&) {
      away("its answer is no list of events; is it a lockstepd?");
    }
  }

  void take(const Json& events, std::uint64_t next) {
    if (away_ && known_) say("back", "answers again");
    if (after_ > 0 && !begins_with_newest(events)) {
      after_ = 0;
      return;
    }
    const std::string seen = after_ > 0 ? "" : newest_;
    for (const Json& event : events) {
      if (event.at("number").get<std::uint64_t>() <= after_) continue;
      auto time = event.at("time").get<std::string>();
      if (!skip_ && time > seen) show(event);
      newest_ = std::move(time);
    }
    after_ = next - 1;
    away_ = skip_ = false;
    known_ = true;
  }

  [[nodiscard]] bool begins_with_newest(const Json& events) const {
    return !events.empty() && events.front().at("number").get<std::uint64_t>() == after_ &&
           events.front().at("time").get<std::string>() == newest_;
  }

  void away(const std::string& why) {
    if (!away_ || !known_) say("away", why);
    away_ = known_ = true;
    skip_ = false;
    after_ = 0;
  }

  void show(const Json& event) {
    if (!json_) {
      return print(event.at("time").get<std::string>(), event.at("term").get<std::uint64_t>(),
                   event.at("text").get<std::string>());
    }
    Json line{{"node", server_.id}, {"server", server_.place.text()}};
    line.update(event);
    fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
    flush();
  }

  // Whoever reads sees each line at once, and a watcher that nobody can read ends.
  static void flush() {
    if (std::fflush(stdout) != 0)
      throw Stop(exit_cannot_write, "events cannot be written to stdout");
  }

  void say(const char* kind, const std::string& text) {
    if (json_) return show({{"time", wall_clock()}, {"kind", kind}, {"text", text}});
    print(wall_clock(), std::nullopt, fmt::format("{}: {}", kind, text));
  }

  void print(const std::string& time, std::optional<std::uint64_t> term, const std::string& text) {
    const std::string who = server_.id == 0 ? server_.place.text() : fmt::format("n{}", server_.id);
    const std::string when = term ? fmt::format("term {}", *term) : "-";
    fmt::print("{}  {:<4} {:<8} {}\n", time, who, when, text);
    flush();
  }

  Known server_;
  bool json_;
  Duration wait_;
  bool skip_;  // what it kept from before is not shown
  bool away_ = false;
  bool known_ = false;       // it answered, or it was said that it does not
  std::uint64_t after_ = 0;  // number of that event; 0: unknown
  std::string newest_;       // time of the newest event seen; RFC 3339 sorts as text
  net::HttpClient http_;
  net::asio::steady_timer timer_;
};

}  // namespace

int watch(const Common& common, const WatchWords& words) {
  const std::vector<Known> servers = discover(common);
  net::asio::io_context io;
  net::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](net::ErrorCode, int) { io.stop(); });
  net::asio::steady_timer end(io);
  if (words.bound) {
    end.expires_after(std::chrono::nanoseconds(words.bound->ns()));
    end.async_wait([&io](net::ErrorCode) { io.stop(); });
  }
  std::vector<std::unique_ptr<Follower>> followers;
  for (const Known& server : servers)
    followers.push_back(std::make_unique<Follower>(io, server, common, words.recent));
  io.run();
  return exit_ok;
}

}  // namespace lockstep::ctl
