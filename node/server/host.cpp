#include "node/server/host.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include "core/base/overloaded.hpp"
#include "core/wire/codec.hpp"
#include "node/guest/records.hpp"
#include "node/guest/true_random.hpp"

namespace lockstep::node {
namespace {

constexpr std::uint64_t number_bits = 48;
constexpr std::uint64_t number_mask = (std::uint64_t{1} << number_bits) - 1;
// Numbers of the gateway count from 1.
constexpr std::uint64_t no_reply_wanted = number_mask;
// An answer that is not there after this long is not timed any more.
constexpr Duration lost_after = seconds(1);

std::vector<raft::Record> records_of(net::LogStore& store) {
  auto records = decode_records<raft::Record>(store.take_recovered());
  if (const std::string flaw = raft::flaw_in(records); !flaw.empty())
    throw net::LogDamaged("the log is not that of a Raft server: " + flaw);
  return records;
}

std::vector<NodeId> ids_of(const Config& config) {
  std::vector<NodeId> ids;
  for (const auto& member : config.members) ids.push_back(member.id);
  return ids;
}

net::TransportOptions transport_options(const Config& config) {
  net::TransportOptions options;
  options.cluster = config.cluster;
  const Address at = config.listen_peer.value_or(config.self().peer);
  options.self = {config.id, at.host, at.port};
  for (const auto& member : config.members) {
    if (member.id != config.id)
      options.peers.push_back({member.id, member.peer.host, member.peer.port});
  }
  // Grows from start to start as long as the wall clock does; only a tie-break among connections.
  options.incarnation = static_cast<std::uint64_t>(
      std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1));
  options.tls = config.tls;
  options.datagrams = config.datagrams;
  options.datagram_key = config.datagram_key;
  return options;
}

kv::Serial serial_of(const kv::Request& request) {
  const auto* asked = std::get_if<kv::ClientRequest>(&request);
  return asked == nullptr ? kv::Serial{} : asked->serial;
}

bool writes(const kv::Request& request) {
  const auto* asked = std::get_if<kv::ClientRequest>(&request);
  return asked != nullptr ? !kv::is_read(asked->operation)
                          : std::holds_alternative<kv::OpenSession>(request);
}

}  // namespace

Host::Host(net::asio::io_context& io, const Config& config, net::LogStore& store, Events& events,
           net::Log& log, OnReply on_reply)
    : config_(config),
      store_(store),
      events_(events),
      log_(log),
      on_reply_(std::move(on_reply)),
      recovered_(records_of(store)),
      driver_(io, kv::Replica(config.id, ids_of(config), config.kv, true_random()), *this),
      transport_(
          io, transport_options(config),
          [this](NodeId from, std::string_view bytes) { return deliver(from, bytes); }, log),
      vigil_(config.keep_awake) {
  for (const auto& member : config.members) links_[member.id];
}

void Host::start() { driver_.start(std::move(recovered_)); }

bool Host::end_of_burst(net::Shift& shift) {
  transport_.flush();
  if (shift.is_away() || !store_.has_waiting()) return false;
  const auto batch = store_.take();
  const Instant begun = net::now();
  timings_.queue.add(begun - waiting_since_);
  timings_.batch.add(microseconds(static_cast<std::int64_t>(waiting_)));
  waiting_ = 0;
  vigil_.touch();
  shift.away([&, delay = disk_delay_] {
    if (delay != Duration()) std::this_thread::sleep_for(std::chrono::nanoseconds(delay.ns()));
    store_.write(batch);
  });
  timings_.sync.add(net::now() - begun);
  driver_.persisted(RecordSeq(batch.last));
  transport_.flush();
  return store_.has_waiting();
}

void Host::ask(NodeId at, std::uint64_t number, kv::Request&& asked) {
  if (at == config_.id) {
    request(RequestId((std::uint64_t{at.value()} << number_bits) | number), std::move(asked));
    return;
  }
  buffer_.clear();
  wire::encode(Envelope(Asked{number, std::move(asked)}), buffer_);
  transport_.send(at, net::Channel::reliable, buffer_);
}

void Host::lay_down() {
  if (leads()) ask(config_.id, no_reply_wanted, kv::TransferLeadership{});
}

void Host::request(RequestId id, kv::Request&& request) {
  vigil_.touch();
  if (!store_.has_room() && writes(request)) {
    answer(id, kv::Busy{serial_of(request)});
    return;
  }
  const raft::LogIndex before = raft().log().last_index();
  driver_.request(id, std::move(request));
  const raft::LogIndex after = raft().log().last_index();
  if (leads() && before < after) {
    timings_.proposals += after.value() - before.value();
    proposed_.emplace_back(after, net::now());
  }
}

bool Host::deliver(NodeId from, std::string_view bytes) {
  if (const auto parcel = read_parcel(bytes)) {
    links_.at(from).heard = net::now();
    return pass_on(from, *parcel);
  }
  auto envelope = wire::decode<Envelope>(bytes);
  if (!envelope) return false;
  links_.at(from).heard = net::now();
  std::visit(Overloaded{[&](raft::Message& message) { hear(from, std::move(message)); },
                        [&](Asked& asked) {
                          const auto number = asked.number & number_mask;
                          request(RequestId((std::uint64_t{from.value()} << number_bits) | number),
                                  std::move(asked.request));
                        },
                        [&](Replied& replied) {
                          on_reply_(from, replied.number, std::move(replied.reply));
                        },
                        [](const Parcel&) {}},
             *envelope);
  return true;
}

