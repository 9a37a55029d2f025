#include <algorithm>

#include "net/storage/faulty_files_for_tests.hpp"
#include "net/storage/segment.hpp"

namespace lockstep::net {
namespace {

void apply(std::string& to, std::uint64_t offset, std::string_view bytes) {
  if (to.size() < offset + bytes.size()) to.resize(offset + bytes.size());
  to.replace(offset, bytes.size(), bytes);
}

class FaultyFile : public File {
 public:
  FaultyFile(FaultyFiles& files, std::string path, std::shared_ptr<FaultyFiles::Content> content,
             std::shared_ptr<int> lock = nullptr)
      : files_(files),
        path_(std::move(path)),
        content_(std::move(content)),
        lock_(std::move(lock)) {}

  void write(std::uint64_t offset, std::string_view bytes) override {
    const auto put = [&](std::string_view part) {
      apply(content_->now, offset, part);
      content_->unsynced.emplace_back(offset, part);
    };
    files_.call("write", path_,
                [&] { put(bytes.substr(0, files_.random.below(bytes.size() + 1))); });
    const std::uint64_t end = offset + bytes.size();
    const std::uint64_t more = end > content_->now.size() ? end - content_->now.size() : 0;
    if (more > 0 && files_.used() + more > files_.space) throw FileError(ENOSPC, "write", path_);
    put(bytes);
  }
  void sync() override {
    files_.call("sync", path_);
    content_->durable = content_->now;
    content_->unsynced.clear();
  }
  std::string read(std::uint64_t offset, std::size_t size) override {
    return offset >= content_->now.size() ? "" : content_->now.substr(offset, size);
  }
  std::uint64_t size() override { return content_->now.size(); }

 private:
  FaultyFiles& files_;
  std::string path_;
  std::shared_ptr<FaultyFiles::Content> content_;
  std::shared_ptr<int> lock_;
};

void cut_power(FaultyFiles::Content& content, Random& random) {
  std::string& left = content.durable;
  const auto& writes = content.unsynced;
  if (random.chance({1, 2})) {
    const std::uint64_t whole = random.below(writes.size() + 1);
    for (std::size_t i = 0; i < whole; ++i) apply(left, writes[i].first, writes[i].second);
    if (whole < writes.size()) {
      const std::string& next = writes[whole].second;
      apply(left, writes[whole].first, next.substr(0, random.below(next.size() + 1)));
    }
  } else {
    std::map<std::uint64_t, std::uint64_t> seen;  // sector -> how many writes it has seen
    for (std::size_t i = 0; i < writes.size(); ++i) {
      const auto& [start, bytes] = writes[i];
      for (std::uint64_t at = start; at < start + bytes.size();) {
        const std::uint64_t sector = at / storage::sector_bytes;
        const std::uint64_t end =
            std::min<std::uint64_t>(start + bytes.size(), (sector + 1) * storage::sector_bytes);
        const auto known = seen.emplace(sector, random.below(writes.size() + 1)).first;
        if (i < known->second)
          apply(left, at, std::string_view(bytes).substr(at - start, end - at));
        at = end;
      }
    }
  }
  content.now = left;
  content.unsynced.clear();
}

}  // namespace

void FaultyFiles::cut_power() {
  const std::uint64_t kept = random.below(unsynced_.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) unsynced_[i](durable_);
  unsynced_.clear();
  names = durable_;
  for (auto& [path, content] : names) net::cut_power(*content, random);
}

void FaultyFiles::call(const std::string& what, const std::string& path,
                       const std::function<void()>& partly) {
  ++calls;
  if (fail_at == 0 || calls < fail_at || (calls > fail_at && !fail_for_good)) return;
  if (calls == fail_at) partly();
  throw FileError(error, what, path);
}

std::uint64_t FaultyFiles::used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, content] : names) sum += content->now.size();
  return sum;
}

void FaultyFiles::change(std::function<void(Names&)> what) {
  what(names);
  unsynced_.push_back(std::move(what));
}

std::vector<std::string> FaultyFiles::list(const std::string& path) {
  std::vector<std::string> found;
  for (const auto& [name, content] : names) {
    if (name.starts_with(path + "/")) found.push_back(name.substr(path.size() + 1));
  }
  return found;
}

std::unique_ptr<File> FaultyFiles::open(const std::string& path) {
  call("open", path);
  if (!names.contains(path)) throw FileError(ENOENT, "open", path);
  return std::make_unique<FaultyFile>(*this, path, names.at(path));
}

std::unique_ptr<File> FaultyFiles::create(const std::string& path) {
  call("create", path);
  if (names.contains(path)) throw FileError(EEXIST, "create", path);
  const auto content = std::make_shared<Content>();
  change([=](Names& all) { all[path] = content; });
  return std::make_unique<FaultyFile>(*this, path, content);
}

void FaultyFiles::rename(const std::string& from, const std::string& to) {
  call("rename", from);
  change([=](Names& all) {
    all[to] = all.at(from);
    all.erase(from);
  });
}

void FaultyFiles::remove(const std::string& path) {
  call("remove", path);
  change([=](Names& all) { all.erase(path); });
}

void FaultyFiles::sync_folder(const std::string& path) {
  call("sync_folder", path);
  durable_ = names;
  unsynced_.clear();
}

std::unique_ptr<File> FaultyFiles::lock(const std::string& path) {
  if (!locks_[path].expired()) return nullptr;
  const auto held = std::make_shared<int>();
  locks_[path] = held;
  return std::make_unique<FaultyFile>(*this, path, std::make_shared<Content>(), held);
}

}  // namespace lockstep::net
