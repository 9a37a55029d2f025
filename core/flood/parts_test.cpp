// The parts that have no alarms and send nothing: names, index, manifest, memory, allowance.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "core/base/random.hpp"
#include "core/base/sha256.hpp"
#include "core/flood/allowance.hpp"
#include "core/flood/index.hpp"
#include "core/flood/manifest.hpp"
#include "core/flood/names.hpp"
#include "core/flood/seen.hpp"

namespace lockstep::flood {
namespace {

TEST_CASE("a name is no path, and not hidden") {
  CHECK(refusal_of_name("video especial.mp4").empty());
  CHECK(refusal_of_name("a..b").empty());
  for (const char* bad : {"", ".", "..", ".hidden", "../up", "a/b", "a\\b", "a\nb", "\x7F"})
    CHECK_FALSE(refusal_of_name(bad).empty());
  CHECK_FALSE(refusal_of_name(std::string("a\0b", 3)).empty());
  CHECK(refusal_of_name(std::string(128, 'x')).empty());
  CHECK_FALSE(refusal_of_name(std::string(129, 'x')).empty());
}

TEST_CASE("words are runs of letters and digits, in lower case, each once") {
  CHECK(words_of("Video_Especial-2.MP4 video") ==
        std::vector<std::string>{"2", "especial", "mp4", "video"});
  CHECK(words_of("--").empty());
  CHECK(words_of("canci\xC3\xB3n") == std::vector<std::string>{"canci\xC3\xB3n"});
}

Listing file(const std::string& title, std::uint64_t size = 1) {
  return {title, {sha256(title)}, size};
}

TEST_CASE("an index finds by name, by all words, and forgets what is removed") {
  Index index;
  for (const char* title : {"red song.mp3", "blue song.mp3", "red car.png"}) index.put(file(title));
  CHECK(index.find(By::name, "red song.mp3", 9) == std::vector<Listing>{file("red song.mp3")});
  CHECK(index.find(By::name, "red", 9).empty());
  CHECK(index.find(By::words, "SONG mp3", 9).size() == 2);
  CHECK(index.find(By::words, "song", 1) == std::vector<Listing>{file("blue song.mp3")});
  CHECK(index.find(By::words, "red song", 9) == std::vector<Listing>{file("red song.mp3")});
  CHECK(index.find(By::words, "green song", 9).empty());
  CHECK(index.find(By::words, "...", 9).empty());
  index.put(file("red song.mp3", 2));
  CHECK(index.size() == 3);
  CHECK(index.find("red song.mp3")->size == 2);
  index.remove("red song.mp3");
  index.remove("no such file");
  CHECK(index.find(By::words, "red", 9) == std::vector<Listing>{file("red car.png")});
}

TEST_CASE("an index agrees with a look at every name") {
  Random random(1);
  const std::vector<std::string> words{"a", "bb", "c", "dd", "e"};
  const auto some = [&] {
    std::string text = random.pick(words);
    while (random.below(3) != 0) text += " " + random.pick(words);
    return text;
  };
  Index index;
  for (int turn = 0; turn < 2000; ++turn) {
    const std::string title = some();
    if (random.below(3) == 0) {
      index.remove(title);
    } else {
      index.put(file(title));
    }
    const std::string text = some();
    const auto wanted = words_of(text);
    std::vector<Listing> found;
    for (const Listing& each : index.files()) {
      const auto has = words_of(each.title);
      if (std::includes(has.begin(), has.end(), wanted.begin(), wanted.end()))
        found.push_back(each);
    }
    REQUIRE(index.find(By::words, text, 1000) == found);
  }
}

TEST_CASE("a manifest has a hash for each chunk, one for all, and one of its own") {
  const std::string content(2 * chunk_size + 5, 'x');
  const Manifest manifest = manifest_of(content);
  CHECK(manifest.chunks.size() == 3);
  CHECK(manifest.chunks[0] == manifest.chunks[1]);
  CHECK(manifest.chunks[2] == sha256("xxxxx"));
  CHECK(manifest.whole == sha256(content));
  CHECK(sound(manifest));
  CHECK(size_of_chunk(manifest.size, 0) == chunk_size);
  CHECK(size_of_chunk(manifest.size, 2) == 5);
  CHECK(manifest_of("").chunks.empty());
  Manifest other = manifest;
  other.chunks.pop_back();
  CHECK_FALSE(sound(other));
  CHECK_FALSE(id_of(other) == id_of(manifest));
  other = manifest;
  other.size = largest_file + 1;
  CHECK_FALSE(sound(other));
}

TEST_CASE("an allowance is a burst, and then the rate") {
  Allowance allowance;
  Instant now = Instant() + seconds(5);
  for (int i = 0; i < 4; ++i) CHECK(allowance.take(now, milliseconds(100), 4));
  CHECK_FALSE(allowance.take(now, milliseconds(100), 4));
  CHECK_FALSE(allowance.take(now + milliseconds(99), milliseconds(100), 4));
  CHECK(allowance.take(now + milliseconds(100), milliseconds(100), 4));
  CHECK_FALSE(allowance.take(now + milliseconds(100), milliseconds(100), 4));
  int taken = 0;
  for (int ms = 0; ms < 10'000; ++ms)
    taken += allowance.take(now + seconds(60) + milliseconds(ms), milliseconds(100), 4);
  CHECK(taken == 100 + 3);
}

TEST_CASE("what was seen is remembered at least so long, and at most twice that") {
  for (std::int64_t at = 0; at < 40; ++at) {
    Seen seen;
    const Instant first = Instant() + seconds(at);
    for (std::int64_t s = 0; s <= at; ++s)
      (void)seen.note(Instant() + seconds(s), QueryId(1000 + static_cast<std::uint64_t>(s)),
                      NodeId(1), seconds(10), 100);
    CHECK(seen.note(first, QueryId(1), NodeId(2), seconds(10), 100) == Seen::Noted::first);
    Seen early = seen, late = seen;
    CHECK(early.note(first + milliseconds(9'999), QueryId(1), NodeId(3), seconds(10), 100) ==
          Seen::Noted::again);
    CHECK(early.find(QueryId(1))->from == NodeId(2));
    CHECK(late.note(first + seconds(20), QueryId(1), NodeId(3), seconds(10), 100) ==
          Seen::Noted::first);
  }
}

}  // namespace
}  // namespace lockstep::flood
