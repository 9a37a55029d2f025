#include "node/metrics/exposition.hpp"

#include <fmt/format.h>

#include <iterator>

namespace lockstep::node {

void Exposition::metric(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  fmt::format_to(std::back_inserter(out_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void Exposition::line(std::string_view suffix, std::string_view labels, double number) {
  const bool braces = !labels.empty();
  fmt::format_to(std::back_inserter(out_), "{}{}{}{}{} {}\n", name_, suffix, braces ? "{" : "",
                 labels, braces ? "}" : "", number);
}

void Exposition::value(double number, std::string_view labels) { line("", labels, number); }

void Exposition::value(const Histogram& histogram, std::string_view labels) {
  const std::string more = labels.empty() ? std::string() : std::string(labels) + ",";
  std::uint64_t upto = 0;
  for (std::size_t i = 0; i < Histogram::bounds_us.size(); ++i) {
    upto += histogram.in(i);
    const double bound = static_cast<double>(Histogram::bounds_us[i]) / 1e6;
    line("_bucket", fmt::format("{}le=\"{}\"", more, bound), static_cast<double>(upto));
  }
  line("_bucket", more + "le=\"+Inf\"", static_cast<double>(histogram.count()));
  line("_sum", labels, histogram.sum().seconds());
  line("_count", labels, static_cast<double>(histogram.count()));
}

std::string label_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '"' || c == '\\') safe += '\\';
    safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

}  // namespace lockstep::node
