#include "node/server/node.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/address.hpp"
#include "node/config/notify.hpp"
#include "node/election/part.hpp"
#include "node/files/part.hpp"
#include "node/messages/part.hpp"
#include "node/server/version.hpp"

namespace lockstep::node {
namespace {

// How often the log is asked whether it is time for another segment.
constexpr auto housekeeping_step = std::chrono::seconds(1);
constexpr int exit_second_signal = 130;

net::StorageOptions storage_options(const Config& config) {
  net::StorageOptions options;
  options.folder = config.data;
  options.cluster = config.cluster;
  options.node = config.id;
  options.segment_bytes = config.segment_bytes;
  // Where only this is left no write is taken; one that was taken before is still written.
  options.reserve_bytes = 2 * config.body_bytes + 1024 * 1024;
  return options;
}

net::HttpOptions http_options(const Config& config) {
  net::HttpOptions options;
  const Address at = config.listen_api.value_or(config.self().api);
  options.host = at.host;
  options.port = at.port;
  options.body_bytes = config.body_bytes;
  options.connections = config.connections;
  return options;
}

// Long against a sync, short against an election.
Duration patience(const Config& config) {
  return std::min(config.kv.raft.heartbeat / 2, milliseconds(20));
}

}  // namespace

std::vector<std::unique_ptr<GuestPart>> Node::make_parts(std::optional<quorum::Keyring> keyring) {
  const auto carry_for = [this](Guest guest) -> GuestPart::Carry {
    return [this, guest](NodeId to, net::Channel channel, std::string_view message) {
      host_.carry(guest, to, channel, message);
    };
  };
  std::vector<std::unique_ptr<GuestPart>> parts;
  if (keyring) {
    parts.push_back(std::make_unique<ElectionPart>(io_, config_, *std::move(keyring), log_,
                                                   carry_for(Guest::election)));
  }
  if (config_.messages.on) {
    parts.push_back(std::make_unique<MessagesPart>(io_, config_, log_, carry_for(Guest::messages)));
  }
  if (config_.files.on) {
    parts.push_back(std::make_unique<FilesPart>(io_, config_, log_, carry_for(Guest::files),
                                                [this] { host_.transport().flush(); }));
  }
  for (const auto& part : parts) {
    host_.take_in(part->guest(), [&part = *part](NodeId from, std::string_view message) {
      return part.deliver(from, message);
    });
  }
  return parts;
}

Node::Node(const Config& config, std::optional<quorum::Keyring> keyring, AsyncLog& log)
    : config_(config),
      log_(log),
      io_(1),
      shift_(io_, patience(config), [this] { return end_of_burst(); }),
      store_(net::real_files(), storage_options(config), log),
      gateway_(std::make_unique<Gateway>(
          io_, config_, static_cast<std::uint64_t>(net::now().ns()) ^ config.id.value(),
          [this](NodeId at, std::uint64_t number, kv::Request&& request) {
            host_.ask(at, number, std::move(request));
          })),
      host_(io_, config_, store_, events_, log,
            [this](NodeId from, std::uint64_t number, kv::Reply&& reply) {
              gateway_->heard(from, number, std::move(reply));
            }),
      parts_(make_parts(std::move(keyring))),
      api_(io_, config_, host_, *gateway_, events_, store_, parts_,
           [this](Duration time) { pause_ = time; }),
      http_(
          io_, http_options(config),
          [this](net::HttpRequest&& request, net::HttpAnswer answer) {
            api_.handle(std::move(request), std::move(answer));
          },
          log),
      signals_(io_, SIGTERM, SIGINT),
      last_call_(io_) {
  api_.use_counters([this] { return http_.counters(); });
  http_.on_stream([this](const net::HttpRequest& request) { return api_.accepts_stream(request); },
                  [this](const net::HttpRequest&, std::shared_ptr<net::HttpStream> stream) {
                    api_.stream_opened(std::move(stream));
                  });
}

Node::~Node() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_all();
  if (housekeeper_.joinable()) housekeeper_.join();
}

void Node::run() {
  await_signals();
  housekeeper_ = std::thread([this] { prepare_segments(); });
  host_.start();
  for (const auto& part : parts_) part->start();
  log_.info("started", {{"version", version_text()},
                        {"api", net::address_text(config_.self().api.host, http_.port())},
                        {"peer_port", host_.transport().port()},
                        {"entries", host_.raft().log().last_index()}});
  if (host_.vigil().refused())
    log_.info("keeps no processor awake, since the kernel refuses SCHED_IDLE");
  tell_systemd("READY=1");
  shift_.run();
  log_.info("stopped");
}

bool Node::end_of_burst() {
  if (pause_ != Duration(0)) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::exchange(pause_, {}).ns()));
  }
  log_.set_term(host_.raft().term().value());
  bool more = host_.end_of_burst(shift_);
  for (const auto& part : parts_) {
    if (part->end_of_burst(shift_, host_.disk_delay())) more = true;
  }
  if (!parts_.empty()) host_.transport().flush();
  if (drained_ && host_.raft().successor() == nobody && !more) shift_.stop();
  return more;
}

void Node::await_signals() {
  signals_.async_wait([this](const net::ErrorCode& error, int) {
    if (error) return;
    if (shutting_down_) _exit(exit_second_signal);
    shut_down();
    await_signals();
  });
}

void Node::shut_down() {
  shutting_down_ = true;
  log_.info("shutting down");
  tell_systemd("STOPPING=1");
  api_.retire();
  host_.lay_down();
  for (const auto& part : parts_) part->lay_down();
  http_.drain([this] { drained_ = true; });
  last_call_.expires_after(std::chrono::nanoseconds(drain_time.ns()));
  last_call_.async_wait([this](const net::ErrorCode& error) {
    if (error) return;
    log_.warning("stops although connections are still open");
    shift_.stop();
  });
}

void Node::prepare_segments() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    lock.unlock();
    store_.prepare();
    for (const auto& part : parts_) part->prepare();
    lock.lock();
    wake_.wait_for(lock, housekeeping_step, [this] { return ended_; });
  }
}

}  // namespace lockstep::node
