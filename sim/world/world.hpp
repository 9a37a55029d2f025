// World: the nodes of one run with their disks, clocks and incarnations, the clients, the faults,
// the checks and the trace, for any protocol. It is instantiated once a protocol, in
// sim/protocols/<name>.cpp; docs/porting.md says what a protocol gives (the parameter P).
//
// One seed gives one run: every stream of chance is seeded from (seed, purpose, node, incarnation),
// things that are due at the same instant happen in the order they were planned, and the digest
// folds every (time, endpoint, event, effects).
#pragma once

#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <variant>

#include "core/base/digest.hpp"
#include "core/base/machine.hpp"
#include "core/base/overloaded.hpp"
#include "sim/check/history.hpp"
#include "sim/fabric/fabric.hpp"
#include "sim/faults/adversary.hpp"
#include "sim/faults/clock.hpp"
#include "sim/faults/schedule.hpp"
#include "sim/faults/targets.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/step.hpp"
#include "sim/workload/generator.hpp"
#include "sim/world/alarms.hpp"
#include "sim/world/disk.hpp"
#include "sim/world/link_faults.hpp"
#include "sim/world/outcome.hpp"
#include "sim/world/pool.hpp"
#include "sim/world/post.hpp"
#include "sim/world/purpose.hpp"

namespace lockstep::sim {

// How a protocol shows a node: in traces, to faults that hit a role.
struct RoleView {
  std::string_view role;
  std::uint64_t term = 0;    // term or epoch; 0 where there is none
  std::uint64_t commit = 0;  // commit index; 0 where there is none
};

// What a protocol's watch may look at: every node's machine, none for those that are down.
template <class Machine>
struct Cluster {
  std::vector<const Machine*> machines;  // by place; null while down
  std::vector<EndpointSet> groups;       // of the live nodes, by who reaches whom
};

// What a node's messages take from its disk on their way out, for a protocol that has such
// (Stores).
struct NoStores {
  void started(std::uint32_t, const auto&) {}
  void persists(std::uint32_t, const auto&) {}
  void durable(std::uint32_t, RecordSeq) {}
  void fill(std::uint32_t, auto&) const {}
};
template <class P>
struct StoresOf {
  using type = NoStores;
};
template <class P>
requires requires { typename P::Stores; }
struct StoresOf<P> {
  using type = typename P::Stores;
};

template <class P>
class World final : public Stepper {
 public:
  using Machine = typename P::Machine;
  using Alphabet = typename Machine::Alphabet;
  using Client = typename P::Client;
  using ClientAlphabet = typename Client::Alphabet;

  World(const Scenario& scenario, Fabric& fabric, const RunOptions& options);
  Outcome run();

  [[nodiscard]] bool finished() const override {
    return stop_ || recovered_long_ago() || agenda_.empty() || agenda_.next().at > end_;
  }
  Agenda& agenda() override { return agenda_; }
  void perform() override;

 private:
  using NodeEvent = Event<Alphabet>;
  using ClientEvent = Event<ClientAlphabet>;

  // What waits on the agenda.
  // (Constructors, since clang 14 makes no aggregates in place.)
  struct ForNode {
    ForNode(std::uint32_t to, std::uint32_t sender, std::uint64_t number, NodeEvent&& what)
        : node(to), from(sender), message(number), event(std::move(what)) {}
    std::uint32_t node;  // or the second copy of one
    std::uint32_t from;  // endpoint it comes from, whatever it says; the node itself: no link
    std::uint64_t message;
    NodeEvent event;
  };
  struct ForClient {
    ForClient(std::uint32_t to, std::uint64_t number, ClientEvent&& what)
        : client(to), message(number), event(std::move(what)) {}
    std::uint32_t client;
    std::uint64_t message;
    ClientEvent event;
  };
  struct NodeAlarm {
    std::uint32_t node;
    typename Alphabet::Timer timer;
    Incarnation incarnation;
    Instant planned;
  };
  struct ClientAlarm {
    std::uint32_t client;
    typename ClientAlphabet::Timer timer;
    Instant planned;
  };
  struct SyncEnds {
    std::uint32_t node;
    Incarnation incarnation;
    RecordSeq upto;
  };
  struct SyncClaimed {
    std::uint32_t node;
    Incarnation incarnation;
    RecordSeq upto;
  };
  struct FaultStrikes {
    std::size_t fault;
  };
  struct FaultEnds {
    std::size_t fault;
    std::uint64_t strike;  // of a link, its rule
    EndpointSet who;       // of a node, those it hit
  };
  struct Isolates {  // of a swizzle
    std::size_t fault;
    std::uint64_t strike;
    std::uint32_t endpoint;
    Instant until;
  };
  struct Launches {
    std::uint32_t node;
  };
  struct Arrives {};
  struct Thinks {
    std::uint32_t client;
  };
  struct Scripted {
    std::size_t line;
  };
  using Item = std::variant<std::monostate, ForNode, ForClient, NodeAlarm, ClientAlarm, SyncEnds,
                            SyncClaimed, FaultStrikes, FaultEnds, Isolates, Launches, Arrives,
                            Thinks, Scripted>;

