#include "core/flood/flood.hpp"

#include <utility>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"

namespace lockstep::flood {

static_assert(Machine<Flood>);

Flood::Flood(NodeId self, std::uint32_t count, const Config& config,
             const std::vector<NodeId>& known, std::uint64_t seed)
    : self_(self),
      directory_(self, count, config.directory, known),
      searches_(self, config.search, seed),
      transfers_(self, config.transfer) {
  check(self >= NodeId(1) && self <= NodeId(count), "a peer is one of 1..count");
  check(refusal(config).empty(), "the configuration was refused before it got here");
}

void Flood::step(Instant now, const Event<Alphabet>& event, Out& out) {
  std::visit(Overloaded{
                 [&](const Started<Record>& started) { start(now, started.records, out); },
                 [&](const Received<Message>& in) { receive(now, in.from, in.message, out); },
                 [&](const TimerFired<Timer>& fired) { fire(now, fired.timer, fired.epoch, out); },
                 [&](const Requested<Request>& in) { serve(now, in.id, in.request, out); },
                 [&](const Persisted& in) { transfers_.persisted(now, in.upto, out); },
                 [](const Sampled&) {},
             },
             event);
  follow_up(now, out);
}

// What a search found goes to the fetch that wanted it, and what a fetch wants is searched for.
void Flood::follow_up(Instant now, Out& out) {
  do {
    for (const auto& sought : searches_.sought()) transfers_.found(now, sought, out);
    while (const auto title = transfers_.wants_search(now)) {
      if (!searches_.seek(now, *title, directory_, out)) transfers_.search_later(now, *title);
    }
  } while (searches_.has_sought());
  transfers_.arm(out);
}

void Flood::start(Instant now, const std::vector<Record>& records, Out& out) {
  transfers_.restore(records);
  directory_.start(now, out);
  transfers_.start(now, out);
}

void Flood::receive(Instant now, NodeId from, const Message& message, Out& out) {
  if (!directory_.is_other(from) || directory_.away()) return;
  std::visit(Overloaded{
                 [&](const Query& query) { hear(now, from, query, out); },
                 [&](const Hit& hit) { searches_.hear(now, from, hit, directory_, out); },
                 [&](const ManifestWanted& wanted) { transfers_.hear(now, from, wanted, out); },
                 [&](const ManifestPart& part) { transfers_.hear(now, from, part, out); },
                 [&](const ChunkWanted& wanted) { transfers_.hear(now, from, wanted, out); },
                 [&](const Chunk& chunk) { transfers_.hear(now, from, chunk, out); },
                 [&](const NotHere& not_here) { transfers_.hear(now, from, not_here, out); },
                 [&](const auto& word) { directory_.hear(now, from, word, out); },
             },
             message);
}

void Flood::hear(Instant now, NodeId from, const Query& query, Out& out) {
  if (!searches_.hear(now, from, query, directory_, out)) return;
  auto files = look_up(query.by, query.text);
  if (!files.empty()) searches_.reply(from, query, std::move(files), out);
}

// A file on its way here is as good as one that is whole: its finder takes what is there.
std::vector<Listing> Flood::look_up(By by, const std::string& text) const {
  auto files = index().find(by, text, most_listings);
  if (files.empty() && by == By::name) {
    if (auto partly = transfers_.partly(text)) files.push_back(std::move(*partly));
  }
  return files;
}

void Flood::fire(Instant now, Timer timer, TimerEpoch epoch, Out& out) {
  switch (timer) {
    case Timer::directory: return directory_.fire(now, epoch, out);
    case Timer::search: return searches_.fire(now, epoch, directory_, out);
    case Timer::transfer: return transfers_.fire(now, epoch, out);
  }
}

void Flood::serve(Instant now, RequestId id, const Request& request, Out& out) {
  const auto answer = [&](Reply reply) {
    out.push_back(Answer<Reply>{.id = id, .reply = std::move(reply)});
  };
  std::visit(Overloaded{
                 [&](const LogIn& in) {
                   directory_.log_in(now, in.peer, out);
                   answer(Done{});
                 },
                 [&](const LogOut&) {
                   directory_.log_out(out);
                   answer(Done{});
                 },
                 [&](const Search& wanted) { search(now, id, wanted, out); },
                 [&](const Share& share) { transfers_.share(id, share, out); },
                 [&](const Unshare& unshare) { transfers_.unshare(id, unshare, out); },
                 [&](const Fetch& fetch) { transfers_.fetch(now, id, fetch, out); },
             },
             request);
}

void Flood::search(Instant now, RequestId id, const Search& search, Out& out) {
  std::vector<Source> here;
  for (Listing& file : index().find(search.by, search.text, most_listings))
    here.push_back({self_, std::move(file)});
  searches_.ask(now, id, search, std::move(here), directory_, out);
}

}  // namespace lockstep::flood
