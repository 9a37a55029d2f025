// `lockstepctl files list|index|search`: what a member offers and finds.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "node/config/value.hpp"
#include "node/ctl/everybody.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/ctl/files_place.hpp"

namespace lockstep::ctl {
namespace {

constexpr Duration index_time = seconds(3600);  // all of a large folder may have to be hashed

std::string text_at(const FilesJson& json, const char* key) {
  return node::one_line(json.value(key, std::string()));
}

}  // namespace

int files_list(const Common& common, const FilesWords& words) {
  const Place place = files_place(common, words);
  std::vector<std::vector<std::string>> rows{{"NAME", "SIZE", "FILE"}};
  std::string after;
  for (bool more = true; more;) {
    const auto page =
        ask_files(place, "GET", "/v1/files?after=" + percent_encoded(after), common.timeout);
    const FilesJson files = page.value("files", FilesJson::array());
    for (const FilesJson& file : files) {
      if (common.json) fmt::print("{}\n", file.dump());
      after = file.value("name", std::string());
      rows.push_back({text_at(file, "name"), std::to_string(file.value("size", 0ULL)),
                      text_at(file, "file").substr(0, 16)});
    }
    more = page.value("more", false) && !files.empty();
  }
  if (!common.json) print_columns(rows);
  return exit_ok;
}

int files_index(const Common& common, const FilesWords& words) {
  const auto json = ask_files(files_place(common, words), "POST", "/v1/files/index", index_time);
  if (common.json) {
    fmt::print("{}\n", json.dump());
    return exit_ok;
  }
  const auto count = [&](const char* key) { return json.value(key, FilesJson::array()).size(); };
  for (const FilesJson& file : json.value("skipped", FilesJson::array()))
    fmt::print(stderr, "lockstepctl: {} is not shared: {}\n", text_at(file, "name"),
               text_at(file, "reason"));
  fmt::print("{} files are offered, {} of them new; {} are gone\n", json.value("files", 0ULL),
             count("added"), count("removed"));
  return exit_ok;
}

int files_search(const Common& common, const FilesWords& words) {
  std::string target = fmt::format("/v1/search?{}={}", words.by_words ? "words" : "name",
                                   percent_encoded(words.text));
  if (words.ttl) target += fmt::format("&ttl={}", *words.ttl);
  if (words.everywhere) target += "&everywhere=1";
  const Duration time = std::max(common.timeout, seconds(30));  // others may be before it
  const auto json = ask_files(files_place(common, words), "GET", target, time);
  const FilesJson sources = json.value("sources", FilesJson::array());
  std::vector<std::vector<std::string>> rows{{"NODE", "NAME", "SIZE", "FILE"}};
  for (const FilesJson& source : sources) {
    rows.push_back({fmt::format("{}{}", source.value("node", 0ULL),
                                source.value("here", false) ? " (here)" : ""),
                    text_at(source, "name"), std::to_string(source.value("size", 0ULL)),
                    text_at(source, "file").substr(0, 16)});
  }
  if (common.json) {
    fmt::print("{}\n", json.dump());
  } else if (!sources.empty()) {
    print_columns(rows);
  } else {
    fmt::print(stderr, "lockstepctl: nobody within reach says that it has it\n");
  }
  return sources.empty() ? exit_no : exit_ok;
}

}  // namespace lockstep::ctl