  struct Node {
    std::optional<Machine> machine;  // none while down
    Incarnation incarnation;
    bool paused = false;
    std::vector<Slot> held;  // what came while paused, in order
    // What was held is on the agenda again, in these places: what came later comes after it.
    Instant resumed_at{-1};
    std::uint64_t first_replay = 0, after_replays = 0;
    // The strike that crashed it, paused it, slowed its disk or its link, until something undoes
    // that: the end of a fault finds out whether there is anything left to end. 0: none.
    std::uint64_t down_by = 0, paused_by = 0, slow_by = 0, throttled_by = 0, stalled_by = 0,
                  full_by = 0, drift_by = 0;
    struct {
      std::uint32_t left = 0;  // how often it crashes again while it recovers
      std::size_t fault = 0;   // the fault that says so
    } relapses;
    std::uint64_t betrays_by = 0;
    std::optional<Adversary<typename Alphabet::Message>> adversary;
    std::uint32_t twin = 0;      // place of its second copy; 0: none
    std::uint32_t original = 0;  // of a second copy: whose
    std::uint64_t twin_by = 0;
    std::vector<bool> second;  // endpoints the second copy talks to; empty: both talk to all
    NodeClock clock;
    Alarms<typename Alphabet::Timer> alarms;
    NodeDisk<typename Alphabet::Record> disk;
    std::optional<SyncEnds> stalled;        // the sync that waits for its disk
    std::optional<std::size_t> sync_fails;  // the fault that lets the next one fail
    bool misdirects = false;                // the next write lands elsewhere
    bool spoilt = false;                    // its disk is not what the machine left there
  };
  struct ClientSeat {
    std::optional<Client> machine;
    Alarms<typename ClientAlphabet::Timer> alarms;
    std::uint32_t open = 0;           // operations it works on
    std::uint32_t thinking = 0;       // closed loop: operations it is about to make
    std::deque<std::size_t> backlog;  // operations that wait for it, by place in the history
  };

  // A message that waits where a link is clogged.
  struct Clogged {
    std::uint32_t from, to;
    Slot slot;
    std::uint64_t flow;  // bytes; 0: no flow
    Duration way;        // what it takes from when the clog is gone; of a flow: beyond its own time
  };

  // Ordering fifo, from one endpoint to another one. The post keeps messages in order; a flow ends
  // when it ends, and what overtook it waits here.
  struct Stream {
    std::deque<std::uint64_t> under_way;  // messages in the order they left
    std::map<std::uint64_t, Slot> early;  // of these, what arrived before its turn
  };

  // A watch may want to know the configuration, too.
  static typename P::Watch make_watch(const Scenario& scenario, const typename P::Config& config) {
    if constexpr (std::constructible_from<typename P::Watch, const Scenario&,
                                          const typename P::Config&>) {
      return typename P::Watch(scenario, config);
    } else {
      return typename P::Watch(scenario);
    }
  }

