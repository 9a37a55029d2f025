#include "processes/bench/table.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace lockstep::processes {
namespace {

std::string line_of(const char* name, const nlohmann::ordered_json& figures) {
  return fmt::format("{:<11}{:>9.3f} ms {:>8.0f}/s", name, figures["p50_ms"].get<double>(),
                     figures["per_s"].get<double>());
}

std::string errors_of(const nlohmann::ordered_json& figures) {
  const auto errors = figures["errors"].get<std::uint64_t>();
  return errors == 0 ? "\n" : fmt::format("   {} errors\n", errors);
}

}  // namespace

std::string text_of(const Load& load, const nlohmann::ordered_json& figures) {
  std::string text = line_of(load.name, figures);
  if (load.target_per_s != 0)
    text += fmt::format("   at least {:.0f}/s{}", load.target_per_s,
                        figures["per_s"].get<double>() < load.target_per_s ? "  MISSED" : "");
  text += errors_of(figures);
  for (const Kind kind : other_kinds) {
    const std::string name = name_of(kind);
    if (figures["ratio_" + name].is_null()) continue;
    const double ratio = figures["ratio_" + name], target = load.target(kind);
    text += line_of(("  " + name).c_str(), figures[name]);
    text += fmt::format("   {:>6.1f} times", ratio);
    if (target != 0)
      text += fmt::format(", at least {}{}", target, ratio < target ? "  MISSED" : "");
    text += errors_of(figures[name]);
  }
  return text + "  " + figures["stages"]["text"].get<std::string>() + "\n";
}

}  // namespace lockstep::processes
