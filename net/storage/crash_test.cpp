#include <doctest/doctest.h>

#include "net/storage/log_store_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::net;

namespace {

struct Told {
  Records appended;              // in order
  std::size_t acknowledged = 0;  // of them, write() returned for
};

// A short life: opens, checks what is there, appends in batches of 1 to 4 until a segment or two
// are full. Gives up when the disk fails.
void live(FaultyFiles& files, Told& told, Random& random, int batches) {
  Warnings warnings;
  try {
    LogStore store(files, small_log(2048), warnings);
    const Records found = store.take_recovered();
    REQUIRE(is_prefix(found, told.appended));
    REQUIRE(found.size() >= told.acknowledged);
    told.appended = found;
    told.acknowledged = found.size();
    for (int i = 0; i < batches; ++i) {
      for (std::uint64_t left = 1 + random.below(4); left > 0; --left) {
        told.appended.push_back(std::string(random.below(600), 'r') +
                                std::to_string(random.next()));
        store.append(told.appended.back());
      }
      const auto batch = store.take();
      store.write(batch);
      told.acknowledged = told.appended.size();
      store.prepare();
    }
  } catch (const LogDamaged& error) {
    FAIL("a crash is no damage: " << error.what());
  } catch (const StorageFailed&) {
    CHECK(files.fail_at != 0);
  }
}

// A life, cut short at the k-th call, then one more with whatever is left.
void fails_at(std::uint64_t k, bool for_good, bool power, std::uint64_t seed) {
  CAPTURE(k);
  CAPTURE(seed);
  FaultyFiles files;
  files.random = Random(mix_seed(seed, k, 1));
  Random random(mix_seed(seed, 2));
  Told told;
  files.fail_at = k;
  files.fail_for_good = for_good;
  live(files, told, random, 8);
  if (power) files.cut_power();
  files.fail_at = 0;
  live(files, told, random, 2);
  live(files, told, random, 0);
}

std::uint64_t calls_of_a_life(std::uint64_t seed) {
  FaultyFiles files;
  Random random(mix_seed(seed, 2));
  Told told;
  live(files, told, random, 8);
  return files.calls;
}

}  // namespace

TEST_CASE("whichever call fails, what was written is there when it is opened again") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const std::uint64_t calls = calls_of_a_life(seed);
    REQUIRE(calls > 20);
    for (std::uint64_t k = 1; k <= calls; ++k) {
      fails_at(k, false, false, seed);
      fails_at(k, false, true, seed);
    }
  }
}

TEST_CASE("wherever the power is cut, what was written is there when it is opened again") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const std::uint64_t calls = calls_of_a_life(seed);
    for (std::uint64_t k = 1; k <= calls; ++k) fails_at(k, true, true, seed);
  }
}

TEST_CASE("many power cuts in one life, some of them during recovery") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    FaultyFiles files;
    Random random(seed);
    files.random = Random(mix_seed(seed, 3));
    files.fail_for_good = true;
    Told told;
    for (int life = 0; life < 20; ++life) {
      files.fail_at = files.calls + 1 + random.below(random.chance({1, 3}) ? 8 : 60);
      live(files, told, random, 8);
      if (random.chance({3, 4})) files.cut_power();
    }
    files.fail_at = 0;
    live(files, told, random, 1);
  }
}

TEST_CASE("a failed sync is final, also when the next one would succeed") {
  FaultyFiles files;
  Warnings warnings;
  LogStore store(files, small_log(), warnings);
  write_all(store, {"one"});
  store.append("two");
  const auto batch = store.take();
  files.fail_at = files.calls + 2;  // write, sync
  CHECK_THROWS_AS(store.write(batch), StorageFailed);
  const std::uint64_t calls = files.calls;
  CHECK_THROWS_AS(store.write(batch), StorageFailed);
  CHECK(files.calls == calls);
}
