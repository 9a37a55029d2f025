#include "net/storage/folder.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/check.hpp"

namespace lockstep::net::storage {
namespace {

// The first segment is small, so that a node starts at once.
constexpr std::uint64_t first_segment_bytes = 4 * 1024 * 1024;
// Zeros are synced in steps, so that records wait for one step at most.
constexpr std::uint64_t fill_step = 1024 * 1024;
constexpr std::string_view unfinished = ".tmp";

// Without zero bytes, since a segment is full of those and they are searched for the salt.
std::uint32_t draw_salt() {
  std::uint32_t salt = 0;
  for (int byte = 0; byte < 4;) {
    unsigned char drawn = 0;
    if (::getrandom(&drawn, 1, 0) != 1) throw FileError(errno, "getrandom", "/dev/urandom");
    if (drawn == 0) continue;
    salt = salt << 8 | drawn;
    ++byte;
  }
  return salt;
}

// From a block's begin on, in whole blocks as far as it goes.
void write_zeros(File& file, std::uint64_t from, std::uint64_t to, bool in_steps) {
  const Blocks zeros(blocks_for(std::min(to - from, fill_step)));
  while (from < to) {
    const std::uint64_t step = std::min(to - from, fill_step);
    file.write(from, first_bytes(zeros, step));
    if (in_steps) file.sync();
    from += step;
  }
}

void fill(File& file, std::uint64_t size, const std::string& beginning) {
  Blocks first(std::max<std::size_t>(1, blocks_for(beginning.size())));
  std::memcpy(bytes_of(first), beginning.data(), beginning.size());
  const std::uint64_t begun = std::min<std::uint64_t>(size, first.size() * block_bytes);
  file.write(0, first_bytes(first, begun));
  write_zeros(file, begun, size, true);
}

void overwrite_with_zeros(File& file, std::uint64_t from, std::uint64_t to) {
  const std::uint64_t block = std::min(to, block_begin(from + block_bytes - 1));
  file.write(from, std::string(block - from, '\0'));
  write_zeros(file, block, to, false);
}

void create_first(Files& files, const StorageOptions& options, Opened& opened) {
  Header& header = opened.log;
  header.salt = draw_salt();
  header.segment = 1;
  header.first = 1;
  header.node = options.node.value();
  header.cluster = options.cluster;
  header.size = std::max<std::uint64_t>(std::min(options.segment_bytes, first_segment_bytes),
                                        header_size(header.cluster));
  std::string beginning;
  append_header(header, beginning);
  opened.current = make_segment(files, options.folder, 1, header.size, beginning);
  opened.total = header.size;
}

void refuse_foreign(const StorageOptions& options, const Header& log) {
  if (log.cluster == options.cluster && log.node == options.node.value()) return;
  throw LogForeign(options.folder + ": the log of node " + std::to_string(log.node) +
                   " of cluster \"" + log.cluster + "\", not of node " +
                   std::to_string(options.node.value()) + " of cluster \"" + options.cluster +
                   "\": give each node a data folder of its own");
}

void warn(Log& log, const std::string& folder, std::string_view message, const Torn& torn) {
  log.warning(message, {{"file", folder + "/" + torn.at.file},
                        {"offset", torn.at.offset},
                        {"bytes", torn.bytes},
                        {"reason", torn.reason}});
}

// What was read may still be only in the page cache, when the process and not the machine had died;
// it is synced before anybody relies on it.
void adopt(Files& files, const StorageOptions& options, const Scan& found, Opened& opened) {
  const auto open = [&](std::uint64_t number) {
    return files.open(options.folder + "/" + segment_name(number));
  };
  auto current = open(found.newest);
  // A file that lost its end gets it back.
  if (found.torn) overwrite_with_zeros(*current, found.end, found.size);
  current->sync();
  opened.current = OpenSegment(std::move(current), found.newest, found.size, found.end);
  if (found.spare) {
    auto spare = open(found.newest + 1);
    const std::uint64_t size = spare->size();
    if (found.torn && found.torn->at.file == segment_name(found.newest + 1)) {
      overwrite_with_zeros(*spare, 0, size);
      spare->sync();
    }
    opened.spare = OpenSegment(std::move(spare), found.newest + 1, size, 0);
  }
  files.sync_folder(options.folder);
  opened.log = found.log;
  opened.next_number = found.next_number;
  opened.chain = found.chain;
  opened.total = found.total;
}

}  // namespace

bool is_full(const FileError& error) {
  return error.number == ENOSPC || error.number == EDQUOT || error.number == EFBIG;
}

OpenSegment make_segment(Files& files, const std::string& folder, std::uint64_t number,
                         std::uint64_t size, const std::string& beginning) {
  check(beginning.size() <= size, "a segment holds its beginning");
  const std::string name = folder + "/" + segment_name(number);
  const std::string temporary = name + std::string(unfinished);
  if (files.exists(temporary)) files.remove(temporary);
  auto file = files.create(temporary);
  try {
    fill(*file, size, beginning);
    file->sync();
    files.rename(temporary, name);
  } catch (const FileError& error) {
    if (is_full(error)) files.remove(temporary);  // gives the space back
    throw;
  }
  files.sync_folder(folder);
  return OpenSegment(std::move(file), number, size, beginning.size());
}

Opened open_folder(Files& files, const StorageOptions& options, Log& log) {
  Opened opened;
  const std::string& folder = options.folder;
  files.make_folder(folder);
  opened.lock = files.lock(folder + "/lock");
  if (!opened.lock) {
    throw LogLocked(folder + ": another process has this data folder open; stop it, or give this " +
                    "node another folder");
  }
  std::vector<std::string> names = files.list(folder);
  std::erase_if(names, [&](const std::string& name) {
    if (!name.ends_with(unfinished)) return false;
    files.remove(folder + "/" + name);
    return true;
  });
  const auto is_segment = [](const std::string& name) { return segment_number(name).has_value(); };
  if (std::none_of(names.begin(), names.end(), is_segment)) {
    create_first(files, options, opened);
    return opened;
  }
  const auto load = [&](const std::string& path) {
    const auto file = files.open(path);
    return file->read(0, file->size());
  };
  const Scan found = scan(folder, names, load, [&](const Place&, const Record& record) {
    opened.records.emplace_back(record.bytes);
  });
  refuse_foreign(options, found.log);
  for (const Torn& torn : found.ignored) warn(log, folder, "bytes behind the last record", torn);
  if (found.torn) warn(log, folder, "a torn tail of the log is cut", *found.torn);
  adopt(files, options, found, opened);
  return opened;
}

}  // namespace lockstep::net::storage
