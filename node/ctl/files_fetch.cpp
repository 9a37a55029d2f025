// `lockstepctl files fetch`: a member takes a file, and how far it is.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "net/driver/alarm.hpp"
#include "node/config/value.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/ctl/files_place.hpp"

namespace lockstep::ctl {
namespace {

constexpr auto pause_between_looks = std::chrono::milliseconds(200);
constexpr std::size_t bar_width = 30;

const FilesJson* find(const FilesJson& list, const std::string& name) {
  for (const FilesJson& one : list) {
    if (one.value("name", std::string()) == name) return &one;
  }
  return nullptr;
}

// "[#####     ]  17 %  12.0 MiB/s of 20.0 MiB from 1, 2"
std::string bar_of(const FilesJson& fetch) {
  const std::string state = fetch.value("state", std::string());
  if (!fetch.contains("size") || !fetch["size"].is_number()) return state;
  const auto size = fetch["size"].get<double>();
  const double share = size > 0 ? fetch.value("here", 0.0) / size : 1;
  const auto full = static_cast<std::size_t>(share * static_cast<double>(bar_width));
  std::string from;
  for (const FilesJson& node : fetch.value("sources", FilesJson::array()))
    from += (from.empty() ? " from " : ", ") + node.dump();
  return fmt::format("[{:<{}}] {:3.0f} %  {}/s of {}{}", std::string(full, '#'), bar_width,
                     share * 100, bytes_text(fetch.value("bytes_per_s", 0.0)), bytes_text(size),
                     from.empty() ? ", " + state : from);
}

class FetchWatcher {
 public:
  FetchWatcher(const Common& common, Place place, const std::string& name)
      : common_(common), place_(std::move(place)), name_(name) {}

  // How it ended.
  FilesJson wait() {
    Instant heard = net::now();
    for (;;) {
      try {
        if (auto end = look()) return *end;
        heard = net::now();
      } catch (const Stop& stop) {
        // A member that starts again goes on with it.
        if (stop.code != exit_no_server) throw;
        if (net::now() - heard > common_.timeout)
          throw Stop(exit_unknown,
                     std::string(stop.what()) + "; the fetch goes on when it is back");
      }
      std::this_thread::sleep_for(pause_between_looks);
    }
  }

 private:
  std::optional<FilesJson> look() {
    const auto json = ask_files(place_, "GET", "/v1/fetches", common_.timeout);
    const FilesJson open = json.value("under_way", FilesJson::array());
    const FilesJson over = json.value("ended", FilesJson::array());
    if (const FilesJson* fetch = find(open, name_)) {
      if (terminal_) fmt::print(stderr, "\r\033[K{} {}", node::one_line(name_), bar_of(*fetch));
      std::fflush(stderr);
      return std::nullopt;
    }
    if (terminal_) fmt::print(stderr, "\r\033[K");
    if (const FilesJson* end = find(over, name_)) return *end;
    // The member started again since.
    const auto found = ask_files(place_, "GET", "/v1/search?name=" + percent_encoded(name_),
                                 std::max(common_.timeout, seconds(30)));
    const FilesJson sources = found.value("sources", FilesJson::array());
    const bool here = !sources.empty() && sources[0].value("here", false);
    return FilesJson{{"name", name_},
                     {"outcome", here ? "done" : "failed"},
                     {"reason", here ? "" : "the member gave it up"}};
  }

  const Common& common_;
  const Place place_;
  const std::string& name_;
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
};

}  // namespace

int files_fetch(const Common& common, const FilesWords& words) {
  const Place place = files_place(common, words);
  FilesJson end = ask_files(place, "POST", "/v1/files/" + percent_encoded(words.text) + "/fetch",
                            common.timeout);
  const bool begun = end.value("outcome", std::string()) == "begun";
  if (begun) end = FetchWatcher(common, place, words.text).wait();
  const std::string outcome = end.value("outcome", std::string());
  if (common.json) {
    fmt::print("{}\n", end.dump());
  } else if (outcome == "done") {
    const double size = end.value("size", 0.0), time = end.value("seconds", 0.0);
    fmt::print("{} is at {}{}\n", node::one_line(words.text), place.text(),
               !begun     ? " already"
               : time > 0 ? fmt::format(": {} in {:.1f} s, {}/s", bytes_text(size), time,
                                        bytes_text(size / time))
                          : "");
  }
  if (outcome == "done") return exit_ok;
  fmt::print(stderr, "lockstepctl: {}: {}\n", outcome,
             node::one_line(end.value("reason", std::string())));
  return outcome == "unknown" ? exit_unknown : exit_failed;
}

}  // namespace lockstep::ctl