  // world_run.ipp, world_steps.ipp, world_effects.ipp
  void plan(Instant at, Item item);
  void plan_end(Instant at, FaultEnds end) {
    ++faults_ahead_;
    plan(at, std::move(end));
  }
  bool recovered_long_ago() const {
    const auto& long_ago = scenario_.until.recovered_for;
    return long_ago && recovered_ && faults_ahead_ == 0 && now_ - *recovered_ >= *long_ago;
  }
  bool hold(Slot slot, std::uint32_t node);
  bool replayed(const Node& node) const;
  Stream& stream(std::uint32_t from, std::uint32_t to) {
    return streams_[(std::uint64_t{from} << 32) | to];
  }
  bool before_its_turn(std::uint32_t from, std::uint32_t to, std::uint64_t message);
  void launch(std::uint32_t n);
  void step_node(std::uint32_t n, const NodeEvent& event, std::uint64_t message);
  void begin_trace(std::uint32_t n, const NodeEvent& event, std::uint64_t message);
  void step_client(std::uint32_t c, const ClientEvent& event, std::uint64_t message);
  void perform_node_effects(std::uint32_t n);
  void perform_client_effects(std::uint32_t c);
  void send(std::uint32_t n, NodeId as, std::uint32_t to, typename Alphabet::Message&& message);
  void betray(std::uint32_t n, std::uint32_t to, typename Alphabet::Message&& message);
  void ask(std::uint32_t c, std::uint32_t to, typename Alphabet::Request&& request);
  void answer(std::uint32_t n, RequestId id, typename Alphabet::Reply&& reply);
  template <class Message, class MakeItem>
  void transmit(std::uint32_t from, std::uint32_t to, Message&& message, MakeItem&& make);
  template <class Message>
  bool damage(Message& message, std::uint64_t by);
  void begin_sync(std::uint32_t n);
  void wake(const NodeAlarm& alarm);
  void wake(const ClientAlarm& alarm);
  void sync_ends(const SyncEnds& sync);
  void sync_claimed(const SyncClaimed& sync);
  void collect_violations();
  void broke(Violation violation);
  void deliver(const ForNode& item);
  void deliver(const ForClient& item);
  void drop(std::uint32_t endpoint, std::uint64_t message);

  // world_faults.ipp, world_process_faults.ipp, world_disk_faults.ipp,
  // world_clock_faults.ipp, world_traitors.ipp
  void strike(std::size_t fault);
  void note_strike(const std::string& kind, const std::vector<NodeView>& before,
                   const std::vector<EndpointSet>& sets);
  void end_fault(const FaultEnds& end);
  void apply(std::size_t fault, const FaultAction& action, const std::vector<EndpointSet>& sets);
  bool is_lost(std::uint32_t n) const;
  bool takes_majority(const FaultAction& action, const std::vector<EndpointSet>& sets) const;
  void heal();
  void swizzle(std::size_t fault, const EndpointSet& who);
  void isolate(const Isolates& item);
  void release_clogged();
  void throttle(const EndpointSet& who, std::uint64_t bandwidth);
  void slow_disk(const EndpointSet& who, std::optional<Duration> latency);
  void strike_disk(std::size_t fault, DiskFault::Kind kind, const EndpointSet& who);
  void flip(const EndpointSet& who);
  void unstall(const EndpointSet& who);
  void make_room(const EndpointSet& who);
  void sync_fails(std::uint32_t n);
  void make_traitors(const Traitor& traitor, const EndpointSet& who);
  void loyal_again(const EndpointSet& who);
  void make_twins(const EndpointSet& who, const EndpointSet& second);
  void end_twins(const EndpointSet& who);
  void strike_clock(const ClockFault& clock, const EndpointSet& who);
  void steady_clocks(const EndpointSet& who);
  void move_alarms(std::uint32_t n);
  void refuse_start(std::uint32_t n, const std::string& flaw);
  bool finds_no_room(const ForNode& item);
  void measure(const Measure& found, const EndpointSet& who);
  void tell(const std::string& verb, const EndpointSet& who);
  EndpointSet crash(const EndpointSet& who, bool torn = false);
  void relapse(std::uint32_t n);
  void wipe(const EndpointSet& who);
  void restart(const EndpointSet& who);
  EndpointSet pause(const EndpointSet& who);
  void resume(const EndpointSet& who);
  void disturbed();
  void tell_fault(std::string kind, std::string text, const EndpointSet& who);
  std::vector<NodeView> views() const;
  Cluster<Machine> cluster() const;

  // world_clients.ipp
  void start_workload();
  void arrive();
  bool closed_loop() const;
  void think(std::uint32_t c, Instant until);
  void make_operation(std::uint32_t c);
  void submit(std::uint32_t c, std::size_t operation);
  void answered(std::uint32_t c, RequestId id, const typename ClientAlphabet::Reply& reply);
  void script(std::size_t line);

