#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/flood/flood_for_tests.hpp"

namespace lockstep::flood {
namespace {

// Five chunks, the last one short.
std::string text() {
  std::string text;
  for (std::uint32_t i = 0; i < 4 * chunk_size + 100; ++i)
    text += static_cast<char>((i * 7 + i / 251) % 256);
  return text;
}
const std::string song = text();
const FileId id = id_of(manifest_of(song));

Message chunk(std::uint32_t number) {
  return Chunk{id,
               number,
               {.bytes = song.substr(std::size_t{number} * chunk_size, chunk_size), .known = {}}};
}
ManifestPart part(std::vector<std::uint8_t> have = {}) {
  const Manifest manifest = manifest_of(song);
  return {id, manifest.size, manifest.whole, 0, manifest.chunks, std::move(have)};
}

template <class T>
std::vector<T> sent(const Out& out, std::uint32_t to) {
  std::vector<T> found;
  for (const auto& effect : out) {
    const auto* send = std::get_if<Send<Message>>(&effect);
    if (send == nullptr || send->to != NodeId(to)) continue;
    if (const auto* message = std::get_if<T>(&send->message)) found.push_back(*message);
  }
  return found;
}
template <class T>
std::vector<T> noticed(const Out& out) {
  std::vector<T> found;
  for (const auto& effect : out) {
    const auto* notify = std::get_if<Notify<Notice>>(&effect);
    if (notify != nullptr && std::holds_alternative<T>(notify->notice))
      found.push_back(std::get<T>(notify->notice));
  }
  return found;
}
std::vector<Record> written(const Out& out) {
  std::vector<Record> found;
  for (const auto& effect : out) {
    if (const auto* persist = std::get_if<Persist<Record>>(&effect))
      found.insert(found.end(), persist->records.begin(), persist->records.end());
  }
  return found;
}
std::vector<std::uint32_t> numbers(const std::vector<ChunkWanted>& wanted) {
  std::vector<std::uint32_t> out;
  for (const auto& each : wanted) out.push_back(each.number);
  return out;
}

const Instant t2 = t1 + milliseconds(200);

// Asked to fetch the song, which these say they have: what is done when it settles for some.
Out begin(Flood& peer, const std::vector<std::uint32_t>& owners) {
  const Out asked = step(peer, t1, request(9, Fetch{"song"}));
  const QueryId query = noticed<QueryStarted>(asked).at(0).query;
  Out first{set(Timer::search, 2, t2)};
  for (const auto owner : owners) {
    CHECK(step(peer, t1, from(1, Hit{query, NodeId(owner), {listing("song", song)}})) == first);
    first.clear();
  }
  return step(peer, t2, fired(Timer::search, 2));
}

TEST_CASE("a fetch searches, takes the manifest, and asks for chunks within its window") {
  Flood peer = linked(3, {1, 2});
  CHECK(sent<ManifestWanted>(begin(peer, {5}), 5) == std::vector{ManifestWanted{id, 0}});
  const Out out = step(peer, t2, from(5, part()));
  CHECK(written(out) == std::vector<Record>{Begun{"song", manifest_of(song)}});
  CHECK(numbers(sent<ChunkWanted>(out, 5)) == std::vector<std::uint32_t>{0, 1, 2, 3});
}

TEST_CASE("hits that come after a fetch has settled are further sources") {
  Flood peer = linked(3, {1, 2});
  const Out asked = step(peer, t1, request(9, Fetch{"song"}));
  const QueryId query = noticed<QueryStarted>(asked).at(0).query;
  const auto hit = [&](std::uint32_t owner, const std::string& content) {
    return from(1, Hit{query, NodeId(owner), {listing("song", content)}});
  };
  (void)step(peer, t1, hit(5, song));
  const Out settled = step(peer, t2, fired(Timer::search, 2));
  CHECK(sent<ManifestWanted>(settled, 5).size() == 1);
  CHECK(std::count(settled.begin(), settled.end(), set(Timer::search, 3, t1 + seconds(1))) == 1);
  SUBCASE("of the same file") {
    (void)step(peer, t2, from(5, part()));
    CHECK(step(peer, t2, hit(6, song)).empty());
    const Out ended = step(peer, t1 + seconds(1), fired(Timer::search, 3));
    CHECK(noticed<SearchEnded>(ended).size() == 1);
    CHECK(sent<ManifestWanted>(ended, 5).empty());
    CHECK(sent<ManifestWanted>(ended, 6).size() == 1);
  }
  SUBCASE("another file that more have is chosen as long as nothing is verified") {
    (void)step(peer, t2, hit(6, "another song"));
    (void)step(peer, t2, hit(7, "another song"));
    const Out ended = step(peer, t1 + seconds(1), fired(Timer::search, 3));
    const auto wanted = sent<ManifestWanted>(ended, 6);
    REQUIRE(wanted.size() == 1);
    CHECK(wanted[0].file == listing("song", "another song").file);
    CHECK(step(peer, t1 + seconds(1), from(5, part())).empty());
  }
  SUBCASE("but not afterwards") {
    (void)step(peer, t2, from(5, part()));
    (void)step(peer, t2, hit(6, "another song"));
    (void)step(peer, t2, hit(7, "another song"));
    const Out ended = step(peer, t1 + seconds(1), fired(Timer::search, 3));
    CHECK(sent<ManifestWanted>(ended, 6).empty());
  }
}

TEST_CASE("a chunk counts when it is durable, and the file is offered when all are") {
  Flood peer = linked(3, {1, 2});
  (void)begin(peer, {5});
  (void)step(peer, t2, from(5, part()));
  (void)step(peer, t2, durable(1));
  for (std::uint32_t number = 0; number < 5; ++number) {
    const Out out = step(peer, t2, from(5, chunk(number)));
    CHECK(written(out).size() == 1);
    CHECK(noticed<Progress>(out).empty());
    CHECK(sent<NotHere>(step(peer, t2, from(6, ChunkWanted{id, number})), 6).size() == 1);
  }
  const Out four = step(peer, t2, durable(5));
  CHECK(noticed<Progress>(four).size() == 4);
  CHECK(written(four).empty());
  CHECK(sent<Chunk>(step(peer, t2, from(6, ChunkWanted{id, 3})), 6).size() == 1);
  const Out all = step(peer, t2, durable(6));
  CHECK(written(all) == std::vector<Record>{Offered{"song", manifest_of(song)}});
  CHECK(peer.index().size() == 0);
  const Out done = step(peer, t2, durable(7));
  CHECK(noticed<FileFinished>(done).size() == 1);
  CHECK(done.back() == answer(9, Fetched{id}));
  CHECK(peer.index().find("song") != nullptr);
}

TEST_CASE("no more is asked for than may wait for the disk") {
  Config config = quiet();
  config.transfer.window = 2;
  config.transfer.max_writing = 1;
  Flood peer = linked(3, {1, 2}, config);
  (void)begin(peer, {5});
  (void)step(peer, t2, from(5, part()));
  (void)step(peer, t2, durable(1));
  CHECK(sent<ChunkWanted>(step(peer, t2, from(5, chunk(0))), 5).empty());
  CHECK(sent<ChunkWanted>(step(peer, t2, from(5, chunk(1))), 5).empty());
  CHECK(sent<ChunkWanted>(step(peer, t2, durable(2)), 5).empty());
  CHECK(numbers(sent<ChunkWanted>(step(peer, t2, durable(3)), 5)) ==
        std::vector<std::uint32_t>{2, 3});
}

TEST_CASE("a false chunk is not kept, and its sender is asked no more; another one is") {
  Flood peer = linked(3, {1, 2});
  (void)begin(peer, {5, 6});
  (void)step(peer, t2, from(5, part()));
  (void)step(peer, t2, from(6, part()));
  Chunk bad = std::get<Chunk>(chunk(0));
  bad.content.bytes = std::string(chunk_size, '!');
  const Out out = step(peer, t2, from(5, bad));
  CHECK(written(out).empty());
  CHECK(noticed<SourceDropped>(out) ==
        std::vector{SourceDropped{id, NodeId(5), Flaw::false_chunk}});
  CHECK(numbers(sent<ChunkWanted>(out, 6)) == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(step(peer, t2, from(5, chunk(1))).empty());
  bad.number = 0;
  bad.content.bytes = song.substr(0, 10);
  CHECK(noticed<SourceDropped>(step(peer, t2, from(6, bad))).size() == 1);
}

TEST_CASE("nobody's chunk is taken that was not asked for") {
  Flood peer = linked(3, {1, 2});
  (void)begin(peer, {5});
  (void)step(peer, t2, from(5, part()));
  CHECK(step(peer, t2, from(5, chunk(4))).empty());  // beyond the window
  CHECK(step(peer, t2, from(6, chunk(0))).empty());
  CHECK(written(step(peer, t2, from(5, chunk(0)))).size() == 1);
  CHECK(step(peer, t2, from(5, chunk(0))).empty());  // twice
}

TEST_CASE("a manifest that does not hash to the file is known for it") {
  Flood peer = linked(3, {1, 2});
  (void)begin(peer, {5});
  ManifestPart lie = part();
  lie.chunks[2] = Hash{};
  const Out out = step(peer, t2, from(5, lie));
  CHECK(written(out).empty());
  CHECK(noticed<SourceDropped>(out).at(0).flaw == Flaw::false_manifest);
  for (auto change :
       {+[](ManifestPart& p) { p.size = largest_file + 1; }, +[](ManifestPart& p) { p.first = 1; },
        +[](ManifestPart& p) { p.chunks.clear(); },
        +[](ManifestPart& p) { p.chunks.resize(most_hashes + 1); },
        +[](ManifestPart& p) { p.whole = Hash{}; }}) {
    Flood other = linked(3, {1, 2});
    (void)begin(other, {5});
    lie = part();
    change(lie);
    CHECK(noticed<SourceDropped>(step(other, t2, from(5, lie))).size() == 1);
  }
}

TEST_CASE("the rarest chunk is asked for first") {
  Flood peer = linked(3, {1, 2});
  (void)begin(peer, {5, 6});
  (void)step(peer, t2, from(5, part({0b00011})));
  const Out out = step(peer, t2, from(6, part()));
  CHECK(numbers(sent<ChunkWanted>(out, 6)) == std::vector<std::uint32_t>{2, 3, 4});
}

TEST_CASE("a slow supplier's chunks go to another, and it is dropped when it stays slow") {
  Flood peer = linked(3, {1, 2});
  (void)begin(peer, {5, 6});
  (void)step(peer, t2, from(5, part()));                      // asked for 0 to 3
  (void)step(peer, t2 + milliseconds(500), from(6, part()));  // asked for 4
  std::uint32_t dropped = 0;
  Instant now = t2;
  for (std::uint64_t epoch = 1; epoch < 40; ++epoch) {
    now = now + milliseconds(250);
    const Out out = step(peer, now, fired(Timer::transfer, epoch));
    for (const auto& each : sent<ChunkWanted>(out, 6))
      (void)step(peer, now, from(6, chunk(each.number)));
    for (const auto& each : noticed<SourceDropped>(out)) dropped += each.peer == NodeId(5);
  }
  CHECK(dropped <= 1);
}

TEST_CASE("a peer that starts again goes on from what was durable") {
  const std::vector<Record> before{Begun{"song", manifest_of(song)},
                                   Kept{id, 1, std::get<Chunk>(chunk(1)).content}, Kept{id, 3, {}}};
  CHECK(flaw_in(before).empty());
  Flood peer = linked(3, {1, 2}, quiet(), before);
  REQUIRE(peer.transfers().fetching().size() == 1);
  CHECK(peer.transfers().fetching()[0].kept == 2);
  CHECK(sent<Chunk>(step(peer, t1, from(6, ChunkWanted{id, 3})), 6).size() == 1);
  const auto map = sent<ManifestPart>(step(peer, t1, from(6, ManifestWanted{id, 5})), 6);
  CHECK(map.at(0).have == std::vector<std::uint8_t>{0b01010});
}

TEST_CASE("a fetch of which only the last word was missing says it") {
  std::vector<Record> before{Begun{"empty", manifest_of("")}};
  Flood peer(NodeId(3), 20, quiet(), {}, 1);
  const Out out = step(peer, t1, Started<Record>{before});
  CHECK(written(out) == std::vector<Record>{Offered{"empty", manifest_of("")}});
  CHECK(noticed<FileFinished>(step(peer, t1, durable(1))).size() == 1);
}

TEST_CASE("records that no peer writes are told with a reason") {
  const Manifest manifest = manifest_of(song);
  const Begun begun{"song", manifest};
  CHECK(flaw_in({begun, Offered{"song", manifest}}) != "");
  CHECK(flaw_in({Kept{id, 0, {}}}) != "");
  CHECK(flaw_in({begun, Kept{id, 5, {}}}) != "");
  CHECK(flaw_in({begun, Withdrawn{"song"}, Kept{id, 1, {}}}) != "");
  CHECK(flaw_in({Begun{"../song", manifest}}) != "");
  Manifest short_one = manifest;
  short_one.chunks.pop_back();
  CHECK(flaw_in({Offered{"song", short_one}}) != "");
  std::vector<Record> whole{begun};
  for (std::uint32_t i = 0; i < 5; ++i) whole.push_back(Kept{id, i, {}});
  whole.push_back(Offered{"song", manifest});
  CHECK(flaw_in(whole) == "");
  CHECK(flaw_in({Offered{"song", manifest}, Withdrawn{"song"}}) == "");
}

TEST_CASE("what users ask is refused with a reason, or done when it is durable") {
  Flood peer = linked(3, {1, 2});
  const auto refused = [&](Request what) {
    const Out out = step(peer, t1, request(1, std::move(what)));
    const auto* answer = out.size() == 1 ? std::get_if<Answer<Reply>>(&out[0]) : nullptr;
    return answer != nullptr && std::holds_alternative<Refused>(answer->reply);
  };
  CHECK(refused(Fetch{"../song"}));
  CHECK(refused(Share{"a/b", manifest_of("x")}));
  CHECK(refused(Share{"a", {}}) == false);  // an empty file
  CHECK(refused(Share{"b", {.size = 5, .whole = {}, .chunks = {}}}));
  CHECK(refused(Unshare{"b"}));
  const Out out = step(peer, t1, request(2, Share{"b", manifest_of("x")}));
  CHECK(written(out).size() == 1);
  CHECK(peer.index().find("b") == nullptr);
  CHECK(step(peer, t1, durable(2)).back() == answer(2, Done{}));
  CHECK(peer.index().find("b") != nullptr);
  CHECK(step(peer, t1, request(3, Fetch{"b"})) == Out{answer(3, Fetched{id_of(manifest_of("x"))})});
  CHECK(written(step(peer, t1, request(4, Unshare{"b"}))) == std::vector<Record>{Withdrawn{"b"}});
  CHECK(peer.index().find("b") == nullptr);
  CHECK(step(peer, t1, durable(3)) == Out{answer(4, Done{})});
}

TEST_CASE("a fetch that nobody can serve fails in the end") {
  Config config = quiet();
  config.transfer.max_searches = 2;
  Flood peer = linked(3, {1}, config);
  (void)step(peer, t1, request(9, Fetch{"song"}));
  (void)step(peer, t1 + seconds(1), fired(Timer::search, 1));
  (void)step(peer, t1 + seconds(2), fired(Timer::transfer, 1));
  const Out out = step(peer, t1 + seconds(3), fired(Timer::search, 2));
  CHECK(peer.transfers().fetching().empty());
  bool refused = false;
  for (const auto& effect : out) refused = refused || effect == answer(9, Refused{"nobody has it"});
  CHECK(refused);
}

TEST_CASE("what a name stood for before is sent no more") {
  Flood peer = linked(1, {2}, {}, {offered("song", song)});
  CHECK(sent<Chunk>(step(peer, t1, from(2, ChunkWanted{id, 0})), 2).size() == 1);
  (void)step(peer, t1, request(1, Share{"song", manifest_of("another")}));
  (void)step(peer, t1, durable(1));
  CHECK(sent<Chunk>(step(peer, t1, from(2, ChunkWanted{id, 0})), 2).empty());
  const FileId other = id_of(manifest_of("another"));
  CHECK(sent<Chunk>(step(peer, t1, from(2, ChunkWanted{other, 0})), 2).size() == 1);
}

}  // namespace
}  // namespace lockstep::flood
