// One self-contained page over several runs and sweeps: the question, the set-up, tables, figures,
// broken rules with their space-time diagrams, the environment, and how to repeat it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::sim {

struct Overview {
  struct Table {
    std::string caption;
    std::vector<std::vector<std::string>> rows;  // the first one names the columns
    std::string note;
  };
  struct Broken {
    std::string result;              // the run's folder
    std::vector<std::string> texts;  // what broke, a line each
    std::string page;                // a whole report (sim/report/report.hpp), "" when left out
  };
  struct Question {
    std::string title, why, source, protocol;
    std::string set_up;  // the scenario as it ran, JSON
  };

  std::string title, verdict;  // "pass", "violated" or "undecided": the worst of all
  std::vector<Question> questions;
  Table results;                                             // a row each
  std::vector<Table> tables;                                 // statistics
  std::vector<std::pair<std::string, std::string>> figures;  // name, SVG
  std::vector<Broken> broken;
  Table environment, commands;
};

// Of a cell, which then stands on the right.
[[nodiscard]] bool looks_like_number(std::string_view text);

// A figure's own scripts do not run, and a diagram lives in a frame of its own.
[[nodiscard]] std::string render_overview(const Overview& overview);

}  // namespace lockstep::sim
