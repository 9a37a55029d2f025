// The SimGrid fabric: the platform gives routes, the engine gives the clock, and bulk messages are
// flows that share the bandwidth of links. Small messages go through the world's agenda with the
// latency of their route.
//
// While flows are under way a dispatcher actor sleeps until the first of the agenda is due or a
// flow ends, whichever comes first. The network model is CM02 without cross-traffic and TCP window:
// a latency of 30 ms takes 30 ms (LV08 would multiply it by 13.01).
#include <simgrid/s4u.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <string>

#include "sim/fabric/fabric.hpp"
#include "sim/fabric/layout.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {
namespace {

namespace sg = simgrid::s4u;

constexpr double unlimited = 1e15;  // bytes per second: a link that no flow can fill

double seconds_of(Duration duration) { return duration.seconds(); }
// The one place where SimGrid's seconds become nanoseconds.
std::int64_t nanoseconds_of(double seconds) { return std::llround(seconds * 1e9); }

sg::Engine& engine() {
  static std::vector<std::string> arguments{"lockstep",
                                            "--cfg=network/model:CM02",
                                            "--cfg=network/crosstraffic:0",
                                            "--cfg=network/TCP-gamma:0",
                                            "--cfg=contexts/factory:raw",
                                            "--log=root.thresh:error",
                                            "--log=xbt_cfg.thresh:error"};
  static auto* instance = [] {
    static std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    static int count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    return new sg::Engine(&count,
                          pointers.data());  // SimGrid forbids a second one and owns it until exit
  }();
  return *instance;
}

// One star of hosts a region, one link a direction between two regions.
struct Platform {
  std::vector<sg::Host*> hosts;
  std::vector<sg::SplitDuplexLink*> links;  // each host's own; none on a platform file
};

Platform build_platform(const Layout& layout, const std::string& file) {
  auto* world = sg::create_full_zone("world");
  std::vector<sg::NetZone*> zones;
  std::vector<simgrid::kernel::routing::NetPoint*> routers;
  for (std::size_t r = 0; r < layout.regions(); ++r) {
    zones.push_back(sg::create_star_zone("region" + std::to_string(r)));
    zones.back()->set_parent(world);
    routers.push_back(zones.back()->create_router("router" + std::to_string(r)));
  }
  const double bandwidth =
      layout.bandwidth() == 0 ? unlimited : static_cast<double>(layout.bandwidth()) / 8;
  Platform platform;
  for (std::uint32_t e = 0; e < layout.endpoints().size(); ++e) {
    const std::size_t r = layout.region(e);
    const std::string name = "host" + std::to_string(e);
    auto* host = zones[r]->create_host(name, 1e9);
    auto* link = zones[r]->create_split_duplex_link("link" + std::to_string(e), bandwidth);
    link->set_latency(seconds_of(layout.one_way(r, r)) / 2);
    link->seal();
    zones[r]->add_route(host->get_netpoint(), nullptr, nullptr, nullptr,
                        {{link, sg::LinkInRoute::Direction::UP}}, true);
    platform.hosts.push_back(host);
    platform.links.push_back(link);
  }
  for (auto* zone : zones) zone->seal();
  for (std::size_t a = 0; a < zones.size(); ++a) {
    for (std::size_t b = 0; b < zones.size(); ++b) {
      if (a == b) continue;
      const double inside =
          (seconds_of(layout.one_way(a, a)) + seconds_of(layout.one_way(b, b))) / 2;
      const double between = seconds_of(layout.one_way(a, b)) - inside;
      if (between < 0) {
        throw ScenarioError(
            file, {}, "network.regions",
            "two regions are nearer to each other than hosts inside one of them, which SimGrid's "
            "routes cannot express; use --fabric loop");
      }
      auto* link =
          world->create_link("between" + std::to_string(a) + "to" + std::to_string(b), unlimited);
      link->set_sharing_policy(sg::Link::SharingPolicy::FATPIPE)->set_latency(between)->seal();
      world->add_route(zones[a]->get_netpoint(), zones[b]->get_netpoint(), routers[a], routers[b],
                       {sg::LinkInRoute(link)}, false);
    }
  }
  world->seal();
  return platform;
}

Platform load_platform(const Scenario& scenario, const Endpoints& endpoints) {
  engine().load_platform(scenario.network.platform);
  const auto hosts = engine().get_all_hosts();
  if (hosts.size() < endpoints.nodes) {
    throw ScenarioError(scenario.file, {}, "network.platform",
                        scenario.network.platform + " has " + std::to_string(hosts.size()) +
                            " hosts for " + std::to_string(endpoints.nodes) +
                            " nodes; use fewer nodes");
  }
  Platform placed;
  for (std::uint32_t e = 0; e < endpoints.size(); ++e)
    placed.hosts.push_back(hosts[e % hosts.size()]);
  return placed;
}

class SimGridFabric final : public Fabric {
 public:
  explicit SimGridFabric(const Scenario& scenario)
      : layout_(scenario),
        from_file_(!scenario.network.platform.empty()),
        platform_((engine(), from_file_ ? load_platform(scenario, layout_.endpoints())
                                        : build_platform(layout_, scenario.file))),
        hosts_(platform_.hosts) {}

