#include "processes/logs.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

namespace lockstep::processes {

void LogComparison::read(NodeProcess& node, std::uint32_t place, std::function<void()> done) {
  read_from(node, place, 1, std::move(done));
}

void LogComparison::read_from(NodeProcess& node, std::uint32_t place, std::uint64_t index,
                              std::function<void()> done) {
  node.get(fmt::format("/v1/log?from={}&limit=1000", index), seconds(2),
           [this, &node, place, done = std::move(done)](const nlohmann::json& page) {
             const std::uint64_t next = compare(page, place);
             if (next == 0) return done();
             read_from(node, place, next, done);
           });
}

std::uint64_t LogComparison::compare(const nlohmann::json& page, std::uint32_t place) {
  if (!page.is_object() || !page.contains("entries") || !page["entries"].is_array()) return 0;
  std::uint64_t next = 0;
  for (const auto& entry : page["entries"]) {
    if (!entry.value("committed", false)) return 0;
    const std::uint64_t index = entry.value("index", std::uint64_t{0});
    next = index + 1;
    std::string text = fmt::format("term {} {}", entry.value("term", std::uint64_t{0}),
                                   entry.value("text", std::string()));
    const auto [known, added] = committed_.emplace(index, Entry{place, text});
    if (added || known->second.text == text) continue;
    differences_.push_back(fmt::format("entry {} is committed as '{}' on n{} and as '{}' on n{}",
                                       index, known->second.text, known->second.place + 1, text,
                                       place + 1));
    return 0;
  }
  return next;
}

std::string last_line(const std::string& file) {
  std::ifstream in(file);
  std::string line, last;
  while (std::getline(in, line)) {
    if (!line.empty()) last = line;
  }
  return last;
}

std::string random_token() {
  std::random_device source;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", source());
  return token;
}

}  // namespace lockstep::processes
