// The write-ahead log, read back after it ended anywhere and after any damage: what is recovered is
// a prefix of what was written that holds everything a later batch proves synced, or the damage is
// named.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "net/storage/log_store.hpp"
#include "net/storage/log_store_for_tests.hpp"
#include "net/storage/segment.hpp"
#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::net;
using namespace lockstep::properties;

namespace {

struct Written {
  FaultyFiles files;
  Records records;
  std::size_t before_last = 0;  // records of all batches but the last
};

void draw_log(Choices& choices, Written& log) {
  Warnings warnings;
  LogStore store(log.files, small_log(1024), warnings);
  for (std::uint64_t batches = 1 + choices.below(6); batches > 0; --batches) {
    Records batch(1 + choices.below(3));
    for (std::string& record : batch) record = choices.text(choices.chance(1, 5) ? 500 : 40) + "!";
    log.before_last = log.records.size();
    write_all(store, batch);
    log.records.insert(log.records.end(), batch.begin(), batch.end());
    if (choices.chance(1, 2)) store.prepare();
  }
}

std::vector<std::string> segments(const FaultyFiles& files) {
  std::vector<std::string> names;
  for (const auto& [name, content] : files.names)
    if (name.find("segment-") != std::string::npos) names.push_back(name);
  return names;
}

// The last file that holds a record.
std::string newest(FaultyFiles& files) {
  std::string found;
  for (const std::string& name : segments(files)) {
    const std::string& bytes = files.at(name).now;
    if (bytes.find_last_not_of('\0') + 1 > storage::header_size("test")) found = name;
  }
  return found;
}

struct Recovered {
  Records records;
  bool refused = false;
};

Recovered recover(FaultyFiles& files) {
  Warnings warnings;
  try {
    return {reopened(files, warnings, small_log(1024)), false};
  } catch (const LogDamaged&) {
    return {{}, true};
  }
}

}  // namespace

TEST_CASE("a log whose newest segment ends anywhere gives a prefix with all synced batches") {
  holds(
      [](Choices& choices) {
        Written log;
        draw_log(choices, log);
        std::string& bytes = log.files.at(newest(log.files)).now;
        // Only the last batch can be under way when the power goes.
        const std::size_t end = bytes.find_last_not_of('\0') + 1;
        std::size_t last_batch = end;
        for (std::size_t i = log.before_last; i < log.records.size(); ++i)
          last_batch -= std::min(last_batch, storage::record_size(log.records[i].size()));
        last_batch = std::max(last_batch, storage::header_size("test"));
        const std::size_t at = last_batch + choices.below(bytes.size() - last_batch + 1);
        note("of " + std::to_string(bytes.size()) + " bytes the first " + std::to_string(at));
        if (choices.chance(1, 2))
          bytes.resize(at);
        else
          std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), '\0');
        const Recovered found = recover(log.files);
        DEMAND(!found.refused);
        DEMAND(is_prefix(found.records, log.records));
        DEMAND(found.records.size() >= log.before_last);
        if (at >= end) DEMAND(found.records == log.records);
        // What was repaired opens again to the same, and takes more.
        Warnings warnings;
        {
          LogStore again(log.files, small_log(1024), warnings);
          DEMAND(again.take_recovered() == found.records);
          write_all(again, {"more"});
        }
        Records more = found.records;
        more.push_back("more");
        DEMAND(recover(log.files).records == more);
      },
      {.cases = 2000});
}

namespace {

enum class Damage { bit, rubbish, misdirected };

void overwrite(Choices& choices, std::string& bytes, std::size_t at, std::size_t size,
               Damage damage) {
  const std::string before = bytes;
  switch (damage) {
    case Damage::bit: bytes[at] = static_cast<char>(bytes[at] ^ (1 << choices.below(8))); break;
    case Damage::rubbish:
      for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(choices.below(256));
      break;
    case Damage::misdirected:
      bytes.replace(at, size, before, choices.below(before.size() - size + 1), size);
      break;
  }
}

struct DisksSeen {
  int refused = 0, cut = 0;
};

// What overwrites everything from some record to the last one cannot be told from a batch that
// never came down, and costs what it overwrote; any other damage has a whole record behind it to
// show.
void damage(Choices& choices, DisksSeen& seen) {
  Written log;
  draw_log(choices, log);
  const std::string name = choices.pick(segments(log.files));
  std::string& bytes = log.files.at(name).now;
  std::size_t last_record = bytes.size();
  if (name == newest(log.files))
    last_record =
        bytes.find_last_not_of('\0') + 1 - storage::record_size(log.records.back().size());
  const std::string before = bytes;
  const auto kind = choices.pick({Damage::bit, Damage::rubbish, Damage::misdirected});
  const std::size_t used = choices.chance(3, 4) ? bytes.find_last_not_of('\0') + 1 : 0;
  const std::size_t at = choices.below(used > 0 ? used : bytes.size());
  const std::size_t size =
      kind == Damage::bit ? 1 : std::min<std::size_t>(1 + choices.below(40), bytes.size() - at);
  overwrite(choices, bytes, at, size, kind);
  note(std::to_string(log.before_last) + " of " + std::to_string(log.records.size()) +
       " records are of earlier batches; " + name + ": bytes " + std::to_string(at) + " to " +
       std::to_string(at + size) + ", the last record begins at " + std::to_string(last_record));
  const Recovered found = recover(log.files);
  if (found.refused) {
    DEMAND(bytes != before);
    ++seen.refused;
    return;
  }
  DEMAND(is_prefix(found.records, log.records));
  if (at + size <= last_record) DEMAND(found.records.size() >= log.before_last);
  if (found.records.size() < log.records.size()) ++seen.cut;
}

}  // namespace

TEST_CASE("damage is refused or costs at most the last batch, and never changes a record") {
  DisksSeen seen;
  holds([&](Choices& choices) { damage(choices, seen); }, {.cases = 3000});
  met("damage that is refused", seen.refused, 300);
  met("damage that is taken for a torn tail", seen.cut, 20);
}

TEST_CASE("after a cut of power everything that was synced is there") {
  holds(
      [](Choices& choices) {
        FaultyFiles files;
        files.random = Random(choices.any());
        files.fail_at = 1 + choices.below(40);
        files.fail_for_good = true;
        Warnings warnings;
        Records synced, asked;
        try {
          LogStore store(files, small_log(1024), warnings);
          for (int i = 0; i < 8; ++i) {
            const Records batch(1 + choices.below(3), choices.text(200) + std::to_string(i));
            asked.insert(asked.end(), batch.begin(), batch.end());
            write_all(store, batch);
            synced = asked;
            if (choices.chance(1, 2)) store.prepare();
          }
        } catch (const StorageFailed&) {
        }
        files.fail_at = 0;
        files.cut_power();
        const Recovered found = recover(files);
        DEMAND(!found.refused);
        DEMAND(is_prefix(synced, found.records));
        DEMAND(is_prefix(found.records, asked));
      },
      {.cases = 2000});
}
