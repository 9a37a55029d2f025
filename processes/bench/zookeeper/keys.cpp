#include "processes/bench/zookeeper/keys.hpp"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

#include "processes/bench/zookeeper/session.hpp"

namespace lockstep::processes::zookeeper {
namespace {

using Outcome = Session::Outcome;

// Opens a session, creates one znode after another, closes it.
class KeyMaker {
 public:
  KeyMaker(std::uint16_t port, unsigned keys, unsigned value_bytes)
      : keys_(keys), value_(value_bytes, 'x') {
    session_.open(port);
    io_.run_for(std::chrono::seconds(30));
    const std::string& why = session_.reason();
    if (!closed_)
      throw std::runtime_error(fmt::format("ZooKeeper has not created all of {} znodes: {}", keys,
                                           why.empty() ? "no answer in time" : why));
  }

 private:
  void on_done(Outcome outcome) {
    if (outcome != Outcome::done || next_ > keys_) {
      closed_ = outcome == Outcome::done;
    } else if (next_ == keys_) {
      ++next_;
      session_.close();
    } else {
      session_.create(path_of(next_++), value_);
    }
  }

  net::asio::io_context io_{1};
  Session session_{io_, [this](Outcome outcome) { on_done(outcome); }};
  unsigned keys_, next_ = 0;
  std::string value_;
  bool closed_ = false;
};

}  // namespace

std::string path_of(unsigned key) { return fmt::format("/key-{}", key); }

void create_keys(std::uint16_t port, unsigned keys, unsigned value_bytes) {
  KeyMaker(port, keys, value_bytes);
}

}  // namespace lockstep::processes::zookeeper
