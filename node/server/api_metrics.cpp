// Api, metrics: what Prometheus reads (names after its conventions: base units, _total for
// counters).
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cstdio>
#include <ctime>

#include "node/metrics/exposition.hpp"
#include "node/server/api.hpp"
#include "node/server/version.hpp"

namespace lockstep::node {
namespace {

double resident_bytes() {
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  long total = 0, resident = 0;
  const int read = std::fscanf(file, "%ld %ld", &total, &resident);
  std::fclose(file);
  return read == 2 ? static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

void add_raft(Exposition& out, Host& host) {
  const raft::Raft& raft = host.raft();
  const Timings& timings = host.timings();
  const auto gauge = [&](const char* name, const char* help, double number) {
    out.metric(name, "gauge", help);
    out.value(number);
  };
  const auto counter = [&](const char* name, const char* help, double number) {
    out.metric(name, "counter", help);
    out.value(number);
  };
  const auto as_number = [](auto id) { return static_cast<double>(id.value()); };
  gauge("lockstep_raft_term", "Current term.", as_number(raft.term()));
  gauge("lockstep_raft_is_leader", "1 while this member leads.", host.leads() ? 1 : 0);
  gauge("lockstep_raft_has_leader", "1 while this member knows a leader.",
        raft.leader() != nobody ? 1 : 0);
  gauge("lockstep_raft_last_index", "Last index of the log.", as_number(raft.log().last_index()));
  gauge("lockstep_raft_commit_index", "Commit index.", as_number(raft.commit()));
  gauge("lockstep_raft_applied_index", "Last index applied to the store.",
        as_number(host.replica().applied()));
  gauge("lockstep_raft_log_bytes", "Bytes of the entries in memory.",
        static_cast<double>(raft.log().total_bytes()));
  counter("lockstep_raft_proposals_total", "Entries appended by this member as leader.",
          static_cast<double>(timings.proposals));
  counter("lockstep_raft_proposals_committed_total", "Entries known to be committed since start.",
          static_cast<double>(timings.committed - timings.committed_at_start));
  counter("lockstep_raft_elections_total", "Elections this member stood in.",
          static_cast<double>(timings.elections));
  const auto histogram = [&](const char* name, const char* help, const Histogram& times) {
    out.metric(name, "histogram", help);
    out.value(times);
  };
  histogram("lockstep_raft_election_seconds", "From standing to a known leader.", timings.election);
  histogram("lockstep_raft_commit_seconds", "From a proposal here to its commit.", timings.commit);
  histogram("lockstep_raft_step_seconds", "One message of a peer, with what it led to.",
            timings.step);
  histogram("lockstep_wal_queue_seconds", "From the first record of a batch to its write.",
            timings.queue);
  histogram("lockstep_wal_fsync_seconds", "Write and fdatasync of a batch.", timings.sync);
  out.metric("lockstep_operation_seconds", "histogram", "Clients' operations that finished here.");
  out.value(timings.put, R"(operation="write")");
  out.value(timings.get, R"(operation="read")");
}

void add_peers(Exposition& out, Host& host) {
  const auto peers = host.transport().status();
  const auto each = [&](const char* name, const char* type, const char* help, auto figure) {
    out.metric(name, type, help);
    for (const auto& peer : peers)
      out.value(static_cast<double>(figure(peer)), fmt::format(R"(peer="{}")", peer.id.value()));
  };
  each("lockstep_peer_connected", "gauge", "1 while this member is connected to the peer.",
       [](const auto& p) { return p.connected ? 1 : 0; });
  each("lockstep_peer_sent_messages_total", "counter", "Messages sent to the peer.",
       [](const auto& p) { return p.sent_messages; });
  each("lockstep_peer_sent_bytes_total", "counter", "Bytes sent to the peer.",
       [](const auto& p) { return p.sent_bytes; });
  each("lockstep_peer_received_messages_total", "counter", "Messages received from the peer.",
       [](const auto& p) { return p.received_messages; });
  each("lockstep_peer_received_bytes_total", "counter", "Bytes received from the peer.",
       [](const auto& p) { return p.received_bytes; });
  each("lockstep_peer_dropped_messages_total", "counter",
       "Messages dropped because the peer was away or its queue full.",
       [](const auto& p) { return p.dropped_messages; });
  each("lockstep_peer_queued_bytes", "gauge", "Bytes that wait for the peer.",
       [](const auto& p) { return p.queued_bytes; });
  out.metric("lockstep_peer_round_trip_seconds", "histogram",
             "From an append to the peer's acceptance, its disk included.");
  for (const auto& peer : peers)
    out.value(host.round_trip(peer.id), fmt::format(R"(peer="{}")", peer.id.value()));
}

void add_process(Exposition& out, Instant started) {
  struct rusage used {};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  out.metric("process_cpu_seconds_total", "counter", "Time of processors, user and system.");
  out.value(seconds(used.ru_utime) + seconds(used.ru_stime));
  out.metric("process_resident_memory_bytes", "gauge", "Memory in use.");
  out.value(resident_bytes());
  out.metric("process_start_time_seconds", "gauge", "Start, in seconds since 1970.");
  out.value(static_cast<double>(std::time(nullptr)) - (net::now() - started).seconds());
}

}  // namespace

std::string Api::metrics_text() const {
  Exposition out;
  out.metric("lockstep_build_info", "gauge", "1, with what this build is.");
  out.value(1, fmt::format(R"(version="{}",commit="{}")", label_text(version_text()),
                           label_text(commit_text())));
  add_raft(out, host_);
  add_peers(out, host_);
  for (const auto& part : parts_) part->add_metrics(out);
  out.metric("lockstep_wal_bytes", "gauge", "Bytes of the log on disk.");
  out.value(static_cast<double>(store_.bytes_on_disk()));
  out.metric("lockstep_wal_has_room", "gauge", "0 while the disk is full and no write is taken.");
  out.value(store_.is_full() ? 0 : 1);
  out.metric("lockstep_kv_keys", "gauge", "Keys in the store.");
  out.value(static_cast<double>(host_.replica().store().data().size()));
  out.metric("lockstep_kv_sessions", "gauge", "Sessions in the store.");
  out.value(static_cast<double>(host_.replica().store().session_count()));
  if (counters_) {
    const net::HttpCounters http = counters_();
    out.metric("lockstep_http_requests_total", "counter", "Requests of clients.");
    out.value(static_cast<double>(http.requests));
    out.metric("lockstep_http_malformed_requests_total", "counter", "What was no proper request.");
    out.value(static_cast<double>(http.malformed));
    out.metric("lockstep_http_timed_out_connections_total", "counter", "Closed for being slow.");
    out.value(static_cast<double>(http.timed_out));
    out.metric("lockstep_http_refused_connections_total", "counter", "Beyond limits.connections.");
    out.value(static_cast<double>(http.refused));
    out.metric("lockstep_http_open_connections", "gauge", "Connections of clients.");
    out.value(static_cast<double>(http.open));
  }
  add_process(out, started_);
  return out.text();
}

}  // namespace lockstep::node
