// The contract between a protocol and any world that drives it: events in, effects out, nothing
// else.
//
//   machine.step(now, event, effects);
//
// A machine is a regular value: copied, compared, printed, and stepped twice to the same result. It
// reads no clock, draws from no outside source and calls nobody back. `now` never goes back from
// one step to the next of an incarnation. `effects` is the driver's buffer: the machine appends,
// the driver performs in order and clears.
//
// A protocol names its alphabet once:
//
//   struct Alphabet { using Message, Request, Reply, Record, Timer, Notice; };
//
// Message, Request, Reply, Record and Notice are described structs or variants of them; Timer is a
// described enum. A protocol that lacks one of them says Nothing.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/describe.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep {

struct Nothing {
  static constexpr std::string_view name = "nothing";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Nothing, Nothing) = default;
};

// Local measurements, in fixed point: per mille of capacity, microseconds of disk latency.
struct Vitals {
  std::uint32_t cpu_permille = 0;
  std::uint32_t memory_permille = 0;
  std::uint32_t load_permille = 0;
  Duration disk_latency;
  static constexpr std::string_view name = "vitals";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("cpu", self.cpu_permille);
    visit("memory", self.memory_permille);
    visit("load", self.load_permille);
    visit("disk_latency", self.disk_latency);
  }
  friend bool operator==(const Vitals&, const Vitals&) = default;
};

// Events.

// The first event of an incarnation, with everything that was durable, oldest first.
template <class Record>
struct Started {
  std::vector<Record> records;
  static constexpr std::string_view name = "started";
  static constexpr void fields(auto& self, auto&& visit) { visit("records", self.records); }
  friend bool operator==(const Started&, const Started&) = default;
};

template <class Message>
struct Received {
  NodeId from;
  Message message;
  static constexpr std::string_view name = "received";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("from", self.from);
    visit("message", self.message);
  }
  friend bool operator==(const Received&, const Received&) = default;
};

// An epoch other than that of the latest SetTimer is a late firing; the machine ignores it.
template <class Timer>
struct TimerFired {
  Timer timer{};
  TimerEpoch epoch;
  static constexpr std::string_view name = "timer_fired";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("timer", self.timer);
    visit("epoch", self.epoch);
  }
  friend bool operator==(const TimerFired&, const TimerFired&) = default;
};

// A client asked. The id is unique within the incarnation; an Answer with that id may follow, or
// none ever.
template <class Request>
struct Requested {
  RequestId id;
  Request request;
  static constexpr std::string_view name = "requested";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("id", self.id);
    visit("request", self.request);
  }
  friend bool operator==(const Requested&, const Requested&) = default;
};

// Every record of this incarnation up to and including `upto` is durable.
struct Persisted {
  RecordSeq upto;
  static constexpr std::string_view name = "persisted";
  static constexpr void fields(auto& self, auto&& visit) { visit("upto", self.upto); }
  friend bool operator==(const Persisted&, const Persisted&) = default;
};

struct Sampled {
  Vitals vitals;
  static constexpr std::string_view name = "sampled";
  static constexpr void fields(auto& self, auto&& visit) { visit("vitals", self.vitals); }
  friend bool operator==(const Sampled&, const Sampled&) = default;
};

// Effects.

// Try once: no retry, no order across peers.
template <class Message>
struct Send {
  NodeId to;
  Message message;
  static constexpr std::string_view name = "send";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("to", self.to);
    visit("message", self.message);
  }
  friend bool operator==(const Send&, const Send&) = default;
};

// One alarm is pending per timer: setting replaces. An `at` in the past fires at once, as a later
// step.
template <class Timer>
struct SetTimer {
  Timer timer{};
  TimerEpoch epoch;
  Instant at;
  static constexpr std::string_view name = "set_timer";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("timer", self.timer);
    visit("epoch", self.epoch);
    visit("at", self.at);
  }
  friend bool operator==(const SetTimer&, const SetTimer&) = default;
};

template <class Timer>
struct CancelTimer {
  Timer timer{};
  static constexpr std::string_view name = "cancel_timer";
  static constexpr void fields(auto& self, auto&& visit) { visit("timer", self.timer); }
  friend bool operator==(const CancelTimer&, const CancelTimer&) = default;
};

// Append in order, then say Persisted; later effects are not held back. One record counts as one
// RecordSeq.
template <class Record>
struct Persist {
  std::vector<Record> records;  // not empty
  static constexpr std::string_view name = "persist";
  static constexpr void fields(auto& self, auto&& visit) { visit("records", self.records); }
  friend bool operator==(const Persist&, const Persist&) = default;
};

template <class Reply>
struct Answer {
  RequestId id;
  Reply reply;
  static constexpr std::string_view name = "answer";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("id", self.id);
    visit("reply", self.reply);
  }
  friend bool operator==(const Answer&, const Answer&) = default;
};

// For traces, checks, audit and dashboards; no world may feed it back.
template <class Notice>
struct Notify {
  Notice notice;
  static constexpr std::string_view name = "notify";
  static constexpr void fields(auto& self, auto&& visit) { visit("notice", self.notice); }
  friend bool operator==(const Notify&, const Notify&) = default;
};

template <class A>
using Event =
    std::variant<Started<typename A::Record>, Received<typename A::Message>,
                 TimerFired<typename A::Timer>, Requested<typename A::Request>, Persisted, Sampled>;

template <class A>
using Effect = std::variant<Send<typename A::Message>, SetTimer<typename A::Timer>,
                            CancelTimer<typename A::Timer>, Persist<typename A::Record>,
                            Answer<typename A::Reply>, Notify<typename A::Notice>>;

template <class A>
using Effects = std::vector<Effect<A>>;

template <class M>
concept Machine = std::copyable<M> && std::equality_comparable<M> &&
    requires(M machine, Instant now, const Event<typename M::Alphabet>& event,
             Effects<typename M::Alphabet>& out) {
  machine.step(now, event, out);
};

}  // namespace lockstep
