// lockstepctl: the client of a Lockstep cluster (docs/node.md). Words here, deeds in commands.hpp.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/ctl/words.hpp"

namespace {

using namespace lockstep;
using namespace lockstep::ctl;

constexpr const char* footer = R"(Exit codes:
  0   done
  1   no: the key is missing, nothing was swapped, the log is damaged,
      the audit trail was changed, a node's key file is there already
  2   unknown: it may have taken effect, or may yet
  3   failed: no leader answered in time, and nothing was changed
  64  the command is wrong
  66  no log can be read in that folder, no audit trail or key in that file
  69  no server can be reached
  70  internal error
  74  the answer cannot be written to stdout, or a key not to its file
  77  the server refuses: a value above limits.body_bytes, token, admin.remote,
      enable_faults, a call that it does not know

A value that starts with "-" comes after "--": lockstepctl put KEY -- -5)";

struct Words {
  Common common;
  std::string key, value, expected, folder;
  bool stale = false, absent = false;
  WatchWords watch;
  AdminWords campaign, transfer;
  FaultWords faults;
  BenchWords bench;
  AuditWords audit;
  KeygenWords keygen;
  ElectionWords election;
  MessagesWords messages;
  FilesWords files;
  std::string key_file;
};

CLI::App& add_keyed(CLI::App& app, Words& words, const char* name, const char* what) {
  CLI::App& command = *app.add_subcommand(name, what);
  command.add_option("KEY", words.key, "1 to 1024 bytes")->required()->type_name("");
  return command;
}

CLI::Option* add_value(CLI::App& command, Words& words) {
  return command.add_option("VALUE", words.value, "- reads it from stdin")->type_name("");
}

void add_keys(CLI::App& app, Words& words, Actions& actions) {
  CLI::App& get = add_keyed(app, words, "get", "Print the value, as it is");
  get.add_flag("--stale", words.stale, "from the first server that answers, whatever it knows");
  actions.emplace_back(&get, [&words] {
    return words.stale ? get_stale(words.common, words.key)
                       : operate(words.common, kv::Get{words.key});
  });
  CLI::App& put = add_keyed(app, words, "put", "Set the value");
  add_value(put, words)->required();
  actions.emplace_back(&put, [&words] {
    return operate(words.common, kv::Put{words.key, value_of(words.value)});
  });
  CLI::App& remove = add_keyed(app, words, "delete", "Delete the key, there or not");
  actions.emplace_back(&remove, [&words] { return operate(words.common, kv::Delete{words.key}); });
  CLI::App& append = add_keyed(app, words, "append", "Append to the value");
  add_value(append, words)->required();
  actions.emplace_back(&append, [&words] {
    return operate(words.common, kv::Append{words.key, value_of(words.value)});
  });
}

void add_cas(CLI::App& app, Words& words, Actions& actions) {
  CLI::App& cas = add_keyed(app, words, "cas", "Set the value if it is EXPECTED");
  cas.add_option("EXPECTED", words.expected, "with --absent: the value")->required()->type_name("");
  CLI::Option* value = add_value(cas, words);
  cas.add_flag("--absent", words.absent, "cas --absent KEY VALUE: if the key is absent");
  actions.emplace_back(&cas, [&words, value] {
    if (words.absent == (value->count() > 0))
      throw Stop(exit_usage, "cas KEY EXPECTED VALUE, or cas --absent KEY VALUE");
    if (words.absent)
      return operate(words.common,
                     kv::CompareAndSet{words.key, std::nullopt, value_of(words.expected)});
    return operate(words.common,
                   kv::CompareAndSet{words.key, words.expected, value_of(words.value)});
  });
}

