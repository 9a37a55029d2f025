// Links: applies LinkFaults to messages on their way in or out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/random.hpp"
#include "core/base/strong.hpp"
#include "net/asio.hpp"
#include "net/transport/faults.hpp"
#include "net/transport/transport.hpp"

namespace lockstep::net {

struct Passage {
  NodeId peer;
  Direction direction = Direction::out;
  Channel channel = Channel::reliable;
};

class Links {
 public:
  enum class When : std::uint8_t { at_once, later };
  using Pass = std::function<void(const Passage&, std::string_view message, When)>;

  // What a delay holds is bounded by `bound` bytes; more is lost.
  Links(asio::io_context& io, std::uint64_t seed, std::size_t bound, Pass pass);
  ~Links();
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;

  // Hands the message to `pass` never, once or twice; delayed ones in the order they are due. A cut
  // also loses what a delay still holds.
  void carry(const Passage& passage, std::string_view message);

  LinkFaults faults;

 private:
  struct Held;
  void carry_once(const Passage& passage, std::string_view message, Duration delay);

  Random random_;
  Pass pass_;
  std::shared_ptr<Held> held_;
};

}  // namespace lockstep::net
