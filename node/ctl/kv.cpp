// `lockstepctl get, put, delete, cas, append`.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <random>

#include "core/base/overloaded.hpp"
#include "node/client/remote_client.hpp"
#include "node/config/value.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/ctl/servers.hpp"

namespace lockstep::ctl {
namespace {

std::string json_value(const std::string& value) {
  if (node::is_utf8(value)) return R"("value":)" + json_text(value);
  std::string hex;
  for (const char c : value) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return fmt::format(R"("value_hex":"{}")", hex);
}

int print_found(const Common& common, const std::string& value) {
  if (common.json) {
    fmt::print("{{\"outcome\":\"found\",{}}}\n", json_value(value));
  } else {
    // As it is; a prompt that follows gets a line of its own.
    std::fwrite(value.data(), 1, value.size(), stdout);
    if (isatty(STDOUT_FILENO) != 0 && !value.ends_with('\n')) std::fputc('\n', stdout);
  }
  return exit_ok;
}

int print_missing(const Common& common, const std::string& key) {
  if (common.json) fmt::print("{{\"outcome\":\"missing\"}}\n");
  fmt::print(stderr, "lockstepctl: there is no key {}\n", node::in_quotes(key));
  return exit_no;
}

int print_word(const Common& common, std::string_view word) {
  fmt::print(fmt::runtime(common.json ? "{{\"outcome\":\"{}\"}}\n" : "{}\n"), word);
  return exit_ok;
}

int print_not_swapped(const Common& common, const kv::NotSwapped& result) {
  if (common.json) {
    const std::string found = result.found ? json_value(*result.found) : R"("value":null)";
    fmt::print("{{\"outcome\":\"not_swapped\",{}}}\n", found);
  } else {
    fmt::print(
        stderr, "lockstepctl: not swapped: {}\n",
        result.found ? "the value is " + node::in_quotes(*result.found) : "the key is absent");
  }
  return exit_no;
}

const std::string& key_of(const kv::Operation& operation) {
  return std::visit([](const auto& one) -> const std::string& { return one.key; }, operation);
}

// Of what is sent, without what goes around it.
std::size_t size_of(const kv::Operation& operation) {
  return std::visit(Overloaded{[](const kv::Put& o) { return o.value.size(); },
                               [](const kv::Append& o) { return o.value.size(); },
                               [](const kv::CompareAndSet& o) {
                                 return o.value.size() + o.expected.value_or("").size();
                               },
                               [](const auto&) { return std::size_t{0}; }},
                    operation) +
         key_of(operation).size();
}

int print_result(const Common& common, const kv::Operation& operation, const kv::Result& result) {
  return std::visit(
      Overloaded{[&](const kv::Done&) { return print_word(common, "done"); },
                 [&](const kv::Swapped&) { return print_word(common, "swapped"); },
                 [&](const kv::Found& found) { return print_found(common, found.value); },
                 [&](const kv::Missing&) { return print_missing(common, key_of(operation)); },
                 [&](const kv::NotSwapped& r) { return print_not_swapped(common, r); }},
      result);
}

// No result: what is known, and what to do.
int print_lack(const Common& common, bool unknown, kv::Reason reason) {
  const bool late = reason == kv::Reason::timed_out || reason == kv::Reason::never_sent;
  std::string text = late ? "no leader answered within " + to_text(common.timeout)
                          : "the servers have forgotten this client's session";
  text += unknown ? "; it may have taken effect, or may yet: read the key to find out"
                  : "; nothing was changed: `lockstepctl status` shows who leads";
  const char* outcome = unknown ? "unknown" : "failed";
  if (common.json)
    fmt::print("{{\"outcome\":\"{}\",\"reason\":\"{}\"}}\n", outcome, kv::name_of(reason));
  fmt::print(stderr, "lockstepctl: {}: {}\n", outcome, text);
  return unknown ? exit_unknown : exit_failed;
}

// No server takes it; only an attempt before, which nobody answered, can have had an effect.
int print_refused(const Common& common, const kv::Operation& operation, bool unknown,
                  const node::Refusal& refusal) {
  std::string text =
      fmt::format("node {} says ({}): {}", refusal.server.value(), refusal.status, refusal.reason);
  if (refusal.status == 413) {
    text += fmt::format("; that is limits.body_bytes there, and this operation has {} bytes",
                        size_of(operation));
  }
  text += unknown
              ? "; an earlier attempt may have taken effect, or may yet: read the key to find out"
              : "; nothing was changed";
  const char* outcome = unknown ? "unknown" : "refused";
  if (common.json) {
    fmt::print("{{\"outcome\":\"{}\",\"status\":{},\"reason\":{}}}\n", outcome, refusal.status,
               json_text(refusal.reason));
  }
  fmt::print(stderr, "lockstepctl: {}: {}\n", outcome, text);
  return unknown ? exit_unknown : exit_refused;
}

void check_key(const std::string& key) {
  if (key.empty() || key.size() > 1024)
    throw Stop(exit_usage, fmt::format("a key has 1 to 1024 bytes; this one has {}", key.size()));
}

}  // namespace

int operate(const Common& common, kv::Operation operation) {
  check_key(key_of(operation));
  net::asio::io_context io;
  node::RemoteClient client(io, members(common), client_config(common), 1, std::random_device()());
  std::optional<kv::ClientReply> reply;
  client.start(operation, [&](const kv::ClientReply& answer) {
    reply = answer;
    io.stop();
  });
  io.run();
  const auto lack = [&](bool unknown, kv::Reason reason) {
    return reason == kv::Reason::rejected
               ? print_refused(common, operation, unknown, client.refusal())
               : print_lack(common, unknown, reason);
  };
  return std::visit(
      Overloaded{[&](const kv::Finished& r) { return print_result(common, operation, r.result); },
                 [&](const kv::Unknown& r) { return lack(true, r.reason); },
                 [&](const kv::Failed& r) { return lack(false, r.reason); }},
      *reply);
}

int get_stale(const Common& common, const std::string& key) {
  check_key(key);
  std::vector<Question> questions;
  for (const Place& place : parse_places(common.servers)) {
    questions.push_back(
        {.place = place, .target = "/v1/kv/" + percent_encoded(key) + "?consistency=stale"});
  }
  std::string errors;
  bool refused = false;
  const std::vector<Answer> answers = ask(questions, common.timeout, Duration(0));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].status == 200) return print_found(common, answers[i].body);
    if (answers[i].status == 404) return print_missing(common, key);
    const std::string why = answers[i].status == 0
                                ? answers[i].error
                                : fmt::format("{} {}", answers[i].status, reason_in(answers[i]));
    errors += fmt::format("\n  {}: {}", questions[i].place.text(), why);
    refused = refused || (answers[i].status >= 300 && answers[i].status < 500);
  }
  if (refused) throw Stop(exit_refused, "the read is refused; see --servers:" + errors);
  throw Stop(exit_no_server, "no server answers the read; see --servers:" + errors);
}

}  // namespace lockstep::ctl
