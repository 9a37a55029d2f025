// What every member says to the same question, beside one another.
#pragma once

#include <string>
#include <vector>

#include "node/ctl/cluster.hpp"

namespace lockstep::ctl {

struct Heard {
  Known server;
  Answer answer;
};
// Waits for each at most 2 s: one that is stopped or cut off must not hold up the others' lines.
[[nodiscard]] std::vector<Heard> ask_everybody(const Common& common, const std::string& target);

[[nodiscard]] std::string name_of(const Known& server);  // its id; "-" for nobody's address
// What to write of one whose answer tells nothing.
[[nodiscard]] std::string why_nothing(const Answer& answer);

// In columns. A row that is shorter than the first ends in a text of any width.
void print_columns(const std::vector<std::vector<std::string>>& rows);

struct Said {
  Known server;
  std::string json;  // as it came; empty: nothing, and `why`
  std::string why;
};
void print_as_json(const std::vector<Said>& members, const std::vector<std::string>& disagreements);

}  // namespace lockstep::ctl
