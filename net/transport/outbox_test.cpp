#include "net/transport/outbox.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>

#include "core/base/random.hpp"
#include "core/wire/frame.hpp"

using namespace lockstep;
using namespace lockstep::net;

TEST_CASE("an outbox does what a queue of frames does") {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    const std::size_t bound = 200 + random.below(2000);
    Outbox outbox(bound);
    std::deque<std::string> frames;
    std::size_t bytes = 0;
    std::string taken = "used before";
    for (int step = 0; step < 300; ++step) {
      if (random.below(3) > 0) {
        std::string frame;
        const std::string message(random.below(random.below(20) == 0 ? 3000 : 60), 'm');
        wire::append_frame(message, frame);
        std::size_t dropped = 0;
        if (frame.size() > bound) {
          dropped = 1;
        } else {
          bytes += frame.size();
          for (frames.push_back(frame); bytes > bound; ++dropped) {
            bytes -= frames.front().size();
            frames.pop_front();
          }
        }
        REQUIRE(outbox.push(message) == dropped);
      } else {
        const std::size_t about = random.below(1500);
        std::string expected;
        std::size_t count = 0;
        while (!frames.empty() &&
               (count == 0 || expected.size() + frames.front().size() <= about)) {
          expected += frames.front();
          bytes -= frames.front().size();
          frames.pop_front();
          ++count;
        }
        REQUIRE(outbox.take(taken, about) == count);
        REQUIRE(taken == expected);
      }
      REQUIRE(outbox.bytes() == bytes);
      REQUIRE(outbox.empty() == frames.empty());
    }
  }
}
