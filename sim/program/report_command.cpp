// report: one page over several runs and sweeps, to be read offline or sent to somebody.
#include <fmt/core.h>

#include <string_view>

#include "sim/program/commands.hpp"
#include "sim/program/compared_run.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/overview_of.hpp"
#include "sim/program/report_forms.hpp"

namespace lockstep::sim {
namespace {

struct PageFlags {
  std::vector<std::string> results;
  std::string out = "report.html";
  std::string form;  // "" or a template
  Bootstrap how;
};

bool ends_with_format(std::string_view out) {
  return out.ends_with(".html") || out.ends_with(".pdf") || out.ends_with(".tex");
}

int write_overview(const PageFlags& flags) {
  if (!flags.form.empty() && ends_with_format(flags.out)) {
    fmt::print(stderr, "lockstep: --template {} writes a folder; name one with --out\n",
               flags.form);
    return exit_usage;
  }
  try {
    Overview overview = overview_of(flags.results, flags.how);
    if (!flags.form.empty()) return write_ieee(overview, flags.out);
    if (flags.out.ends_with(".pdf")) return write_pdf(std::move(overview), flags.out);
    return write_html(overview, flags.out);
  } catch (const NoRun& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_no_input;
  } catch (const BrokenRun& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_bad_scenario;
  }
}

}  // namespace

Action add_report(CLI::App& app) {
  auto* command = app.add_subcommand("report",
                                     "Write one page over several runs, sweeps and figures: HTML "
                                     "that needs nothing beside it, PDF, "
                                     "or a paper to begin with.");
  auto flags = std::make_shared<PageFlags>();
  command->add_option("RESULTS", flags->results, "folders of runs and sweeps, and .svg files")
      ->required();
  auto* out = command
                  ->add_option("-o,--out", flags->out,
                               "the page, as PDF where it ends in .pdf; or the "
                               "template's folder (report-ieee)")
                  ->capture_default_str();
  command
      ->add_option("--template", flags->form,
                   "ieee: a folder with report.tex in two columns, and its figures")
      ->check(CLI::IsMember({"ieee"}));
  command->add_option("--seed", flags->how.seed, "of the bootstrap")
      ->check(refuse_unless_whole)
      ->capture_default_str();
  command->add_option("--resamples", flags->how.resamples, "of the bootstrap")
      ->check(CLI::Range(1u, 1'000'000u))
      ->capture_default_str();
  return [flags, out] {
    if (!flags->form.empty() && out->count() == 0) flags->out = "report-" + flags->form;
    return write_overview(*flags);
  };
}

}  // namespace lockstep::sim
