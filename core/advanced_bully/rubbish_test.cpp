// Messages that make no sense: any that decodes, whoever wrote it.
#include <doctest/doctest.h>

#include <array>
#include <concepts>
#include <limits>

#include "core/advanced_bully/liar_test.hpp"
#include "core/base/describe.hpp"
#include "core/wire/codec.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

// Fills a message with numbers that mean something, that almost do, and that do not.
class Rubbish {
 public:
  explicit Rubbish(std::uint64_t seed) : random_(seed) {}

  Message message() {
    Message made;
    fill(made);
    return made;
  }
  // Bytes that begin as a message may.
  std::string bytes() {
    std::string bytes(1 + random_.below(random_.below(4) == 0 ? 40 : 8), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_.below(random_.below(2) ? 256 : 4));
    bytes[0] = static_cast<char>(random_.below(std::variant_size_v<Message> + 1));
    return bytes;
  }
  // A few bytes changed, left out or put in.
  std::string changed(std::string bytes) {
    for (std::uint64_t left = 1 + random_.below(3); left > 0 && !bytes.empty(); --left) {
      const auto at = static_cast<std::ptrdiff_t>(random_.below(bytes.size()));
      const char byte = static_cast<char>(random_.below(256));
      switch (random_.below(4)) {
        case 0: bytes.erase(bytes.begin() + at); break;
        case 1: bytes.insert(bytes.begin() + at, byte); break;
        default: bytes[static_cast<std::size_t>(at)] = byte;
      }
    }
    return bytes;
  }
  Random& random() { return random_; }

 private:
  std::uint64_t number() {
    switch (random_.below(5)) {
      case 0: return random_.next();
      case 1: return std::numeric_limits<std::uint64_t>::max() - random_.below(2);
      case 2: return std::uint64_t{1} << random_.below(64);
      default: return random_.below(6);
    }
  }
  void fill(bool& value) { value = random_.below(2) == 0; }
  template <std::integral T>
  void fill(T& value) {
    value = static_cast<T>(number());
  }
  template <DescribedEnum T>
  void fill(T& value) {
    value = static_cast<T>(random_.below(enumerator_count(T{})));
  }
  template <class Tag, class Rep>
  void fill(Strong<Tag, Rep>& value) {
    value = Strong<Tag, Rep>(static_cast<Rep>(number()));
  }
  void fill(Duration& value) { value = Duration(static_cast<std::int64_t>(number())); }
  void fill(Instant& value) { value = Instant(static_cast<std::int64_t>(number())); }
  void fill(std::string& value) { value.assign(random_.below(9), 'x'); }
  template <class T, std::size_t N>
  void fill(std::array<T, N>& values) {
    for (T& value : values) fill(value);
  }
  template <class T>
  void fill(std::optional<T>& value) {
    if (random_.below(2) == 0) fill(value.emplace());
  }
  template <class T>
  void fill(std::vector<T>& values) {
    values.resize(random_.below(6));
    for (T& value : values) fill(value);
  }
  template <Described T>
  void fill(T& value) {
    T::fields(value, [this](std::string_view, auto& field) { this->fill(field); });
  }
  template <Variant T>
  void fill(T& value) {
    choose(value, random_.below(std::variant_size_v<T>),
           std::make_index_sequence<std::variant_size_v<T>>());
  }
  template <class T, std::size_t... Is>
  void choose(T& value, std::uint64_t place, std::index_sequence<Is...>) {
    (void)((Is == place ? (fill(value.template emplace<Is>()), true) : false) || ...);
  }

  Random random_;
};

}  // namespace

TEST_CASE("a member that sends rubbish without end costs nobody an office") {
  for (const auto mode : {quorum::Mode::byzantine, quorum::Mode::majority, quorum::Mode::none}) {
    CAPTURE(static_cast<int>(mode));
    Config config = lan();
    config.mode = mode;
    config.score = bully::fittest();
    MiniNetwork network(4, config, 1);
    network.observer.expects_split = mode == quorum::Mode::none;
    network.twist[NodeId(1)] = [](NodeId, const Message& m) { return std::vector<Message>{m}; };
    std::vector<std::string> heard;
    Rubbish rubbish(7);
    network.overhear = [&](NodeId, NodeId, const Message& message) {
      std::string bytes;
      wire::encode(message, bytes);
      if (heard.size() < 1000)
        heard.push_back(bytes);
      else
        heard[rubbish.random().below(1000)] = bytes;
    };
    network.start_all();
    std::array<int, 3> said{};
    for (int turn = 0; turn < 100'000; ++turn) {
      std::optional<Message> message = rubbish.message();
      const std::uint64_t kind = heard.empty() ? 0 : rubbish.random().below(3);
      if (kind == 1) message = wire::decode<Message>(rubbish.bytes());
      if (kind == 2) message = wire::decode<Message>(rubbish.changed(rubbish.random().pick(heard)));
      if (message) {
        ++said[kind];
        const NodeId to(2 + static_cast<std::uint32_t>(rubbish.random().below(3)));
        network.say(NodeId(1), to, *message);
      }
      if (turn % 10 == 0) network.run_for(milliseconds(2));
      if (turn % 9'000 == 0) network.crash(NodeId(4));
      if (turn % 9'000 == 4'000) network.start_all();
    }
    for (const int each : said) CHECK(each > 1'000);
    network.start_all();
    network.run_for(seconds(10));
    CHECK(network.settled() != nobody);
    for (const NodeId id : network.live_honest()) {
      CHECK(network.trail_verifies(id));
      for (const quorum::Evidence& proof : network.machine(id).struck())
        CHECK(!network.honest(proof.voter));
    }
  }
}
