#include "node/files/indexer.hpp"

#include <memory>
#include <optional>

#include "core/base/check.hpp"
#include "core/flood/names.hpp"
#include "node/config/value.hpp"
#include "node/files/hashing.hpp"

namespace lockstep::node {
namespace {

constexpr Duration patience = seconds(60);  // of a record on its way to the disk

}  // namespace

void Indexer::run(bool trusting, Done done) {
  check(!busy_, "one run at a time");
  busy_ = true;
  const auto scan = std::make_shared<Scan>();
  scan->trusting = trusting;
  scan->before = stamps_;
  for (const flood::Listing& each : host_.machine().index().files())
    scan->offered[each.title] = each.size;
  worker_.give([this, scan] { look(*scan); },
               [this, scan, then = std::move(done)] { apply(scan, then); });
}

// By the worker.
void Indexer::look(Scan& scan) {
  for (const std::string& name : host_.shelf().names()) {
    if (worker_.ended()) return;
    look_at(name, scan);
  }
}

void Indexer::look_at(const std::string& name, Scan& scan) {
  const auto skip = [&](std::string_view why) { scan.outcome.skipped.emplace_back(name, why); };
  if (const auto why = flood::refusal_of_name(name); !why.empty()) return skip(why);
  if (!is_utf8(name)) return skip("its name is no UTF-8");
  const OpenFile file = host_.shelf().open(name);
  if (!file) return skip("it is no plain file, or may not be read");
  const FileStamp stamp = Shelf::stamp_of(*file);
  if (stamp.size > flood::largest_file) return skip("it is larger than 64 GiB");
  const auto offered = scan.offered.find(name);
  const auto before = scan.before.find(name);
  const bool same = before != scan.before.end() ? before->second == stamp : scan.trusting;
  if (same && offered != scan.offered.end() && offered->second == stamp.size) {
    scan.found.push_back({name, stamp, {}, false});
    return;
  }
  auto manifest = manifest_of(*file, stamp.size);
  if (!manifest || Shelf::stamp_of(*file) != stamp) return skip("it changed while it was read");
  scan.outcome.hashed_bytes += stamp.size;
  scan.found.push_back({name, stamp, std::move(*manifest), true});
}

// `done` is called when the last reply is there.
void Indexer::apply(const std::shared_ptr<Scan>& scan, const Done& done) {
  host_.reopen();
  const std::shared_ptr<void> last(nullptr, [this, scan, done](void*) {
    busy_ = false;
    done(scan->outcome);
  });
  stamps_.clear();
  for (Candidate& each : scan->found) {
    const flood::Listing* const listing = host_.machine().index().find(each.name);
    const bool is_offered =
        listing != nullptr && (!each.hashed || listing->file == flood::id_of(each.manifest));
    if (is_offered) {
      stamps_[each.name] = each.stamp;
    } else if (each.hashed) {
      share(std::move(each), scan, last);
    }
  }
  const auto files = host_.machine().index().files();
  for (const flood::Listing& each : files) {
    if (!host_.shelf().open(each.title)) unshare(each.title, scan, last);
  }
}

void Indexer::share(Candidate&& candidate, const std::shared_ptr<Scan>& scan,
                    const std::shared_ptr<void>& last) {
  if (!host_.has_room()) {
    scan->outcome.full = true;
    return;
  }
  flood::Share share{candidate.name, std::move(candidate.manifest)};
  host_.ask(std::move(share), patience,
            [this, scan, last, name = candidate.name,
             stamp = candidate.stamp](std::optional<flood::Reply>&& reply) {
              const auto* refused = reply ? std::get_if<flood::Refused>(&*reply) : nullptr;
              if (refused != nullptr) {
                scan->outcome.skipped.emplace_back(name, refused->why);
              } else {
                stamps_[name] = stamp;
                scan->outcome.added.push_back(name);
              }
            });
}

void Indexer::unshare(const std::string& name, const std::shared_ptr<Scan>& scan,
                      const std::shared_ptr<void>& last) {
  if (!host_.has_room()) {
    scan->outcome.full = true;
    return;
  }
  host_.ask(flood::Unshare{name}, patience,
            [scan, last, name](auto&&) { scan->outcome.removed.push_back(name); });
}

}  // namespace lockstep::node
