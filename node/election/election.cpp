#include "node/election/election.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "core/advanced_bully/records.hpp"
#include "core/text/to_text.hpp"
#include "node/guest/true_random.hpp"

namespace lockstep::node {
namespace {

using advanced_bully::AdvancedBully;
using advanced_bully::Record;

std::vector<Record> records_of(net::LogStore& store) {
  auto records = decode_records<Record>(store.take_recovered());
  if (const std::string flaw = advanced_bully::flaw_in(records); !flaw.empty())
    throw net::LogDamaged("the log of the election is not one: " + flaw);
  return records;
}

// From this process's time to the wall clock.
Duration to_wall_clock() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const Instant now(std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count());
  return now - net::now();
}

// Often enough for every heartbeat, and not so often that it shows in what it measures.
Duration sampling_step(const advanced_bully::Config& config) {
  return std::clamp(config.heartbeat / 2, milliseconds(100), seconds(2));
}

AdvancedBully machine_of(const Config& config, quorum::Keyring keyring) {
  return AdvancedBully(std::move(keyring), static_cast<std::uint32_t>(config.members.size()),
                       machine_config(config.election, config.cluster), true_random());
}

}  // namespace

Election::Election(net::asio::io_context& io, const Config& config, quorum::Keyring keyring,
                   net::LogStore& store, net::Log& log, Carry carry)
    : GuestHost(io, machine_of(config, std::move(keyring)), store, to_wall_clock(),
                std::move(carry)),
      config_(config),
      machine_config_(node::machine_config(config.election, config.cluster)),
      log_(log),
      recovered_(records_of(store)),
      sampler_(net::now()),
      sampling_(io) {
  open_audit(recovered_);
}

void Election::open_audit(const std::vector<Record>& records) {
  const auto refuse = [&](const std::string& why) {
    audit_.reset();
    audit_problem_ = why;
    log_.error("the election runs without its audit database", {{"reason", why}});
  };
  std::vector<audit::Event> events;
  for (const Record& record : records) {
    if (const auto* event = std::get_if<audit::Event>(&record)) events.push_back(*event);
  }
  try {
    AuditDatabase database(config_.data + "/audit.db", {config_.cluster, config_.id});
    audit_ = std::make_unique<AuditWriter>(
        std::move(database), AuditWriter::Options{}, [this](std::string_view sentence) {
          log_.warning("audit database", {{"state", std::string(sentence)}});
        });
    if (const std::string why = audit_->catch_up(events); !why.empty()) refuse(why);
  } catch (const std::runtime_error& error) {
    refuse(error.what());
  }
}

void Election::start() {
  sample();
  begin(std::move(recovered_));
}

void Election::sample() {
  vitals_ = overrides_.apply(sampler_.sample(net::now(), latest_sync()));
  sampled(vitals_);
  sampling_.expires_after(std::chrono::nanoseconds(sampling_step(machine_config_).ns()));
  sampling_.async_wait([this](const net::ErrorCode& error) {
    if (!error) sample();
  });
}

void Election::set(VitalsOverrides overrides) {
  overrides_ = std::move(overrides);
  vitals_ = overrides_.apply(vitals_);
  sampled(vitals_);
  if (has_room())
    ask(advanced_bully::SetHospital{overrides_.hospital()}, seconds(1), [](auto&&) {});
}

void Election::lay_down() {
  if (has_room() && machine().role() == advanced_bully::RoleName::coordinator)
    ask(advanced_bully::HandOver{}, seconds(1), [](auto&&) {});
}

void Election::written(const Record& record) {
  const auto* event = std::get_if<audit::Event>(&record);
  if (event == nullptr) return;
  events_.push_back(*event);
  if (events_.size() > kept) events_.pop_front();
  ++counts_[audit::kind_of(event->what)];
  tell(event->what);
  if (audit_) audit_->record(*event);
  if (watcher_) watcher_(*event);
}

void Election::tell(const audit::What& what) {
  using audit::Kind;
  const Kind kind = audit::kind_of(what);
  const bool bad = kind == Kind::byzantine_detected || kind == Kind::quorum_failed ||
                   kind == Kind::token_refused || kind == Kind::node_failed;
  const auto say = bad ? &net::Log::warning : &net::Log::info;
  (log_.*say)("election", {{"event", name_of(kind)}, {"text", to_text(what)}});
}

std::vector<audit::Event> Election::after(audit::Sequence sequence) const {
  const auto first = std::find_if(events_.begin(), events_.end(),
                                  [&](const auto& event) { return sequence < event.sequence; });
  return {first, events_.end()};
}

std::uint64_t Election::count(audit::Kind kind) const {
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

AuditWriter::Status Election::audit_status() const {
  if (audit_) return audit_->status();
  AuditWriter::Status status;
  status.problem = audit_problem_;
  return status;
}

}  // namespace lockstep::node
