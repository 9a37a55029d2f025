#include "core/flood/searches.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::flood {

Searches::Searches(NodeId self, const SearchConfig& config, std::uint64_t seed)
    : self_(self), config_(config), random_(seed) {}

std::string Searches::refusal(const Search& search) const {
  if (search.text.empty() || search.text.size() > longest_text) return "a query has 1 to 128 bytes";
  if (search.permille == 0 || search.permille > 1000) return "permille must be 1 to 1000";
  const std::uint32_t most =
      search.strategy == Strategy::walkers ? config_.max_steps : config_.max_ttl;
  if (search.ttl > most) return "no query goes so far; at most " + std::to_string(most);
  return {};
}

void Searches::ask(Instant now, RequestId request, const Search& search, std::vector<Source> here,
                   Directory& directory, Out& out) {
  const auto answer = [&](Reply reply) {
    out.push_back(Answer<Reply>{.id = request, .reply = std::move(reply)});
  };
  if (std::string why = refusal(search); !why.empty()) return answer(Refused{std::move(why)});
  if (!here.empty() && !search.everywhere) return answer(Found{std::move(here)});
  Open open{
      .request = request, .search = search, .query = {}, .until = {}, .sources = std::move(here)};
  if (open_.size() < config_.max_open) {
    begin(now, std::move(open), directory, out);
    arm(out);
  } else if (waiting_.size() < config_.max_waiting) {
    waiting_.push_back(std::move(open));
  } else {
    answer(Refused{"as many searches are open and waiting as this peer takes"});
  }
}

bool Searches::seek(Instant now, const std::string& title, Directory& directory, Out& out) {
  if (open_.size() >= config_.max_open) return false;
  Search search;
  search.text = title;
  begin(now, {.request = {}, .search = std::move(search), .query = {}, .until = {}, .sources = {}},
        directory, out);
  arm(out);
  return true;
}

std::vector<Searches::Sought> Searches::sought() { return std::exchange(sought_, {}); }

void Searches::begin(Instant now, Open open, Directory& directory, Out& out) {
  if (open.search.ttl == 0) {
    const bool walks = open.search.strategy == Strategy::walkers;
    open.search.ttl = walks ? static_cast<std::uint8_t>(config_.max_steps) : config_.ttl;
  }
  if (open.search.strategy == Strategy::ring) open.search.ttl = 1;
  const bool sent = send_out(now, open, directory, out);
  open_.push_back(std::move(open));
  if (!sent) end(open_.size() - 1, out);
}

// A query of its own for every ring, since who has seen the last one would not pass it on. False
// when it cannot be remembered.
bool Searches::send_out(Instant now, Open& open, Directory& directory, Out& out) {
  const Search& search = open.search;
  open.query = QueryId(random_.next());
  open.until = now + (search.strategy == Strategy::ring ? config_.ring_wait * search.ttl
                                                        : config_.answers_within);
  const auto noted = seen_.note(now, open.query, self_, config_.seen_for, config_.seen_capacity);
  if (noted != Seen::Noted::first) return false;
  const Query query{.id = open.query,
                    .ttl = search.ttl,
                    .hops = 0,
                    .spread = search.strategy == Strategy::walkers ? Spread::walk : Spread::flood,
                    .by = search.by,
                    .permille = search.permille,
                    .asker = config_.direct_hits ? self_ : nobody,
                    .text = search.text};
  out.push_back(Notify<Notice>{QueryStarted{.query = query.id, .ttl = query.ttl}});
  const auto& neighbours = directory.neighbours();
  if (query.spread == Spread::walk) {
    for (std::uint32_t k = 0; k < config_.walkers && !neighbours.empty(); ++k) {
      const auto place = static_cast<std::ptrdiff_t>(random_.below(neighbours.size()));
      out.push_back(Send<Message>{.to = (neighbours.begin() + place)->first, .message = query});
    }
  } else {
    for (const auto& [peer, neighbour] : neighbours)
      out.push_back(Send<Message>{.to = peer, .message = query});
  }
  return true;
}

void Searches::end(std::size_t place, Out& out) {
  Open open = std::move(open_[place]);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(place));
  out.push_back(Notify<Notice>{SearchEnded{
      .query = open.query, .sources = static_cast<std::uint32_t>(open.sources.size())}});
  if (open.request) {
    out.push_back(Answer<Reply>{.id = *open.request, .reply = Found{std::move(open.sources)}});
  } else {
    sought_.push_back({std::move(open.search.text), std::move(open.sources)});
  }
}

void Searches::settle(Open& open) {
  open.settles = open.until;
  sought_.push_back({open.search.text, open.sources, false});
}

void Searches::next(Instant now, Directory& directory, Out& out) {
  while (!waiting_.empty() && open_.size() < config_.max_open) {
    Open open = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    begin(now, std::move(open), directory, out);
  }
  arm(out);
}

void Searches::arm(Out& out) {
  std::optional<Instant> first;
  for (const Open& open : open_) {
    const Instant due = std::min(open.settles.value_or(open.until), open.until);
    if (!first || due < *first) first = due;
  }
  if (first == alarm_) return;
  alarm_ = first;
  if (first) {
    out.push_back(SetTimer<Timer>{.timer = Timer::search, .epoch = ++epoch_, .at = *first});
  } else {
    out.push_back(CancelTimer<Timer>{Timer::search});
  }
}

