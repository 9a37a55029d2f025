#include "processes/past.hpp"

#include "core/wire/codec.hpp"
#include "net/storage/log_store.hpp"

namespace lockstep::processes {
namespace {

// A folder that was not there has nothing to tell.
struct NoLog final : net::Log {
  void write(net::Level, std::string_view, std::vector<net::Field>) override {}
};

}  // namespace

void lay_down_past(const std::string& folder, const std::string& cluster, NodeId node,
                   const raft::Record& record) {
  NoLog log;
  net::StorageOptions options;
  options.folder = folder;
  options.cluster = cluster;
  options.node = node;
  options.segment_bytes = 4 * 1024 * 1024;
  net::LogStore store(net::real_files(), options, log);
  std::string bytes;
  wire::encode(record, bytes);
  store.append(bytes);
  store.write(store.take());
}

}  // namespace lockstep::processes
