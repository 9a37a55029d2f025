#include "sim/program/report_forms.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>

#include "sim/program/exit_codes.hpp"
#include "sim/program/subprocess.hpp"
#include "sim/report/latex.hpp"

namespace lockstep::sim {
namespace {

namespace fs = std::filesystem;

// Dates and the order of hashed names are given, so that the same results are the same bytes.

// Reads the page from its input. Nothing is loaded, whatever a figure asks for.
constexpr const char* print_page = R"(
import logging, sys
try:
    import weasyprint
except ImportError:
    sys.exit(3)
logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
def only_data(url, **more):
    if not url.startswith("data:"):
        raise ValueError(url)
    return weasyprint.default_url_fetcher(url, **more)
page = sys.stdin.buffer.read().decode("utf-8", "replace")
weasyprint.HTML(string=page, url_fetcher=only_data).write_pdf(sys.argv[1])
)";
constexpr int no_weasyprint = 3;

int cannot_write(const std::string& file) {
  fmt::print(stderr, "{}: cannot be written; name another place with --out\n", file);
  return exit_cannot_create;
}

bool write_text(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  return static_cast<bool>(file.flush());
}

int written(const std::string& file) {
  fmt::print("report: {}\n", file);
  return exit_pass;
}

int missing(const char* what) {
  fmt::print(stderr,
             "lockstep: {} is missing; ./lockstep report installs Debian's "
             "(tools/packages.txt, group report)\n",
             what);
  return exit_internal;
}

}  // namespace

int write_html(const Overview& overview, const std::string& file) {
  return write_text(file, render_overview(overview)) ? written(file) : cannot_write(file);
}

int write_pdf(Overview overview, const std::string& file) {
  for (auto& broken : overview.broken) broken.page.clear();
  const std::string partial = file + ".partial";
  if (!write_text(partial, "")) return cannot_write(file);
  const int code = run_tool(
      {"env", "PYTHONHASHSEED=0", "SOURCE_DATE_EPOCH=0", "python3", "-c", print_page, partial},
      render_overview(overview));
  std::error_code error;
  if (code == 0) {
    fs::rename(partial, file, error);
    return error ? cannot_write(file) : written(file);
  }
  fs::remove(partial, error);
  if (code == no_weasyprint || code == no_such_tool) return missing("WeasyPrint");
  fmt::print(stderr, "{}: WeasyPrint cannot print the page; write report.html and print that\n",
             file);
  return exit_internal;
}

int write_ieee(const Overview& overview, const std::string& folder) {
  std::error_code error;
  fs::create_directories(fs::path(folder) / "figures", error);
  if (error) return cannot_write(folder);
  std::vector<std::string> files;
  for (const auto& [name, svg] : overview.figures) {
    files.push_back(fmt::format("figures/figure-{}.pdf", files.size() + 1));
    const std::string path = (fs::path(folder) / files.back()).string();
    const int code = run_tool(
        {"env", "SOURCE_DATE_EPOCH=0", "rsvg-convert", "--format", "pdf", "--output", path}, svg);
    if (code == no_such_tool) return missing("rsvg-convert");
    if (code == 0) continue;
    fmt::print(stderr, "{}: rsvg-convert cannot draw it; leave it out or draw it again\n", name);
    return exit_bad_scenario;
  }
  const std::string paper = (fs::path(folder) / "report.tex").string();
  return write_text(paper, render_latex(overview, files)) ? written(paper) : cannot_write(paper);
}

}  // namespace lockstep::sim
