#include "node/files/files_host.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/overloaded.hpp"
#include "node/files/chunk_message.hpp"
#include "node/files/hashing.hpp"
#include "node/guest/true_random.hpp"

namespace lockstep::node {
namespace {

using flood::FileId, flood::Record;

// A wave costs two syncs, one of them while nothing else is done, so small ones wait for more.
constexpr std::size_t large_wave = 128;  // chunks
constexpr auto longest_wait = std::chrono::milliseconds(20);
// A burst takes in a whole window of chunks. If it asked for the next ones only at its end, one of
// the two peers would always wait for the other.
constexpr std::uint64_t asked_at_a_time = 4;

flood::Flood machine_of(const Config& config) {
  std::vector<NodeId> others;
  for (const Member& member : config.members) {
    if (member.id != config.id) others.push_back(member.id);
  }
  return {config.id, static_cast<std::uint32_t>(config.members.size()), config.files.machine,
          others, true_random()};
}

std::string folder_of(const Config& config) {
  return config.files.shared.empty() ? config.data + "/files/shared" : config.files.shared;
}

std::uint64_t place_of(std::uint32_t number) { return std::uint64_t{number} * flood::chunk_size; }

bool copy(const Descriptor& from, const Descriptor& to, std::uint64_t size) {
  std::string piece(flood::chunk_size, '\0');
  for (std::uint64_t at = 0; at < size; at += piece.size()) {
    piece.resize(std::min<std::uint64_t>(size - at, flood::chunk_size));
    if (!read_at(from, at, piece.data(), piece.size()) || !write_at(to, at, piece)) return false;
  }
  return true;
}

}  // namespace

FilesHost::FilesHost(net::asio::io_context& io, const Config& config, net::LogStore& store,
                     net::Log& log, Carry carry, Hurry hurry)
    : GuestHost(io, machine_of(config), store, Duration(), std::move(carry)),
      log_(log),
      hurry_(std::move(hurry)),
      shelf_(folder_of(config)),
      recovered_(recover_files(store, shelf_)),
      on_their_way_(recovered_.on_their_way),
      wave_timer_(io),
      worker_(io) {
  if (recovered_.lost > 0)
    log_.warning("chunks are not on the disk as the log says, and are fetched again",
                 {{"chunks", recovered_.lost}});
}

void FilesHost::start() {
  if (!on_their_way_.empty())
    log_.info("goes on with files on their way",
              {{"files", on_their_way_.size()}, {"chunks", recovered_.kept}});
  begin(std::move(recovered_.records));
}

void FilesHost::reopen() {
  shelf_.forget_offered();
  served_ = {};
}

const flood::Fetching* FilesHost::fetching(const FileId& file) const {
  for (const flood::Fetching& each : machine().transfers().fetching()) {
    if (each.verified && each.file == file) return &each;
  }
  return nullptr;
}

bool FilesHost::deliver(NodeId from, std::string_view bytes) {
  if (!is_chunk(bytes)) return GuestHost::deliver(from, bytes);
  const auto chunk = read_chunk(bytes);
  if (!chunk) return false;
  const flood::Fetching* const fetch = fetching(chunk->file);
  const auto* supplier = fetch == nullptr ? nullptr : fetch->suppliers.find(from);
  if (supplier == nullptr || !supplier->asked.contains(chunk->number)) return true;  // nobody asked
  flood::Content content;
  content.known = {fast_sha256(chunk->content), static_cast<std::uint32_t>(chunk->content.size())};
  if (content.known->hash == fetch->manifest.chunks[chunk->number]) {
    ++counts_.chunks_received;
    counts_.bytes_received += chunk->content.size();
    if (!has_room() || !keep(*fetch, chunk->number, chunk->content)) return true;
  } else {
    ++counts_.false_chunks;
  }
  receive(from, flood::Chunk{chunk->file, chunk->number, std::move(content)});
  return true;
}

// Where there is no room it is as if the chunk were lost.
bool FilesHost::keep(const flood::Fetching& fetching, std::uint32_t number,
                     std::string_view content) {
  const auto file = on_their_way_.find(fetching.title);
  if (file != on_their_way_.end() && write_at(*file->second, place_of(number), content))
    return true;
  if (++counts_.lost % 1000 == 1)
    log_.warning("the shared folder takes no more; free its disk",
                 {{"folder", shelf_.folder()}, {"chunks_lost", counts_.lost}});
  return false;
}

const FilesHost::Served* FilesHost::served(const FileId& file) {
  if (served_.open && served_.file == file) return &served_;
  for (const flood::Listing& each : machine().index().files()) {
    if (each.file != file) continue;
    served_ = {file, each.size, shelf_.offered(each.title)};
    return served_.open ? &served_ : nullptr;
  }
  const flood::Fetching* const fetch = fetching(file);
  const auto part = fetch == nullptr ? on_their_way_.end() : on_their_way_.find(fetch->title);
  if (part == on_their_way_.end()) return nullptr;
  served_ = {file, fetch->manifest.size, part->second};
  return &served_;
}

void FilesHost::send(NodeId to, flood::Message&& message) {
  const auto* chunk = std::get_if<flood::Chunk>(&message);
  if (chunk == nullptr) {
    const bool searches = std::holds_alternative<flood::Query>(message) ||
                          std::holds_alternative<flood::Hit>(message);
    if (searches && mail_watcher_) mail_watcher_(to, message);
    const bool asks = std::holds_alternative<flood::ChunkWanted>(message);
    GuestHost::send(to, std::move(message));
    if (asks && ++asked_chunks_ % asked_at_a_time == 0) hurry_();
    return;
  }
  const Served* const file = served(chunk->file);
  if (file != nullptr) {
    const std::size_t size = flood::size_of_chunk(file->size, chunk->number);
    message_.clear();
    char* const into = write_chunk(chunk->file, chunk->number, size, message_);
    if (read_at(*file->open, place_of(chunk->number), into, size)) {
      ++counts_.chunks_sent;
      counts_.bytes_sent += size;
      return carry(to, net::Channel::reliable, message_);
    }
  }
  ++counts_.unreadable;
  GuestHost::send(to, flood::NotHere{chunk->file, chunk->number});
}

void FilesHost::persist(std::vector<Record>&& records) {
  for (Record& record : records) {
    const WaveNumber wave = wave_of(record);
    held_.emplace_back(wave, std::move(record));
  }
  release();
  begin_wave();
}

// Which must be over before the record may go down; 0: none.
FilesHost::WaveNumber FilesHost::wave_of(const Record& record) {
  return std::visit(Overloaded{[&](const flood::Begun& e) -> WaveNumber {
                                 on_their_way_.erase(e.title);
                                 if (auto file = shelf_.make(e.title, e.manifest.size))
                                   on_their_way_[e.title] = std::move(file);
                                 return 0;
                               },
                               [&](const flood::Kept& e) -> WaveNumber {
                                 const auto& file = on_their_way_.at(fetching(e.file)->title);
                                 auto& syncs = next_.syncs;
                                 if (std::find(syncs.begin(), syncs.end(), file) == syncs.end())
                                   syncs.push_back(file);
                                 ++next_.chunks;
                                 return begun_ + 1;
                               },
                               [&](const flood::Offered& e) -> WaveNumber {
                                 const auto& all = machine().transfers().fetching();
                                 const bool fetched =
                                     std::any_of(all.begin(), all.end(), [&](const auto& each) {
                                       return each.title == e.title && each.finishing;
                                     });
                                 if (!fetched) return 0;
                                 next_.moves.push_back(move_of(e));
                                 return begun_ + 1;
                               },
                               [&](const flood::Withdrawn& e) -> WaveNumber {
                                 on_their_way_.erase(e.title);
                                 served_ = {};
                                 shelf_.discard(e.title);
                                 return 0;
                               }},
                    record);
}

FilesHost::Move FilesHost::move_of(const flood::Offered& offered) {
  Move move{offered.title, nullptr, offered.manifest.size};
  if (on_their_way_.erase(offered.title) > 0) return move;
  const FileId file = flood::id_of(offered.manifest);
  for (const flood::Listing& each : machine().index().files()) {
    if (each.file == file && !move.copied) move.copied = shelf_.offered(each.title);
  }
  return move;
}

void FilesHost::release() {
  while (!held_.empty() && held_.front().first <= done_) {
    GuestHost::persist({std::move(held_.front().second)});
    held_.pop_front();
  }
}

void FilesHost::begin_wave() {
  if (begun_ > done_ || (next_.syncs.empty() && next_.moves.empty())) return;
  if (next_.chunks >= large_wave || !next_.moves.empty()) return start_wave();
  if (std::exchange(wave_due_, true)) return;
  wave_timer_.expires_after(longest_wait);
  wave_timer_.async_wait([this](const net::ErrorCode& error) {
    if (error) return;
    wave_due_ = false;
    if (begun_ == done_ && !next_.syncs.empty()) start_wave();
  });
}

void FilesHost::start_wave() {
  ++begun_;
  const auto wave = std::make_shared<Wave>(std::exchange(next_, {}));
  worker_.give([this, wave] { do_wave(*wave); },
               [this, wave] {
                 done_ = begun_;
                 ++counts_.syncs;
                 for (std::string& name : wave->failed) gone_.push_back(std::move(name));
                 release();
                 begin_wave();
               });
}

// By the worker.
void FilesHost::do_wave(Wave& wave) const {
  for (const OpenFile& file : wave.syncs) shelf_.sync(*file);
  for (const Move& move : wave.moves) {
    bool good = true;
    if (move.copied) {
      const OpenFile file = shelf_.make(move.title, move.size);
      good = file && copy(*move.copied, *file, move.size);
      if (good) shelf_.sync(*file);
    }
    if (!good || !shelf_.finish(move.title)) wave.failed.push_back(move.title);
  }
}

void FilesHost::written(const Record& record) {
  const auto* offered = std::get_if<flood::Offered>(&record);
  if (offered == nullptr || std::erase(gone_, offered->title) == 0) return;
  log_.warning("a file could not be given its name in the shared folder",
               {{"name", offered->title}});
  // The machine hears first that it is offered.
  net::asio::post(io_, [this, title = offered->title] {
    if (has_room()) ask(flood::Unshare{title}, seconds(60), [](auto&&) {});
  });
}

void FilesHost::notify(flood::Notice&& notice) {
  std::visit(Overloaded{[&](const flood::QueryStarted&) { ++counts_.queries; },
                        [&](const flood::QueryDropped&) { ++counts_.dropped_queries; },
                        [&](const flood::NeighbourJoined& e) {
                          log_.info("has a neighbour for files", {{"peer", e.peer}});
                        },
                        [&](const flood::NeighbourLost& e) {
                          log_.info("lost a neighbour for files", {{"peer", e.peer}});
                        },
                        [&](const flood::SourceDropped& e) {
                          ++counts_.dropped_sources;
                          log_.warning("takes no more of a file from a peer",
                                       {{"file", e.file.hash.hex()},
                                        {"peer", e.peer},
                                        {"reason", name_of(e.flaw)}});
                        },
                        [&](const flood::FileFinished& e) {
                          ++counts_.finished;
                          log_.info("has a file whole", {{"file", e.file.hash.hex()}});
                        },
                        [](const auto&) {}},
             notice);
  if (watcher_) watcher_(notice);
}

}  // namespace lockstep::node
