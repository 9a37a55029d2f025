// A node of three, and short makers of its events and effects.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/lamport/lamport.hpp"

namespace lockstep::lamport {

inline constexpr NodeId n1{1}, n2{2}, n3{3};

inline Origin origin(std::uint64_t sequence) { return {ClientId(7), Sequence(sequence)}; }

class Rig {
 public:
  Rig(NodeId self, Mode mode, const std::vector<Record>& records = {}) : machine(make(self, mode)) {
    step(lockstep::Started<Record>{records});
    persist();
  }

  Lamport machine;
  Lamport::Out out;  // of the latest step
  Instant now;

  void step(const Event<Alphabet>& event) {
    out.clear();
    machine.step(now, event, out);
    for (const auto& effect : out) {
      if (const auto* persist = std::get_if<Persist<Record>>(&effect)) {
        for (const Record& record : persist->records) written.push_back(record);
      }
      const auto* timer = std::get_if<SetTimer<Timer>>(&effect);
      if (timer != nullptr && timer->timer == Timer::sync) sync = *timer;
    }
  }
  void from(NodeId node, Message message) { step(Received<Message>{node, std::move(message)}); }
  void post(std::uint64_t sequence, LamportTime time = {}) {
    step(Requested<Request>{RequestId(sequence), Post{time, origin(sequence), text(sequence)}});
  }
  void tick() {
    now = sync.at;
    step(TimerFired<Timer>{Timer::sync, sync.epoch});
  }
  void persist() { step(Persisted{RecordSeq(written.size())}); }
  void hold(NodeId node, std::vector<Number> numbers, LamportTime time = {}, bool asks = false) {
    from(node, Holding{time, std::move(numbers), {}, asks});
  }

  [[nodiscard]] static std::string text(std::uint64_t sequence) {
    return "m" + std::to_string(sequence);
  }
  template <class What>
  [[nodiscard]] std::vector<std::pair<NodeId, What>> sent() const {
    std::vector<std::pair<NodeId, What>> found;
    for (const auto& effect : out) {
      const auto* send = std::get_if<Send<Message>>(&effect);
      const auto* what = send == nullptr ? nullptr : std::get_if<What>(&send->message);
      if (what != nullptr) found.emplace_back(send->to, *what);
    }
    return found;
  }
  template <class What>
  [[nodiscard]] std::vector<What> replies() const {
    std::vector<What> found;
    for (const auto& effect : out) {
      const auto* answer = std::get_if<Answer<Reply>>(&effect);
      const auto* what = answer == nullptr ? nullptr : std::get_if<What>(&answer->reply);
      if (what != nullptr) found.push_back(*what);
    }
    return found;
  }
  std::vector<Record> written;
  SetTimer<Timer> sync{};  // the latest

 private:
  static Lamport make(NodeId self, Mode mode) {
    Config config;
    config.mode = mode;
    return Lamport(self, 3, config, 0);
  }
};

}  // namespace lockstep::lamport
