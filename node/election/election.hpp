// Election: the advanced Bully of this member, on its disk and its peers, with its audit trail.
//
// The machine's time is the wall clock as it was at the start, and from there on this process's
// time: it never goes back, and votes carry dates that other members compare with their own.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/advanced_bully/advanced_bully.hpp"
#include "net/log/log.hpp"
#include "node/audit/writer.hpp"
#include "node/config/config.hpp"
#include "node/guest/guest.hpp"
#include "node/vitals/overrides.hpp"
#include "node/vitals/sampler.hpp"

namespace lockstep::node {

class Election final : public GuestHost<advanced_bully::AdvancedBully> {
 public:
  static constexpr std::size_t kept = 1000;  // events
  using Watcher = std::function<void(const audit::Event&)>;

  // REQUIRES: config.election has a mode. Throws net::LogDamaged.
  Election(net::asio::io_context& io, const Config& config, quorum::Keyring keyring,
           net::LogStore& store, net::Log& log, Carry carry);

  void start();
  // A leader resigns, if another one can lead.
  void lay_down();

  // Of those since the start, the newest behind that one, oldest first.
  [[nodiscard]] std::vector<audit::Event> after(audit::Sequence sequence) const;
  void watch(Watcher watcher) { watcher_ = std::move(watcher); }
  [[nodiscard]] std::uint64_t count(audit::Kind kind) const;  // since the start

  [[nodiscard]] const advanced_bully::Config& machine_config() const { return machine_config_; }
  [[nodiscard]] const Vitals& vitals() const { return vitals_; }
  [[nodiscard]] const VitalsOverrides& overrides() const { return overrides_; }
  void set(VitalsOverrides overrides);
  [[nodiscard]] AuditWriter::Status audit_status() const;

 private:
  void written(const advanced_bully::Record& record) override;
  void open_audit(const std::vector<advanced_bully::Record>& records);
  void tell(const audit::What& what);
  void sample();

  const Config& config_;
  const advanced_bully::Config machine_config_;
  net::Log& log_;
  std::vector<advanced_bully::Record> recovered_;
  std::unique_ptr<AuditWriter> audit_;  // none where the database was refused
  std::string audit_problem_;
  std::deque<audit::Event> events_;
  std::map<audit::Kind, std::uint64_t> counts_;
  Watcher watcher_;
  VitalsSampler sampler_;
  VitalsOverrides overrides_;
  Vitals vitals_;
  net::asio::steady_timer sampling_;
};

}  // namespace lockstep::node
