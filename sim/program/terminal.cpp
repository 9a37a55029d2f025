#include "sim/program/terminal.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>

#include "core/base/overloaded.hpp"
#include "sim/faults/targets.hpp"

namespace lockstep::sim {
namespace {

bool colours() {
  const char* no = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no == nullptr || *no == '\0');
}

std::string painted(const std::string& text, const char* code) {
  return colours() ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

}  // namespace

std::string emphasised(const std::string& text) { return painted(text, "1"); }

std::string coloured_verdict(RunVerdict verdict) {
  const std::string text(name_of(verdict));
  return painted(text, verdict == RunVerdict::pass       ? "32"
                       : verdict == RunVerdict::violated ? "31"
                                                         : "33");
}

std::string transcript_line(const TraceLine& line) {
  const auto at = [](Instant instant) {
    return fmt::format("{:>14.6f} ms", instant.since_start().milliseconds());
  };
  return std::visit(
      Overloaded{[&](const TracedStep& s) {
                   std::string text =
                       fmt::format("{} {:<4} {}", at(s.at), name_of_endpoint(s.node), s.text);
                   if (!s.role.empty())
                     text += fmt::format(" | {} term {} commit {}", s.role, s.term, s.commit);
                   for (const auto& effect : s.effects)
                     text += "\n" + std::string(24, ' ') + "-> " + effect;
                   for (const auto& sent : s.sent) {
                     if (!sent.lost.empty())
                       text += fmt::format("\n{}   {} to {}: {}", std::string(24, ' '), sent.name,
                                           name_of_endpoint(sent.to), sent.lost);
                   }
                   return text;
                 },
                 [&](const TracedDrop& d) {
                   return fmt::format("{} {:<4} message dropped on arrival", at(d.at),
                                      name_of_endpoint(d.node));
                 },
                 [&](const TracedFault& f) {
                   return fmt::format("{} ==== {}: {}", at(f.at), f.kind, f.text);
                 },
                 [&](const TracedViolation& v) {
                   return fmt::format("{} {:<4} BROKEN {}: {}", at(v.at),
                                      v.node == nobody ? "-" : name_of_endpoint(v.node), v.rule,
                                      v.text);
                 }},
      line);
}

void print_line(const TraceLine& line) { fmt::print("{}\n", transcript_line(line)); }

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)),
      total_(total),
      shown_(isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void Progress::done(std::uint64_t count) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || count == 0 || now - last_ < std::chrono::milliseconds(200)) return;
  last_ = now;
  const std::chrono::duration<double> spent = now - start_;
  const double left =
      spent.count() / static_cast<double>(count) * static_cast<double>(total_ - count);
  fmt::print(stderr, "\r\033[K{} {}/{}, {:.0f} s left", what_, count, total_, left);
}

}  // namespace lockstep::sim