bool Host::pass_on(NodeId from, const ParcelView& parcel) {
  const auto guest = guests_.find(parcel.guest);
  return guest == guests_.end() || guest->second(from, parcel.message);
}

void Host::carry(Guest guest, NodeId to, net::Channel channel, std::string_view message) {
  buffer_.clear();
  append_parcel(guest, message, buffer_);
  transport_.send(to, channel, buffer_);
}

void Host::hear(NodeId from, raft::Message&& message) {
  time_answer(from, message);
  const auto* append = std::get_if<raft::AppendEntries>(&message);
  // Without room it is as if they were lost; heartbeats and votes still count.
  if (append != nullptr && !append->entries.empty() && !store_.has_room()) return;
  const Instant begun = net::now();
  driver_.receive(from, std::move(message));
  timings_.step.add(net::now() - begun);
  ++timings_.steps;
}

void Host::time_append(NodeId to, const raft::Message& message) {
  const auto* append = std::get_if<raft::AppendEntries>(&message);
  if (append == nullptr) return;
  Link& link = links_.at(to);
  const Instant now = net::now();
  if (link.asked && now - *link.asked < lost_after) return;
  link.asked = now;
  link.expected = raft::LogIndex(append->prev_index.value() + append->entries.size());
}

void Host::time_answer(NodeId from, const raft::Message& message) {
  Link& link = links_.at(from);
  if (!link.asked) return;
  const auto* accepted = std::get_if<raft::AppendAccepted>(&message);
  if (accepted != nullptr && link.expected <= accepted->match) {
    link.round_trip.add(net::now() - *link.asked);
    link.asked.reset();
  } else if (std::holds_alternative<raft::AppendRejected>(message)) {
    link.asked.reset();
  }
}

void Host::send(NodeId to, raft::Message&& message) {
  time_append(to, message);
  const auto channel = config_.datagrams && raft::is_worthless_later(message)
                           ? net::Channel::datagram
                           : net::Channel::reliable;
  buffer_.clear();
  wire::encode(Envelope(std::move(message)), buffer_);
  transport_.send(to, channel, buffer_);
}

void Host::persist(std::vector<raft::Record>&& records) {
  if (!store_.has_waiting()) waiting_since_ = net::now();
  for (const raft::Record& record : records) {
    buffer_.clear();
    wire::encode(record, buffer_);
    store_.append(buffer_);
    ++waiting_;
  }
}

void Host::answer(RequestId id, kv::Reply&& reply) {
  const NodeId asker(static_cast<std::uint32_t>(id.value() >> number_bits));
  const std::uint64_t number = id.value() & number_mask;
  if (asker == config_.id) {
    on_reply_(config_.id, number, std::move(reply));
    return;
  }
  buffer_.clear();
  wire::encode(Envelope(Replied{number, std::move(reply)}), buffer_);
  transport_.send(asker, net::Channel::reliable, buffer_);
}

void Host::notify(raft::Notice&& notice) {
  events_.add(raft().term(), notice);
  if (const auto* committed = std::get_if<raft::Committed>(&notice)) {
    const Instant now = net::now();
    timings_.committed = committed->index.value();
    for (; !proposed_.empty() && proposed_.front().first <= committed->index; proposed_.pop_front())
      timings_.commit.add(now - proposed_.front().second);
    return;
  }
  watch_election(notice);
}

void Host::watch_election(const raft::Notice& notice) {
  const auto over = [this] {
    if (standing_since_) timings_.election.add(net::now() - *standing_since_);
    standing_since_.reset();
  };
  const auto stands = [this] {
    if (!standing_since_) standing_since_ = net::now();
  };
  std::visit(
      Overloaded{[&](const raft::BecamePreCandidate&) { stands(); },
                 [&](const raft::BecameCandidate& e) {
                   stands();
                   ++timings_.elections;
                   log_.info("stands for election", {{"term", e.term}});
                 },
                 [&](const raft::BecameLeader& e) {
                   over();
                   log_.info("leads", {{"term", e.term}});
                 },
                 [&](const raft::BecameFollower& e) {
                   if (e.leader != nobody) over();
                   log_.info("follows", {{"term", e.term}, {"leader", e.leader}});
                 },
                 [&](const raft::SteppedDown& e) {
                   proposed_.clear();
                   log_.warning("stepped down", {{"term", e.term}, {"reason", name_of(e.reason)}});
                 },
                 [&](const raft::TransferBegan& e) {
                   log_.info("hands its leadership over", {{"term", e.term}, {"to", e.to}});
                 },
                 [&](const raft::LogTruncated& e) {
                   log_.info("dropped entries that were never committed", {{"from", e.from}});
                 },
                 [](const auto&) {}},
      notice);
}

}  // namespace lockstep::node
