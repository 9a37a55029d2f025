#include "node/ctl/files_place.hpp"

#include <fmt/format.h>

#include <array>

#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {

Place files_place(const Common& common, const FilesWords& words) {
  if (words.at != 0) {
    for (const Known& known : discover(common)) {
      if (known.id == words.at) return known.place;
    }
    throw Stop(exit_usage, fmt::format("there is no member {}", words.at));
  }
  std::string why;
  for (const Place& place : parse_places(common.servers)) {
    const Answer answer = ask({.place = place, .target = "/livez"}, common.timeout);
    if (answer.status == 200) return place;
    why = place.text() + ": " + answer.error;
  }
  throw Stop(exit_no_server, "no server answers: " + why);
}

FilesJson ask_files(const Place& place, const std::string& method, const std::string& target,
                    Duration timeout) {
  const Answer answer = ask({.place = place, .method = method, .target = target}, timeout);
  if (answer.status == 0) throw Stop(exit_no_server, place.text() + ": " + answer.error);
  if (answer.status >= 300) {
    const int code = answer.status == 504   ? exit_unknown
                     : answer.status >= 500 ? exit_failed
                                            : exit_refused;
    throw Stop(code, fmt::format("{}: ({}) {}", place.text(), answer.status, reason_in(answer)));
  }
  auto json = FilesJson::parse(answer.body, nullptr, false);
  if (!json.is_object()) throw Stop(exit_failed, place.text() + ": its answer is none of files");
  return json;
}

std::string bytes_text(double bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < units.size(); ++unit) bytes /= 1024;
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, units[unit]);
}

}  // namespace lockstep::ctl
