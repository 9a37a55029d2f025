#include "core/flood/records.hpp"

#include "core/base/flat_map.hpp"
#include "core/base/overloaded.hpp"
#include "core/flood/bits.hpp"
#include "core/flood/names.hpp"

namespace lockstep::flood {
namespace {

// What the records say of the files that are on their way.
struct Past {
  struct Fetch {
    FileId file;
    Bits kept;
  };
  FlatMap<std::string, Fetch> begun;  // by name

  std::string read(const Begun& record) {
    if (auto flaw = flaw_of(record.title, record.manifest); !flaw.empty()) return flaw;
    begun[record.title] = {id_of(record.manifest), Bits(chunks_of(record.manifest.size))};
    return {};
  }
  std::string read(const Kept& record) {
    for (auto& [title, fetch] : begun) {
      if (fetch.file != record.file) continue;
      if (record.number >= fetch.kept.size()) return "a chunk is beyond the end of its file";
      fetch.kept.set(record.number);
      return {};
    }
    return "a chunk is of no file that was begun";
  }
  std::string read(const Offered& record) {
    if (auto flaw = flaw_of(record.title, record.manifest); !flaw.empty()) return flaw;
    const Fetch* fetch = begun.find(record.title);
    if (fetch != nullptr && fetch->file == id_of(record.manifest) && !fetch->kept.all())
      return "a file is offered that is not whole";
    begun.erase(record.title);
    return {};
  }
  std::string read(const Withdrawn& record) {
    begun.erase(record.title);
    return {};
  }
  static std::string flaw_of(const std::string& title, const Manifest& manifest) {
    if (const auto why = refusal_of_name(title); !why.empty()) return std::string(why);
    return sound(manifest) ? "" : "a manifest has not the chunks of its size";
  }
};

}  // namespace

std::string flaw_in(const std::vector<Record>& records) {
  Past past;
  for (const Record& record : records) {
    std::string flaw = std::visit([&](const auto& each) { return past.read(each); }, record);
    if (!flaw.empty()) return flaw;
  }
  return {};
}

}  // namespace lockstep::flood