void Searches::fire(Instant now, TimerEpoch epoch, Directory& directory, Out& out) {
  if (epoch != epoch_ || !alarm_) return;  // late
  alarm_.reset();
  for (std::size_t place = open_.size(); place-- > 0;) {
    Open& open = open_[place];
    if (open.until > now) {
      if (open.settles && *open.settles <= now) settle(open);
      continue;
    }
    if (open.search.strategy == Strategy::ring && open.sources.empty() &&
        open.search.ttl < config_.max_ttl) {
      ++open.search.ttl;
      if (send_out(now, open, directory, out)) continue;
    }
    end(place, out);
  }
  next(now, directory, out);
}

bool Searches::acceptable(const Query& query, const Directory& directory) const {
  return query.ttl > 0 && query.permille <= 1000 && !query.text.empty() &&
         query.text.size() <= longest_text &&
         (query.asker == nobody || directory.is_other(query.asker));
}

bool Searches::hear(Instant now, NodeId from, const Query& query, Directory& directory, Out& out) {
  Directory::Neighbour* via = directory.heard(now, from);
  if (via == nullptr) {
    out.push_back(Send<Message>{.to = from, .message = Stranger{}});
    return false;
  }
  if (!acceptable(query, directory)) return false;
  const Duration gap = seconds(1) / config_.query_rate;
  if (!via->queries.take(now, gap, config_.query_burst)) {
    out.push_back(Notify<Notice>{QueryDropped{from}});
    return false;
  }
  const auto noted = seen_.note(now, query.id, from, config_.seen_for, config_.seen_capacity);
  if (noted == Seen::Noted::full) {
    out.push_back(Notify<Notice>{QueryDropped{from}});
    return false;
  }
  const bool first = noted == Seen::Noted::first;
  if (query.spread == Spread::walk) {
    walk_on(from, query, directory, out);
  } else if (first) {
    pass_on(from, query, directory, out);
  }
  return first;
}

void Searches::pass_on(NodeId from, const Query& query, const Directory& directory, Out& out) {
  // Whoever says that it came from far away, or goes far, goes no farther than others.
  const int left = std::min<int>(query.ttl - 1, config_.max_ttl - query.hops - 1);
  if (left <= 0) return;
  Query onward = query;
  onward.ttl = static_cast<std::uint8_t>(left);
  ++onward.hops;
  const Ratio chance{query.permille, 1000};
  for (const auto& [peer, neighbour] : directory.neighbours()) {
    if (peer == from || (query.permille < 1000 && !random_.chance(chance))) continue;
    out.push_back(Send<Message>{.to = peer, .message = onward});
  }
}

// Back only where there is no other way.
void Searches::walk_on(NodeId from, const Query& query, const Directory& directory, Out& out) {
  const int left = std::min<int>(query.ttl - 1, config_.max_steps - query.hops - 1);
  const auto& neighbours = directory.neighbours();
  if (left <= 0) return;
  Query onward = query;
  onward.ttl = static_cast<std::uint8_t>(left);
  ++onward.hops;
  NodeId to = from;
  if (neighbours.size() > 1) {
    auto place = static_cast<std::ptrdiff_t>(random_.below(neighbours.size() - 1));
    // The sender's place is left out.
    if (neighbours.begin() + place >= neighbours.lower_bound(from)) ++place;
    to = (neighbours.begin() + place)->first;
  }
  out.push_back(Send<Message>{.to = to, .message = std::move(onward)});
}

void Searches::reply(NodeId from, const Query& query, std::vector<Listing> files, Out& out) {
  const NodeId to = query.asker == nobody ? from : query.asker;
  out.push_back(Send<Message>{
      .to = to, .message = Hit{.query = query.id, .owner = self_, .files = std::move(files)}});
}

void Searches::hear(Instant now, NodeId from, const Hit& hit, Directory& directory, Out& out) {
  (void)directory.heard(now, from);
  const auto long_title = [](const Listing& file) {
    return file.title.size() > longest_text || file.size > largest_file;
  };
  if (!directory.is_other(hit.owner) || hit.files.empty() || hit.files.size() > most_listings ||
      std::any_of(hit.files.begin(), hit.files.end(), long_title))
    return;
  const auto mine = std::find_if(open_.begin(), open_.end(),
                                 [&](const Open& open) { return open.query == hit.query; });
  if (mine == open_.end()) return send_back(hit, directory, out);
  if (!take(hit, *mine)) {
    if (mine->request || mine->settles) return;
    mine->settles = now + config_.settles_after;
    return arm(out);
  }
  end(static_cast<std::size_t>(mine - open_.begin()), out);
  next(now, directory, out);
}

// True when it has as many as it takes.
bool Searches::take(const Hit& hit, Open& open) const {
  for (const Listing& file : hit.files) {
    if (open.sources.size() >= config_.max_hits) return true;
    Source source{.owner = hit.owner, .file = file};
    if (std::find(open.sources.begin(), open.sources.end(), source) == open.sources.end())
      open.sources.push_back(std::move(source));
  }
  return open.sources.size() >= config_.max_hits;
}

void Searches::send_back(const Hit& hit, Directory& directory, Out& out) {
  Seen::Trace* trace = seen_.find(hit.query);
  if (trace == nullptr || trace->from == self_ || trace->hits >= config_.max_hits) return;
  if (!directory.neighbours().contains(trace->from)) return;
  ++trace->hits;
  out.push_back(Send<Message>{.to = trace->from, .message = hit});
}

}  // namespace lockstep::flood
