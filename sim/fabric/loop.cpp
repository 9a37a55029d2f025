// The loop: time is the next due instant. Nothing between two instants costs anything.
#include "sim/fabric/fabric.hpp"
#include "sim/fabric/layout.hpp"

namespace lockstep::sim {

Duration transmission_time(std::uint64_t bytes, std::uint64_t bandwidth) {
  if (bandwidth == 0) return Duration(0);
  __extension__ using Wide = unsigned __int128;
  const Wide bit_nanoseconds = Wide{bytes} * 8 * 1'000'000'000;
  return Duration(static_cast<std::int64_t>((bit_nanoseconds + bandwidth - 1) / bandwidth));
}

namespace {

class LoopFabric final : public Fabric {
 public:
  explicit LoopFabric(const Scenario& scenario) : layout_(scenario) {}

  Route route(std::uint32_t from, std::uint32_t to) override {
    return {layout_.one_way(layout_.region(from), layout_.region(to)),
            layout_.throttled(layout_.bandwidth(), from, to)};
  }

  void throttle(std::uint32_t endpoint, std::uint64_t bandwidth) override {
    layout_.throttle(endpoint, bandwidth);
  }

  void start_flow(Instant now, std::uint32_t from, std::uint32_t to, std::uint64_t bytes,
                  Duration late, Slot slot) override {
    check(stepper_ != nullptr, "a flow starts while the fabric runs");
    const Route way = route(from, to);
    stepper_->agenda().add(now + way.latency + transmission_time(bytes, way.bandwidth) + late,
                           slot);
  }

  void run(Stepper& stepper) override {
    stepper_ = &stepper;
    while (!stepper.finished() && !stepper.agenda().empty()) stepper.perform();
    stepper_ = nullptr;
  }

 private:
  Layout layout_;
  Stepper* stepper_ = nullptr;
};

}  // namespace

std::unique_ptr<Fabric> make_loop_fabric(const Scenario& scenario) {
  return std::make_unique<LoopFabric>(scenario);
}

}  // namespace lockstep::sim
