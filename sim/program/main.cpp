// lockstep: runs scenario files in the simulator.
#include <fmt/core.h>
#include <malloc.h>
#include <unistd.h>

#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/workers.hpp"
#include "sim/scenario/document.hpp"

namespace {

int run_command(int argc, char** argv) {
  using namespace lockstep::sim;
  CLI::App app{
      "Distributed algorithms as pure state machines, run from scenario files in a deterministic "
      "simulator."};
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  const std::vector<Action (*)(CLI::App&)> adders{
      add_run,  add_validate, add_list,   add_show,  add_sweep, add_merge, add_compare,
      add_fuzz, add_shrink,   add_replay, add_bench, add_lin,   add_stats, add_report};
  std::vector<Action> actions;
  for (const auto add : adders) actions.push_back(add(app));
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(
        stderr, "lockstep: {}; see lockstep {}--help\n", error.what(),
        app.get_subcommands().empty() ? "" : app.get_subcommands().front()->get_name() + " ");
    return exit_usage;
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (commands[i]->parsed()) return actions[i]();
  }
  return exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
  // Runs grow and drop large vectors; giving their pages back to the kernel each time costs more
  // than keeping them.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 16 << 20);
  int code = 0;
  try {
    code = run_command(argc, argv);
  } catch (const lockstep::sim::ScenarioError& error) {
    fmt::print(stderr, "{}\n", error.what());
    code = lockstep::sim::exit_bad_scenario;
  } catch (const lockstep::sim::Interrupted&) {
    fmt::print(stderr, "lockstep: interrupted; nothing was finished\n");
    code = lockstep::sim::exit_interrupted;
  } catch (const std::exception& error) {
    fmt::print(stderr, "lockstep: internal error: {}\n", error.what());
    code = lockstep::sim::exit_internal;
  }
  std::fflush(nullptr);
  _exit(code);  // SimGrid takes long to tear down, and there is nothing left to do
}