  Route route(std::uint32_t from, std::uint32_t to) override {
    // On a platform of ours every pair of hosts of the same two regions has the same route.
    const std::uint64_t a = from_file_ ? from : layout_.region(from);
    const std::uint64_t b = from_file_ ? to : layout_.region(to);
    if (a != last_key_.first || b != last_key_.second) {
      const std::uint64_t key = (a << 32) | b;
      auto known = routes_.find(key);
      if (known == routes_.end()) known = routes_.emplace(key, measure(from, to)).first;
      last_key_ = {a, b};
      last_route_ = known->second;
    }
    return {last_route_.latency, layout_.throttled(last_route_.bandwidth, from, to)};
  }

  void throttle(std::uint32_t endpoint, std::uint64_t bandwidth) override {
    check(!from_file_, "a platform file keeps its bandwidths");
    layout_.throttle(endpoint, bandwidth);
    const std::uint64_t left = layout_.throttled(layout_.bandwidth(), endpoint, endpoint);
    const double bytes = left == 0 ? unlimited : static_cast<double>(left) / 8;
    platform_.links[endpoint]->get_link_up()->set_bandwidth(bytes);
    platform_.links[endpoint]->get_link_down()->set_bandwidth(bytes);
  }

  void start_flow(Instant, std::uint32_t from, std::uint32_t to, std::uint64_t bytes, Duration late,
                  Slot slot) override {
    ++flows_;
    auto worker = sg::Actor::create("flow", hosts_[from], [this, from, to, bytes, late, slot] {
      sg::Comm::sendto(hosts_[from], hosts_[to], bytes);
      const Instant arrived(nanoseconds_of(sg::Engine::get_clock()));
      stepper_->agenda().add(std::max(arrived, reached_) + late, slot);
      --flows_;
      wake_->release();
    });
    worker->daemonize();
  }

  // Without flows nothing happens in the engine but the passing of time, which is cheapest from
  // outside of any actor.
  void run(Stepper& stepper) override {
    stepper_ = &stepper;
    wake_ = sg::Semaphore::create(0);
    while (!stepper.finished() && (!stepper.agenda().empty() || flows_ > 0)) {
      if (flows_ == 0) {
        reach(stepper.agenda().next().at);
        stepper.perform();
      } else {
        run_with_flows();
      }
    }
  }

 private:
  Route measure(std::uint32_t from, std::uint32_t to) const {
    std::vector<sg::Link*> links;
    double latency = 0;
    hosts_[from]->route_to(hosts_[to], links, &latency);
    if (!from_file_) return {Duration(nanoseconds_of(latency)), layout_.bandwidth()};
    double narrowest = unlimited;
    for (const auto* link : links) narrowest = std::min(narrowest, link->get_bandwidth());
    const std::uint64_t bandwidth =
        narrowest >= unlimited ? 0 : static_cast<std::uint64_t>(std::llround(narrowest * 8));
    return {Duration(nanoseconds_of(latency)), bandwidth};
  }

  void reach(Instant due) {
    if (due == reached_) return;
    reached_ = due;
    engine().run_until(due.since_start().seconds());
  }

  // A dispatcher that performs what is due while flows are under way.
  void run_with_flows() {
    sg::Actor::create("dispatcher", hosts_.front(), [this] {
      try {
        dispatch();
      } catch (...) {
        failure_ = std::current_exception();
      }
    });
    engine().run();
    if (failure_) std::rethrow_exception(failure_);
  }

  void dispatch() {
    Agenda& agenda = stepper_->agenda();
    while (flows_ > 0 && !stepper_->finished()) {
      if (agenda.empty()) {
        wake_->acquire();
      } else if (came(agenda.next().at)) {
        reached_ = agenda.next().at;
        stepper_->perform();
      }
    }
  }

  // Sleeps until `due`; false when a flow ended before, so that the agenda may have an earlier
  // first.
  bool came(Instant due) {
    if (due == reached_) return true;
    const double rest = due.since_start().seconds() - sg::Engine::get_clock();
    return rest <= 0 || wake_->acquire_timeout(rest);
  }

  Layout layout_;
  bool from_file_;
  Platform platform_;
  std::vector<sg::Host*>& hosts_;
  std::map<std::uint64_t, Route> routes_;
  std::pair<std::uint64_t, std::uint64_t> last_key_{~0ull, ~0ull};
  Route last_route_;
  Stepper* stepper_ = nullptr;
  sg::SemaphorePtr wake_;
  int flows_ = 0;
  Instant reached_{-1};
  std::exception_ptr failure_;
};

}  // namespace

std::unique_ptr<Fabric> make_simgrid_fabric(const Scenario& scenario) {
  return std::make_unique<SimGridFabric>(scenario);
}

}  // namespace lockstep::sim
