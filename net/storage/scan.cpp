#include "net/storage/scan.hpp"

#include <algorithm>
#include <utility>

#include "core/wire/log_scan.hpp"

namespace lockstep::net::storage {
namespace {

class Scanner {
 public:
  Scanner(const std::string& folder, const Sink& sink) : folder_(folder), sink_(sink) {}

  void segment(const std::string& name, std::string bytes) {
    const std::uint64_t number = *segment_number(name);
    if (number != seen_ + 1) {
      damaged({segment_name(seen_ + 1), 0}, "it is missing, but later segments are there");
    }
    seen_ = number;
    file_ = name;
    bytes_ = std::move(bytes);
    scan_.total += bytes_.size();
    if (all_zero(bytes_) && number > 1) return empty_segment();
    if (scan_.spare)
      damaged({segment_name(number - 1), 0}, "it holds no header, a later one is used");
    if (const std::size_t start = header(); start > 0) records(start);
  }

  Scan finish() { return std::move(scan_); }

 private:
  [[noreturn]] void damaged(const Place& at, const std::string& reason) const {
    throw LogDamaged(folder_ + "/" + at.file + ": damaged at offset " + std::to_string(at.offset) +
                     ": " + reason +
                     ". Records at or behind this place were durable and may have been " +
                     "acknowledged, so the log is not used and nothing is changed: restore the " +
                     "folder as it was, or replace this member");
  }

  // Only one is made ahead, and only when the one before it is in use.
  void empty_segment() {
    if (scan_.spare)
      damaged({segment_name(seen_ - 1), 0}, "it holds no header, a later one exists");
    scan_.spare = true;
  }

  // Where records start; 0 if there are none to read.
  std::size_t header() {
    auto read = read_header(bytes_);
    const auto* good = std::get_if<ReadHeader>(&read);
    if (scan_.torn) settle(good);
    if (good == nullptr) {
      const Bad& bad = std::get<Bad>(read);
      // The first segment gets its name when its header is durable.
      if (seen_ == 1) damaged({file_, 0}, "the header cannot be read: " + bad.reason);
      stop(0, bad.reason, bad.whole || wire::was_whole(bytes_, 0, scan_.log.salt, next()));
      scan_.spare = true;
      return 0;
    }
    const Header& found = good->value;
    if (found.version != segment_version) {
      throw LogForeign(folder_ + "/" + file_ + ": format " + std::to_string(found.version) +
                       ", this program knows " + std::to_string(segment_version) +
                       ": start the version that wrote it");
    }
    if (seen_ == 1) scan_.log = found;
    if (!ours(found)) damaged({file_, 0}, "the segment belongs to another log or place");
    if (found.first > scan_.next_number) {
      damaged({segment_name(seen_ - 1), scan_.end}, "records " + std::to_string(scan_.next_number) +
                                                        " to " + std::to_string(found.first - 1) +
                                                        " are missing");
    }
    if (!continues(found)) damaged({file_, 0}, "the segment does not continue the one before it");
    scan_.newest = seen_;
    scan_.size = std::max<std::uint64_t>(found.size, bytes_.size());
    return good->size;
  }

  bool ours(const Header& found) const {
    const Header& log = scan_.log;
    return found.salt == log.salt && found.node == log.node && found.cluster == log.cluster &&
           found.segment == seen_;
  }
  bool continues(const Header& found) const {
    return ours(found) && found.first == scan_.next_number && found.chain == scan_.chain;
  }

  // A segment is used only once the one before it is synced. So if this one goes on where the
  // records before the torn place ended, nothing was there to tear.
  void settle(const ReadHeader* header) {
    if (header == nullptr || !continues(header->value)) {
      damaged(scan_.torn->at, scan_.torn->reason);
    }
    scan_.ignored.push_back(*std::exchange(scan_.torn, std::nullopt));
  }

  void records(std::size_t offset) {
    const auto end = wire::scan_log(bytes_, {offset, scan_.log.salt, next(), scan_.chain},
                                    [&](std::size_t at, const Record& record) {
                                      sink_({file_, at}, record);
                                    });
    scan_.next_number = end.number;
    scan_.chain = end.chain;
    scan_.end = end.offset;
    if (!end.reason.empty()) return stop(end.offset, end.reason, end.damaged);
    if (bytes_.size() < scan_.size) stop(end.offset, "the file is shorter than it was made", false);
  }

  void stop(std::size_t offset, const std::string& reason, bool is_damage) {
    if (is_damage) damaged({file_, offset}, reason);
    const std::size_t last = bytes_.find_last_not_of('\0');
    const bool some = last != std::string::npos && last >= offset;
    scan_.torn = Torn{{file_, offset}, some ? last + 1 - offset : 0, reason};
  }

  std::uint64_t next() const { return scan_.next_number; }

  const std::string& folder_;
  const Sink& sink_;
  Scan scan_;
  std::uint64_t seen_ = 0;  // number of the segment at hand
  std::string file_;
  std::string bytes_;
};

}  // namespace

Scan scan(const std::string& folder, const std::vector<std::string>& names, const Load& load,
          const Sink& sink) {
  Scanner scanner(folder, sink);
  for (const std::string& name : names) {
    if (segment_number(name)) scanner.segment(name, load(folder + "/" + name));
  }
  return scanner.finish();
}

}  // namespace lockstep::net::storage
