// `lockstepctl wal dump|verify`: the log of a node that need not run.
#include <fmt/format.h>

#include <filesystem>

#include "core/advanced_bully/alphabet.hpp"
#include "core/base/overloaded.hpp"
#include "core/flood/records.hpp"
#include "core/kv/protocol.hpp"
#include "core/lamport/alphabet.hpp"
#include "core/raft/types.hpp"
#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"
#include "net/storage/inspect.hpp"
#include "node/config/value.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/guest/kinds.hpp"

namespace lockstep::ctl {
namespace {

using net::storage::Verdict;
constexpr std::size_t longest_text = 400;
constexpr std::size_t shown_entries = 3;

std::string entry_text(const raft::Entry& entry) {
  std::string text = fmt::format("{}:", entry.term.value());
  if (entry.kind == raft::EntryKind::noop) return text + "noop";
  const auto command = wire::decode<kv::Command>(entry.command.view());
  if (!command) return text + fmt::format("{} bytes that are no command", entry.command.size());
  const auto* request = std::get_if<kv::ClientRequest>(&*command);
  if (request == nullptr) return text + to_text(*command);
  return text + fmt::format("{} of session {} serial {}", to_text(request->operation),
                            request->session.value(), request->serial.value());
}

// "term 3 vote n2 entries 7..9 [3:put{key=… value=…} of session 4 serial 1, …]"
std::string describe(std::string_view bytes) {
  const auto record = wire::decode<raft::Record>(bytes);
  if (!record) return "is no record of Raft, of this version";
  std::string text =
      fmt::format("term {} vote {}", record->term.value(), display_name(record->vote));
  const std::uint64_t first = record->first.value();
  if (first == 0) return text;
  const auto& entries = record->entries;
  if (entries.empty()) return text + fmt::format(" log ends before {}", first);
  text += fmt::format(" entries {}..{} [", first, first + entries.size() - 1);
  for (std::size_t i = 0; i < entries.size() && i < shown_entries; ++i)
    text += (i == 0 ? "" : ", ") + entry_text(entries[i]);
  if (text.size() > longest_text) text = text.substr(0, longest_text) + "...";
  if (entries.size() > shown_entries) text += fmt::format(" ... {} in all", entries.size());
  return text + "]";
}

std::string describe_election(std::string_view bytes) {
  const auto record = wire::decode<advanced_bully::Record>(bytes);
  if (!record) return "is no record of an election, of this version";
  std::string text = to_text(*record);
  if (text.size() > longest_text) text = text.substr(0, longest_text) + "...";
  return text;
}

// "entry{stamp=… …}", and of a message its text, in quotes.
std::string describe_messages(std::string_view bytes) {
  const auto record = wire::decode<lamport::Record>(bytes);
  if (!record) return "is no record of messages, of this version";
  const auto* entry = std::get_if<lamport::Entry>(&*record);
  if (entry == nullptr) return to_text(*record);
  const auto& [stamp, number, origin, text] = *entry;
  return fmt::format("message {}.{} number {} origin {}.{} {}", stamp.time.value(),
                     stamp.node.value(), number.value(), origin.client.value(),
                     origin.sequence.value(), node::in_quotes(text));
}

// Of a manifest its size; its hashes are many.
std::string describe_files(std::string_view bytes) {
  const auto record = wire::decode<flood::Record>(bytes);
  if (!record) return "is no record of files, of this version";
  const auto whole = [](std::string_view name, const auto& e) {
    return fmt::format("{} {} file {} of {} bytes", name, node::in_quotes(e.title),
                       flood::id_of(e.manifest).hash.hex(), e.manifest.size);
  };
  return std::visit(Overloaded{[&](const flood::Begun& e) { return whole("begun", e); },
                               [&](const flood::Offered& e) { return whole("offered", e); },
                               [](const flood::Kept& e) {
                                 return fmt::format("kept chunk {} of file {}", e.number,
                                                    e.file.hash.hex());
                               },
                               [](const flood::Withdrawn& e) {
                                 return fmt::format("withdrawn {}", node::in_quotes(e.title));
                               }},
                    *record);
}

// A node keeps the logs of guests in folders of their names (docs/storage.md).
std::string (*describer_of(const std::string& folder))(std::string_view) {
  const auto path = std::filesystem::absolute(folder + "/.").lexically_normal();
  const auto name = path.parent_path().filename();
  if (name == node::name_of(node::Guest::election)) return describe_election;
  if (name == node::name_of(node::Guest::files)) return describe_files;
  return name == node::name_of(node::Guest::messages) ? describe_messages : describe;
}

const char* word_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::ok: return "ok";
    case Verdict::Kind::torn_tail: return "torn_tail";
    case Verdict::Kind::damaged: return "damaged";
    case Verdict::Kind::unreadable: return "unreadable";
  }
  return "?";
}

int print_verdict(const Common& common, const Verdict& verdict, bool to_stderr) {
  const bool bad =
      verdict.kind == Verdict::Kind::damaged || verdict.kind == Verdict::Kind::unreadable;
  if (common.json) {
    fmt::print("{{\"verdict\":\"{}\",\"records\":{},\"bytes\":{},\"text\":{}}}\n",
               word_of(verdict.kind), verdict.records, verdict.bytes, json_text(verdict.text));
  } else {
    fmt::print(bad || to_stderr ? stderr : stdout, "{}{}\n", bad ? "lockstepctl: " : "",
               verdict.text);
  }
  if (verdict.kind == Verdict::Kind::unreadable) return exit_no_input;
  return verdict.kind == Verdict::Kind::damaged ? exit_no : exit_ok;
}

}  // namespace

int wal_dump(const Common& common, const std::string& folder) {
  const auto line = [&](std::string_view text) {
    common.json ? fmt::print("{{\"record\":{}}}\n", json_text(std::string(text)))
                : fmt::print("{}\n", text);
  };
  return print_verdict(common, net::storage::dump(folder, describer_of(folder), line), true);
}

int wal_verify(const Common& common, const std::string& folder) {
  return print_verdict(common, net::storage::verify(folder), false);
}

}  // namespace lockstep::ctl