void add_admin(CLI::App& app, Words& words, Actions& actions) {
  const auto admin = [](CLI::App& command, AdminWords& into) {
    command.add_option("SERVER", into.target, "its id, or HOST:PORT")->required()->type_name("");
    add_token(command, into);
  };
  CLI::App& transfer =
      *app.add_subcommand("transfer", "Let the leader hand its office to another server");
  transfer.add_option("SUCCESSOR", words.transfer.target, "its id; otherwise the fittest")
      ->type_name("");
  add_token(transfer, words.transfer);
  actions.emplace_back(&transfer, [&words] { return ctl::transfer(words.common, words.transfer); });
  CLI::App& campaign =
      *app.add_subcommand("campaign", "Make a server stand for election, whoever leads");
  admin(campaign, words.campaign);
  actions.emplace_back(&campaign, [&words] { return ctl::campaign(words.common, words.campaign); });

  CLI::App& command =
      *app.add_subcommand("faults", "Make the links or the disk of a server worse, or better");
  FaultWords& faults = words.faults;
  admin(command, faults.admin);
  command.add_option("--peer", faults.peer, "the link to this member; otherwise to all")
      ->check(CLI::Range(1, 1000))
      ->type_name("ID");
  command.add_flag("--in", faults.in, "only what comes from there");
  command.add_flag("--out", faults.out, "only what goes there");
  command.add_flag("--cut", faults.cut, "nothing gets through");
  add_time(command, "--delay", "each message waits", [&](Duration d) { faults.delay = d; });
  command.add_option("--drop", faults.drop, "this share is lost, as 1/10")->type_name("SHARE");
  command.add_option("--duplicate", faults.duplicate, "this share comes twice")->type_name("SHARE");
  add_time(command, "--pause", "the server does nothing for so long",
           [&](Duration d) { faults.pause = d; });
  add_time(command, "--disk-delay", "each write takes so much longer",
           [&](Duration d) { faults.disk_delay = d; });
  command.add_flag("--clear", faults.clear, "links and disk are whole again");
  actions.emplace_back(&command, [&words] { return ctl::faults(words.common, words.faults); });
}

void add_bench(CLI::App& app, Words& words, Actions& actions) {
  CLI::App& command = *app.add_subcommand(
      "bench", "Clients that each start an operation when the one before is answered");
  BenchWords& bench = words.bench;
  command.add_option("--clients", bench.clients)->check(CLI::Range(1, 4096))->capture_default_str();
  add_time(command, "--for", "how long, 5s unless said", [&](Duration d) { bench.length = d; });
  command.add_option("--get-percent", bench.get_percent, "share of reads; the rest are puts")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command.add_option("--value-bytes", bench.value_bytes)
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  command.add_option("--keys", bench.keys, "how many, bench/0 and on")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  actions.emplace_back(&command, [&words] { return ctl::bench(words.common, words.bench); });
}

void add_wal(CLI::App& app, Words& words, Actions& actions) {
  CLI::App& wal = *app.add_subcommand("wal", "Look at a data folder, without touching it");
  wal.require_subcommand(1);
  const auto add = [&](const char* name, const char* what,
                       int (*run)(const Common&, const std::string&)) {
    CLI::App& command = *wal.add_subcommand(name, what);
    command.fallthrough();
    command.add_option("FOLDER", words.folder, "`data` of a node")->required()->type_name("");
    actions.emplace_back(&command, [&words, run] { return run(words.common, words.folder); });
  };
  add("dump", "A line for each record", wal_dump);
  add("verify", "Whether it is whole; exit code 1 if it is damaged", wal_verify);
}

void add_audit(CLI::App& app, Words& words, Actions& actions) {
  CLI::App& audit = *app.add_subcommand("audit", "Look at an audit trail, without touching it");
  audit.require_subcommand(1);
  const auto add = [&](const char* name, const char* what,
                       int (*run)(const Common&, const AuditWords&)) -> CLI::App& {
    CLI::App& command = *audit.add_subcommand(name, what);
    command.fallthrough();
    command.add_option("FILE", words.audit.file, "the SQLite database of a node")
        ->required()
        ->type_name("");
    actions.emplace_back(&command, [&words, run] { return run(words.common, words.audit); });
    return command;
  };
  add("verify", "Whether nobody changed it; exit code 1 if somebody did", audit_verify)
      .add_option("--head", words.audit.head,
                  "a hash noted earlier: it must be of one of its events")
      ->type_name("HASH");
  add("show", "A line for each event", audit_show)
      .add_option("--from", words.audit.from, "the first event to show")
      ->type_name("N");
}