  // world_outcome.ipp
  void look_for_recovery();
  void look_for_elections();
  void look_for_stragglers();
  bool is_even() const;
  void judge(Outcome& outcome);
  void add_figures(Outcome& outcome);

  NodeId id(std::uint32_t endpoint) const { return endpoints_.id(endpoint); }
  // Second copies of nodes stand behind the nodes. Each has its original's name and links.
  bool is_second(std::uint32_t n) const { return n >= endpoints_.nodes; }
  std::uint32_t endpoint_of(std::uint32_t n) const { return is_second(n) ? nodes_[n].original : n; }
  bool talk(std::uint32_t n, std::uint32_t endpoint) const;
  // A request's id says which client asked.
  static constexpr std::uint32_t nobody_asked = 0xFFFFFF;
  RequestId request_from(std::uint32_t client) {
    return RequestId((std::uint64_t{client} << 40) | ++next_request_);
  }
  static std::uint32_t client_of(RequestId id) {
    return static_cast<std::uint32_t>(id.value() >> 40);
  }

  const Scenario& scenario_;
  const RunOptions& options_;
  Fabric& fabric_;
  const Endpoints endpoints_;
  const Instant end_;
  const typename P::Config config_;
  Agenda agenda_;
  Pool<Item> items_;
  std::vector<Node> nodes_;
  std::vector<ClientSeat> clients_;
  Post post_;
  std::vector<Clogged> clogged_;             // in the order they were sent
  std::map<std::uint64_t, Stream> streams_;  // empty unless fifo
  Random disk_fault_random_;
  Random treason_random_;
  Random disk_random_;
  Random fault_random_;
  Generator generator_;
  typename P::Watch watch_;
  typename StoresOf<P>::type stores_;
  Digest digest_;
  Instant now_;
  bool stop_ = false;
  bool unsteady_ = false;            // told
  std::optional<Instant> quiet_at_;  // the first change after the bound of a steady scenario
  bool look_ = false;                // something changed in this instant that agreement depends on
  Slot current_ = 0;                 // the slot being performed
  std::uint64_t order_ = 0;          // its order on the agenda
  bool keep_slot_ = false;           // it was put aside, not done
  bool for_machine_ = false;         // what leaves is the driver's word, no event of a machine

  Effects<Alphabet> effects_;
  Effects<ClientAlphabet> client_effects_;
  std::string wire_;
  std::vector<typename Adversary<typename Alphabet::Message>::Outgoing> turned_;
  typename Adversary<typename Alphabet::Message>::Done treasons_{};
  TracedStep traced_;  // of the step being performed, when somebody listens

  std::vector<HistoryOperation> history_;
  std::vector<Instant> wished_;  // when each operation was wished for, by place in the history
  std::vector<std::int64_t>
      latencies_;  // ns, of operations that ended ok, from the wish to the answer
  std::uint32_t next_client_ = 0;
  std::uint64_t next_request_ = 0;
  std::uint64_t next_message_ = 0;
  std::uint64_t strikes_ = 0;
  std::uint64_t faults_ahead_ = 0;  // strikes and ends on the agenda
  std::uint64_t healed_at_ = 0;     // the newest heal, as a strike
  std::uint64_t next_place_ = 0;    // among all invocations and returns

  std::uint64_t steps_ = 0, sent_ = 0, delivered_ = 0, lost_ = 0, doubled_ = 0, held_ = 0,
                damaged_ = 0, bytes_ = 0, requests_ = 0;
  std::vector<Violation> violations_;
  std::set<std::string> witnesses_;
  std::map<std::tuple<std::string, std::string_view, std::string_view>, std::uint64_t>
      struck_;                        // by kind, role, phase
  Instant calm_since_;                // the last fault
  std::optional<Instant> recovered_;  // progress after it
  Instant last_loss_;                 // of a message lost by chance
};

}  // namespace lockstep::sim

#include "sim/world/world_clients.ipp"
#include "sim/world/world_clock_faults.ipp"
#include "sim/world/world_disk_faults.ipp"
#include "sim/world/world_effects.ipp"
#include "sim/world/world_faults.ipp"
#include "sim/world/world_outcome.ipp"
#include "sim/world/world_process_faults.ipp"
#include "sim/world/world_run.ipp"
#include "sim/world/world_steps.ipp"
#include "sim/world/world_traitors.ipp"
