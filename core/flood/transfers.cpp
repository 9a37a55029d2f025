// Transfers: what is durable, and what users ask.
#include "core/flood/transfers.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"
#include "core/flood/names.hpp"

namespace lockstep::flood {

void Transfers::restore(const std::vector<Record>& records) {
  check(flaw_in(records).empty(), "the records were looked at before they got here");
  for (const Record& record : records) {
    std::visit(Overloaded{
                   [&](const Begun& begun) {
                     withdraw(begun.title);
                     Fetching& fetching = fetching_.emplace_back();
                     fetching.title = begun.title;
                     fetching.max_writing = config_.max_writing;
                     fetching.file = id_of(begun.manifest);
                     fetching.manifest = begun.manifest;
                     fetching.verify();
                   },
                   [&](const Kept& kept) {
                     Fetching* fetching = find(kept.file);
                     if (fetching == nullptr || fetching->durable.test(kept.number)) return;
                     fetching->durable.set(kept.number);
                     fetching->taken.set(kept.number);
                     ++fetching->kept;
                   },
                   [&](const Offered& offered) { offer(offered); },
                   [&](const Withdrawn& withdrawn) { withdraw(withdrawn.title); },
               },
               record);
  }
}

void Transfers::start(Instant now, Out& out) {
  for (Fetching& fetching : fetching_) {
    fetching.search_at = now;
    finish(fetching, out);
  }
}

void Transfers::write(Record record, std::optional<RequestId> request, Out& out) {
  ++issued_;
  Writing writing{.seq = issued_, .record = record, .request = request};
  if (auto* kept = std::get_if<Kept>(&writing.record)) kept->content = {};
  writing_.push_back(std::move(writing));
  out.push_back(Persist<Record>{{std::move(record)}});
}

void Transfers::persisted(Instant now, RecordSeq upto, Out& out) {
  std::size_t down = 0;
  while (down < writing_.size() && writing_[down].seq <= upto) ++down;
  const std::vector<Writing> settle(
      std::make_move_iterator(writing_.begin()),
      std::make_move_iterator(writing_.begin() + static_cast<std::ptrdiff_t>(down)));
  writing_.erase(writing_.begin(), writing_.begin() + static_cast<std::ptrdiff_t>(down));
  for (const Writing& writing : settle) settled(now, writing, out);
  for (Fetching& fetching : fetching_) work(now, fetching, out);
}

void Transfers::settled(Instant, const Writing& writing, Out& out) {
  const auto answer = [&](Reply reply) {
    if (writing.request)
      out.push_back(Answer<Reply>{.id = *writing.request, .reply = std::move(reply)});
  };
  std::visit(Overloaded{
                 [&](const Begun& begun) {
                   if (const std::size_t place = place_of(begun.title); place < fetching_.size())
                     finish(fetching_[place], out);
                 },
                 [&](const Kept& done) { kept(done, out); },
                 [&](const Offered& offered) {
                   const std::size_t place = place_of(offered.title);
                   const FileId file = id_of(offered.manifest);
                   if (place >= fetching_.size() || !fetching_[place].finishing) {
                     offer(offered);
                     return answer(Done{});
                   }
                   const auto request = fetching_[place].request;  // it may have come late
                   forget(place);
                   offer(offered);
                   out.push_back(Notify<Notice>{FileFinished{file}});
                   if (request)
                     out.push_back(Answer<Reply>{.id = *request, .reply = Fetched{file}});
                 },
                 [&](const Withdrawn&) { answer(Done{}); },
             },
             writing.record);
}

void Transfers::kept(const Kept& kept, Out& out) {
  Fetching* fetching = find(kept.file);
  if (fetching == nullptr) return;
  --fetching->writing;
  fetching->durable.set(kept.number);
  ++fetching->kept;
  out.push_back(Notify<Notice>{
      Progress{.file = kept.file, .have = fetching->kept, .chunks = fetching->chunks()}});
  finish(*fetching, out);
}

// When all is durable. Every chunk has the hash of the manifest that the file's id names, so the
// file is the one that was asked for.
void Transfers::finish(Fetching& fetching, Out& out) {
  if (!fetching.verified || fetching.finishing || fetching.kept < fetching.chunks()) return;
  fetching.finishing = true;
  write(Offered{fetching.title, fetching.manifest}, std::nullopt, out);
}

// What had the name before is offered no more.
void Transfers::offer(const Offered& offered) {
  withdraw(offered.title);
  const FileId file = id_of(offered.manifest);
  index_.put({offered.title, file, offered.manifest.size});
  offered_[file] = offered.manifest;
}

// Neither offered nor on its way any more.
void Transfers::withdraw(const std::string& title) {
  if (const std::size_t place = place_of(title); place < fetching_.size()) forget(place);
  const Listing* listing = index_.find(title);
  if (listing == nullptr) return;
  const FileId file = listing->file;
  index_.remove(title);
  const auto& rest = index_.files();
  if (std::none_of(rest.begin(), rest.end(), [&](const Listing& l) { return l.file == file; }))
    offered_.erase(file);
}

void Transfers::forget(std::size_t place) {
  fetching_.erase(fetching_.begin() + static_cast<std::ptrdiff_t>(place));
}

void Transfers::fail(std::size_t place, std::string why, Out& out) {
  const Fetching fetching = std::move(fetching_[place]);
  forget(place);
  if (fetching.verified) write(Withdrawn{fetching.title}, std::nullopt, out);
  if (fetching.request)
    out.push_back(Answer<Reply>{.id = *fetching.request, .reply = Refused{std::move(why)}});
}

void Transfers::share(RequestId request, const Share& share, Out& out) {
  const auto refuse = [&](std::string_view why) {
    out.push_back(Answer<Reply>{.id = request, .reply = Refused{std::string(why)}});
  };
  if (const auto why = refusal_of_name(share.title); !why.empty()) return refuse(why);
  if (!sound(share.manifest)) return refuse("its manifest has not the chunks of its size");
  if (place_of(share.title) < fetching_.size()) return refuse("a file of that name is on its way");
  if (index_.size() + writing_.size() >= config_.max_files)
    return refuse("as many files are offered as this peer takes");
  write(Offered{share.title, share.manifest}, request, out);
}

void Transfers::unshare(RequestId request, const Unshare& unshare, Out& out) {
  if (index_.find(unshare.title) == nullptr) {
    out.push_back(
        Answer<Reply>{.id = request, .reply = Refused{"no file of that name is offered"}});
    return;
  }
  withdraw(unshare.title);
  write(Withdrawn{unshare.title}, request, out);
}

void Transfers::fetch(Instant now, RequestId request, const Fetch& fetch, Out& out) {
  const auto answer = [&](Reply reply) {
    out.push_back(Answer<Reply>{.id = request, .reply = std::move(reply)});
  };
  if (const auto why = refusal_of_name(fetch.title); !why.empty())
    return answer(Refused{std::string(why)});
  if (const Listing* here = index_.find(fetch.title)) return answer(Fetched{here->file});
  if (const std::size_t place = place_of(fetch.title); place < fetching_.size()) {
    if (fetching_[place].request) return answer(Refused{"it is on its way already"});
    fetching_[place].request = request;  // begun before a restart
    return;
  }
  if (is_written(fetch.title)) return answer(Refused{"a file of that name is being shared"});
  if (fetching_.size() >= config_.max_fetches)
    return answer(Refused{"as many files are on their way as this peer takes"});
  Fetching& fetching = fetching_.emplace_back();
  fetching.title = fetch.title;
  fetching.max_writing = config_.max_writing;
  fetching.request = request;
  fetching.search_at = now;
}

// Of what is not down yet.
bool Transfers::is_written(const std::string& title) const {
  return std::any_of(writing_.begin(), writing_.end(), [&](const Writing& writing) {
    const auto* offered = std::get_if<Offered>(&writing.record);
    return offered != nullptr && offered->title == title;
  });
}

std::size_t Transfers::place_of(std::string_view title) const {
  const auto same = [&](const Fetching& fetching) { return fetching.title == title; };
  return static_cast<std::size_t>(std::find_if(fetching_.begin(), fetching_.end(), same) -
                                  fetching_.begin());
}

Fetching* Transfers::find(const FileId& file) {
  for (Fetching& fetching : fetching_) {
    if (fetching.file == file && fetching.verified) return &fetching;
  }
  return nullptr;
}

std::optional<Listing> Transfers::partly(std::string_view title) const {
  const std::size_t place = place_of(title);
  if (place >= fetching_.size() || fetching_[place].kept == 0) return std::nullopt;
  const Fetching& fetching = fetching_[place];
  return Listing{fetching.title, *fetching.file, fetching.manifest.size};
}

bool Transfers::banned(NodeId node) const {
  return std::find(banned_.begin(), banned_.end(), node) != banned_.end();
}

}  // namespace lockstep::flood