void add_keygen(CLI::App& app, Words& words, Actions& actions) {
  CLI::App& command = *app.add_subcommand("keygen", "Make the keys that a node signs votes with");
  CLI::Option* node = command.add_option("--node", words.keygen.node, "whose keys")
                          ->check(CLI::Range(1, 1000))
                          ->type_name("N");
  CLI::Option* folder = command
                            .add_option("--out", words.keygen.folder,
                                        "where node-N.pub and node-N.secret are not there yet")
                            ->type_name("FOLDER");
  CLI::Option* file =
      command.add_option("--show", words.key_file, "instead: print the public key of a key file")
          ->type_name("FILE");
  actions.emplace_back(&command, [&words, node, folder, file] {
    const bool make = node->count() > 0 && folder->count() > 0;
    const bool some = node->count() > 0 || folder->count() > 0;
    if (file->count() > 0 ? some : !make)
      throw Stop(exit_usage, "keygen --node N --out FOLDER, or keygen --show FILE");
    return make ? keygen(words.common, words.keygen) : keygen_show(words.common, words.key_file);
  });
}

bool asks_servers(const std::string& command) {
  return command != "wal" && command != "audit" && command != "keygen";
}

int run(int argc, char** argv) {
  CLI::App app{"lockstepctl: the client of a Lockstep cluster.", "lockstepctl"};
  Words words;
  Actions actions;
  app.footer(footer);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--servers", words.common.servers, "API addresses, HOST:PORT,… (one is enough)")
      ->envname("LOCKSTEP_SERVERS")
      ->type_name("");
  app.add_flag("--json", words.common.json, "answers as JSON");
  add_time(app, "--timeout", "of an operation, 5s unless said",
           [&](Duration d) { words.common.timeout = d; });
  actions.emplace_back(app.add_subcommand("status", "What every member says of itself"),
                       [&words] { return status(words.common); });
  add_keys(app, words, actions);
  add_cas(app, words, actions);
  CLI::App& watching = *app.add_subcommand("watch", "Print the events of all members as they come");
  add_time(watching, "--for", "until then; otherwise until Ctrl-C",
           [&](Duration d) { words.watch.bound = d; });
  watching.add_flag("--recent", words.watch.recent, "first what the servers kept from before");
  actions.emplace_back(&watching, [&words] { return watch(words.common, words.watch); });
  add_admin(app, words, actions);
  add_election(app, words.common, words.election, actions);
  add_messages(app, words.common, words.messages, actions);
  add_files(app, words.common, words.files, actions);
  add_bench(app, words, actions);
  add_wal(app, words, actions);
  add_audit(app, words, actions);
  add_keygen(app, words, actions);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "lockstepctl: {}; see lockstepctl --help\n", error.what());
    return exit_usage;
  }
  for (const auto& [command, action] : actions) {
    if (!command->parsed()) continue;
    const CLI::App* first = command->get_parent() == &app ? command : command->get_parent();
    if (asks_servers(first->get_name()) && words.common.servers.empty())
      throw Stop(exit_usage, "which servers? Give --servers HOST:PORT,… or set LOCKSTEP_SERVERS");
    return action();
  }
  return exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
  int code = 0;
  try {
    code = run(argc, argv);
  } catch (const Stop& stop) {
    fmt::print(stderr, "lockstepctl: {}\n", stop.what());
    code = stop.code;
  } catch (const std::exception& error) {
    fmt::print(stderr, "lockstepctl: internal error: {}\n", error.what());
    code = exit_internal;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    fmt::print(stderr, "lockstepctl: the answer cannot be written to stdout\n");
    code = exit_cannot_write;
  }
  return code;
}
