// The commands of lockstepctl: what a user chooses about each, and the function that does it.
//
// Each answers the exit code. What is asked for goes to stdout, everything else to stderr.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ratio.hpp"
#include "core/base/time.hpp"
#include "core/kv/operation.hpp"

namespace lockstep::ctl {

struct Common {
  std::string servers;  // HOST:PORT,…
  bool json = false;
  Duration timeout = seconds(5);  // of an operation, and of looking for servers
};

int status(const Common& common);

// Through the client machine of core/kv: at most once, retried at other servers until `timeout`.
int operate(const Common& common, kv::Operation operation);
// From the first server that answers, whatever it knows.
int get_stale(const Common& common, const std::string& key);

struct WatchWords {
  std::optional<Duration> bound;  // ends on Ctrl-C otherwise
  bool recent = false;            // what the servers kept from before, too
};
int watch(const Common& common, const WatchWords& words);

struct AdminWords {
  std::string target;  // an id or HOST:PORT
  std::string token;
};
int campaign(const Common& common, const AdminWords& words);
// `target`: the id of the successor; empty: whom the leader finds fittest.
int transfer(const Common& common, const AdminWords& words);

struct FaultWords {
  AdminWords admin;
  std::uint32_t peer = 0;  // 0: all
  bool in = false, out = false;
  bool cut = false, clear = false;
  std::optional<Duration> delay, pause, disk_delay;
  std::string drop, duplicate;  // "1/10"; empty: none
};
int faults(const Common& common, const FaultWords& words);

// Of an election (docs/election.md).
int election_status(const Common& common);
int election_events(const Common& common);
int election_start(const Common& common, const std::string& target);  // an id or HOST:PORT
int election_hand_over(const Common& common, const AdminWords& words);
int election_guard(const Common& common, const std::string& key, const std::string& value);
// `vitals`: "cpu=0.9", "load=null".
int election_vitals(const Common& common, const AdminWords& words,
                    const std::vector<std::string>& vitals);

// Of shared files (docs/files.md), each at one member.
struct FilesWords {
  std::uint32_t at = 0;  // its id; 0: the first of --servers that answers
  std::string text;      // a name, or words
  bool by_words = false, everywhere = false;
  std::optional<std::uint32_t> ttl;
};
int files_list(const Common& common, const FilesWords& words);
int files_index(const Common& common, const FilesWords& words);
int files_search(const Common& common, const FilesWords& words);
// Until the file is there; shows how it comes where stderr is a terminal.
int files_fetch(const Common& common, const FilesWords& words);

// Of the message log (docs/messages.md).
// Through one member after another until `timeout`, under one name: once.
int messages_post(const Common& common, const std::string& text);
// `after`: "TIME.NODE"; empty: from the first.
int messages_read(const Common& common, const std::string& after);
int messages_watch(const Common& common, std::optional<Duration> bound);
int messages_status(const Common& common);
struct MessagesBenchWords {
  std::uint32_t clients = 64;
  Duration length = seconds(5);
  std::uint32_t text_bytes = 64;
};
// The clients ask all members in turn.
int messages_bench(const Common& common, const MessagesBenchWords& words);

struct BenchWords {
  std::uint32_t clients = 64;
  Duration length = seconds(5);
  std::uint32_t get_percent = 0;
  std::uint32_t value_bytes = 256;
  std::uint32_t keys = 1000;
};
int bench(const Common& common, const BenchWords& words);

int wal_dump(const Common& common, const std::string& folder);
int wal_verify(const Common& common, const std::string& folder);

struct AuditWords {
  std::string file;
  std::string head;        // that somebody noted, in hexadecimal digits; empty: none
  std::uint64_t from = 1;  // the first event to show
};
int audit_verify(const Common& common, const AuditWords& words);
int audit_show(const Common& common, const AuditWords& words);

struct KeygenWords {
  std::uint32_t node = 0;
  std::string folder;
};
// A pair of keys for that node, in two files that were not there.
int keygen(const Common& common, const KeygenWords& words);
// The public key of a key file, secret or public.
int keygen_show(const Common& common, const std::string& file);

}  // namespace lockstep::ctl
