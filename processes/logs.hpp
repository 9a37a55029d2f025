// LogComparison: whether the logs of the nodes agree on what is committed, read page by page from
// GET /v1/log. Also what a node's own log file says last.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "processes/node_process.hpp"

namespace lockstep::processes {

class LogComparison {
 public:
  // Reads everything that is committed there, then calls `done`.
  void read(NodeProcess& node, std::uint32_t place, std::function<void()> done);
  // One sentence for the first entry of each node that is another one elsewhere.
  [[nodiscard]] const std::vector<std::string>& differences() const { return differences_; }

 private:
  void read_from(NodeProcess& node, std::uint32_t place, std::uint64_t index,
                 std::function<void()> done);
  // The index after the last committed entry of the page; 0 when that was all.
  std::uint64_t compare(const nlohmann::json& page, std::uint32_t place);

  struct Entry {
    std::uint32_t place = 0;  // of the node that told it first
    std::string text;
  };
  std::map<std::uint64_t, Entry> committed_;  // by index
  std::vector<std::string> differences_;
};

// Of a text file; "" where there is none.
[[nodiscard]] std::string last_line(const std::string& file);
// 32 hexadecimal digits that nobody guesses.
[[nodiscard]] std::string random_token();

}  // namespace lockstep::processes
