#include "net/storage/inspect.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "net/storage/files.hpp"
#include "net/storage/scan.hpp"

namespace lockstep::net::storage {
namespace {

std::string load(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const auto size = file ? static_cast<std::size_t>(std::filesystem::file_size(path)) : 0;
  std::string bytes(size, '\0');
  if (!file || !file.read(bytes.data(), static_cast<std::streamsize>(size))) {
    throw FileError(errno != 0 ? errno : EIO, "read", path);
  }
  return bytes;
}

Verdict looked_at(const std::string& folder, const Sink& sink) {
  using Kind = Verdict::Kind;
  Verdict verdict;
  const auto count = [&](const Place& place, const Record& record) {
    ++verdict.records;
    sink(place, record);
  };
  const auto says = [&](Kind kind, const std::string& text) {
    verdict.kind = kind;
    verdict.text = text;
  };
  try {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (segment_number(entry.path().filename().string())) {
        names.push_back(entry.path().filename().string());
      }
    }
    std::sort(names.begin(), names.end());
    if (names.empty()) {
      says(Kind::unreadable, folder + ": no segment of a log in this folder");
      return verdict;
    }
    const Scan found = scan(folder, names, load, count);
    verdict.bytes = found.total;
    const std::string whose = "node " + std::to_string(found.log.node) + " of cluster \"" +
                              found.log.cluster + "\", " + std::to_string(verdict.records) +
                              " records";
    if (!found.torn) {
      says(Kind::ok, folder + ": ok: " + whose);
    } else {
      const Torn& torn = *found.torn;
      says(Kind::torn_tail, folder + "/" + torn.at.file + ": torn tail at offset " +
                                std::to_string(torn.at.offset) + ", " + std::to_string(torn.bytes) +
                                " bytes (" + torn.reason +
                                "); the next start of the node cuts it: " + whose);
    }
  } catch (const LogDamaged& error) {
    says(Kind::damaged, error.what());
  } catch (const LogForeign& error) {
    says(Kind::unreadable, error.what());
  } catch (const FileError& error) {
    says(Kind::unreadable, error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    says(Kind::unreadable, folder + ": " + error.code().message());
  }
  return verdict;
}

}  // namespace

Verdict verify(const std::string& folder) {
  const Sink nothing = [](const Place&, const Record&) {};
  Verdict verdict = looked_at(folder, nothing);
  // A node that writes between the reading of two segments makes them look torn apart. Damage stays
  // where it is.
  for (int more = 0; more < 5 && verdict.kind == Verdict::Kind::damaged; ++more) {
    Verdict again = looked_at(folder, nothing);
    const bool stays = again.text == verdict.text;
    verdict = std::move(again);
    if (stays) break;
  }
  return verdict;
}

Verdict dump(const std::string& folder, const Describe& describe, const Line& line) {
  const Verdict shown = looked_at(folder, [&](const Place& place, const Record& record) {
    line(place.file + " offset " + std::to_string(place.offset) + " record " +
         std::to_string(record.number) + " size " + std::to_string(record.bytes.size()) + " " +
         describe(record.bytes));
  });
  return shown.kind == Verdict::Kind::damaged ? verify(folder) : shown;
}

}  // namespace lockstep::net::storage
