// A peer of an unstructured network: it knows some neighbours, floods queries through them as
// Gnutella did (Ripeanu, 2001), and takes files chunk by chunk from several peers at once.
//
// Promises: memory and the effects of a step are bounded by the configuration, whatever peers say.
// A query is passed on at most once. What is offered is whole, durable and has the hashes of its
// manifest. A fetch ends with a file equal to its source, as long as one source lives and links do.
// Refuses: to tell who a file comes from, who is in the network, or that nobody has a file: silence
// says no. A peer's name is its transport's to prove; nothing here is signed.
//
// The machine holds hashes, sizes and bitmaps. The bytes of files are the driver's: core/flood/
// content.hpp says what it owes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/flood/alphabet.hpp"
#include "core/flood/config.hpp"
#include "core/flood/directory.hpp"
#include "core/flood/searches.hpp"
#include "core/flood/transfers.hpp"

namespace lockstep::flood {

class Flood {
 public:
  using Alphabet = flood::Alphabet;

  // Peers are 1..count; `known` are those to log in at, or the neighbours where the configuration
  // says so. REQUIRES: self is one of 1..count, refusal(config) is empty.
  Flood(NodeId self, std::uint32_t count, const Config& config, const std::vector<NodeId>& known,
        std::uint64_t seed);

  void step(Instant now, const Event<Alphabet>& event, Out& out);

  [[nodiscard]] NodeId self() const { return self_; }
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] const Searches& searches() const { return searches_; }
  [[nodiscard]] const Transfers& transfers() const { return transfers_; }
  [[nodiscard]] const Index& index() const { return transfers_.index(); }

  static constexpr std::string_view name = "flood";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("self", self.self_);
    visit("neighbours", self.directory_.neighbours().size());
    visit("open", self.searches_.open());
    visit("files", self.index().size());
    visit("fetching", self.transfers_.fetching().size());
  }
  friend bool operator==(const Flood&, const Flood&) = default;

 private:
  void start(Instant now, const std::vector<Record>& records, Out& out);
  void receive(Instant now, NodeId from, const Message& message, Out& out);
  void hear(Instant now, NodeId from, const Query& query, Out& out);
  void fire(Instant now, Timer timer, TimerEpoch epoch, Out& out);
  void serve(Instant now, RequestId id, const Request& request, Out& out);
  void follow_up(Instant now, Out& out);
  [[nodiscard]] std::vector<Listing> look_up(By by, const std::string& text) const;
  void search(Instant now, RequestId id, const Search& search, Out& out);

  NodeId self_;
  Directory directory_;
  Searches searches_;
  Transfers transfers_;
};

}  // namespace lockstep::flood
