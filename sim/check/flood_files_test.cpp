// Disks and words of peers that keep the rules, and of peers that break each of them.
#include "sim/check/flood_files.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace lockstep::sim {
namespace {

using namespace flood;

const std::string song(flood::chunk_size + 10, 'x');
const Manifest manifest = manifest_of(song);
const FileId song_id = id_of(manifest);

Record kept(std::uint32_t number) {
  return Kept{song_id,
              number,
              {.bytes = song.substr(std::size_t{number} * chunk_size, chunk_size), .known = {}}};
}

struct Stage {
  FloodFiles files;
  Index index;
  NodeId node{1};
  Stage() { files.exists(song); }

  void does(const Event<Alphabet>& event, Out out) { files.stepped({}, node, index, event, out); }
  void writes(Record record) { does(Sampled{}, {Persist<Record>{{std::move(record)}}}); }
  void down(std::uint64_t upto, Out out = {}) { does(Persisted{RecordSeq(upto)}, std::move(out)); }
  bool breaks(const char* rule) {
    return files.violations().size() == 1 && files.violations()[0].rule == rule;
  }
};

Out notice(Notice what) { return {Notify<Notice>{std::move(what)}}; }

TEST_CASE("a file that comes chunk by chunk and is offered when it is down breaks nothing") {
  Stage stage;
  stage.writes(Begun{"song", manifest});
  stage.writes(kept(0));
  stage.down(2, notice(Progress{song_id, 1, 2}));
  stage.does(Sampled{}, {Send<Message>{NodeId(2), Chunk{song_id, 0, {}}}});
  stage.writes(kept(1));
  stage.down(3);
  stage.writes(Offered{"song", manifest});
  stage.index.put({"song", song_id, song.size()});
  stage.down(4, notice(FileFinished{song_id}));
  stage.index.remove("song");
  stage.writes(Withdrawn{"song"});
  stage.down(5);
  CHECK(stage.files.violations().empty());
  CHECK(stage.files.finished() == 1);
  CHECK(stage.files.bytes() == song.size());
}

TEST_CASE("a chunk that is not the source's, or is kept twice") {
  Stage stage;
  stage.writes(Begun{"song", manifest});
  stage.writes(Kept{song_id, 0, {.bytes = std::string(chunk_size, '!'), .known = {}}});
  CHECK(stage.breaks("file differs"));
  Stage beyond;
  beyond.writes(Begun{"song", manifest});
  beyond.writes(Kept{song_id, 2, {}});
  CHECK(beyond.breaks("file differs"));
  Stage twice;
  twice.writes(Begun{"song", manifest});
  twice.writes(kept(0));
  twice.writes(kept(0));
  CHECK(twice.breaks("kept twice"));
}

TEST_CASE("what counts, or is sent, before it is down") {
  Stage counts;
  counts.writes(Begun{"song", manifest});
  counts.writes(kept(0));
  counts.down(1, notice(Progress{song_id, 1, 2}));
  CHECK(counts.breaks("kept before durable"));
  Stage sends;
  sends.writes(Begun{"song", manifest});
  sends.writes(kept(0));
  sends.does(Sampled{}, {Send<Message>{NodeId(2), Chunk{song_id, 0, {}}}});
  CHECK(sends.breaks("kept before durable"));
}

TEST_CASE("what is offered and is not down, or is down and not offered") {
  Stage early;
  early.index.put({"song", song_id, song.size()});
  early.writes(Offered{"song", manifest});
  CHECK(early.breaks("index differs from disk"));
  Stage never;
  never.writes(Offered{"song", manifest});
  never.down(1);
  CHECK(never.breaks("index differs from disk"));
  Stage still;
  still.files.started(still.node, {Offered{"song", manifest}});
  still.index.put({"song", song_id, song.size()});
  still.writes(Withdrawn{"song"});
  CHECK(still.breaks("index differs from disk"));
  Stage half;
  half.writes(Begun{"song", manifest});
  half.writes(kept(0));
  half.down(2, notice(FileFinished{song_id}));
  CHECK(half.breaks("file differs"));
}

}  // namespace
}  // namespace lockstep::sim
