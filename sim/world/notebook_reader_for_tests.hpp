// The client of notebooks: asks one node, the same one each time; asks again after each patience,
// if it has any.
#pragma once

#include <variant>

#include "core/base/check.hpp"
#include "core/base/flat_map.hpp"
#include "sim/world/notebook_messages_for_tests.hpp"

namespace lockstep::sim::notebook {

class Reader {
 public:
  struct Alphabet {
    using Message = std::variant<notebook::Request, Done>;
    using Request = Wish;
    using Reply = Granted;
    using Record = Nothing;
    using Timer = Patience;
    using Notice = Nothing;
  };
  using Out = Effects<Alphabet>;

  Reader(NodeId server, Duration patience) : server_(server), patience_(patience) {}

  void step(Instant now, const Event<Alphabet>& event, Out& out) {
    if (const auto* asked = std::get_if<Requested<Wish>>(&event)) {
      check(asked->request.value != "unspeakable", "a wish can be spoken");
      open_[asked->id.value()] = asked->request;
      ask(asked->id.value(), asked->request, out);
      set_patience(now, out);
    } else if (const auto* got = std::get_if<Received<Alphabet::Message>>(&event)) {
      const Done& done = std::get<Done>(got->message);
      if (open_.erase(done.number))
        out.push_back(Answer<Granted>{RequestId(done.number), {done.found}});
    } else if (const auto* fired = std::get_if<TimerFired<Patience>>(&event)) {
      check(fired->epoch == epoch_, "an alarm is of the latest setting");
      for (const auto& [number, wish] : open_) ask(number, wish, out);
      if (!open_.empty()) set_patience(now, out);
    }
  }
  friend bool operator==(const Reader&, const Reader&) = default;

 private:
  void ask(std::uint64_t number, const Wish& wish, Out& out) {
    const auto request = wish.put ? notebook::Request(Put{number, wish.key, wish.value})
                                  : notebook::Request(Get{number, wish.key});
    out.push_back(Send<Alphabet::Message>{server_, request});
  }
  void set_patience(Instant now, Out& out) {
    if (patience_ > Duration(0))
      out.push_back(SetTimer<Patience>{Patience::over, ++epoch_, now + patience_});
  }

  NodeId server_;
  Duration patience_;
  FlatMap<std::uint64_t, Wish> open_;
  TimerEpoch epoch_;
};

}  // namespace lockstep::sim::notebook
