// FilesHost: the files this member shares, on its disk and its peers.
//
// The machine decides by hashes and sizes; the bytes pass by it, from the shared folder into a
// message and from a message, hashed and found right, to their place in a file on its way. A record
// that says what is in a file goes into the log when the file is synced: a worker does that, many
// chunks at a time, and what comes behind waits.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/flood/flood.hpp"
#include "net/log/log.hpp"
#include "node/config/config.hpp"
#include "node/files/recovery.hpp"
#include "node/files/shelf.hpp"
#include "node/files/worker.hpp"
#include "node/guest/guest.hpp"

namespace lockstep::node {

class FilesHost final : public GuestHost<flood::Flood> {
 public:
  using Watcher = std::function<void(const flood::Notice&)>;
  // A query or a hit that leaves for a neighbour.
  using MailWatcher = std::function<void(NodeId to, const flood::Message&)>;
  struct Counts {  // since the start
    std::uint64_t chunks_sent = 0, bytes_sent = 0, unreadable = 0;
    std::uint64_t chunks_received = 0, bytes_received = 0, false_chunks = 0;
    std::uint64_t lost = 0;  // there was no room for them in the shared folder
    std::uint64_t finished = 0, dropped_sources = 0;
    std::uint64_t queries = 0, dropped_queries = 0;  // started here; of neighbours
    std::uint64_t syncs = 0;
  };

  // What was carried leaves without waiting for the end of the burst.
  using Hurry = std::function<void()>;

  // REQUIRES: config.files.on. Throws net::StorageFailed.
  FilesHost(net::asio::io_context& io, const Config& config, net::LogStore& store, net::Log& log,
            Carry carry, Hurry hurry);

  void start();
  // False: that is no message of this machine.
  bool deliver(NodeId from, std::string_view bytes);

  void watch(Watcher watcher, MailWatcher mail_watcher) {
    watcher_ = std::move(watcher);
    mail_watcher_ = std::move(mail_watcher);
  }
  [[nodiscard]] Shelf& shelf() { return shelf_; }
  // What others are sent of files that were opened before is read anew.
  void reopen();
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] std::uint64_t bytes_on_disk() const { return store_.bytes_on_disk(); }

  // Outside.
  void send(NodeId to, flood::Message&& message) override;
  void persist(std::vector<flood::Record>&& records) override;
  void notify(flood::Notice&& notice) override;

 private:
  using WaveNumber = std::uint64_t;
  struct Move {
    std::string title;
    OpenFile copied;  // where it is of a file that is here already; otherwise null
    std::uint64_t size = 0;
  };
  // What a record waits for, done at one go.
  struct Wave {
    std::vector<OpenFile> syncs;
    std::vector<Move> moves;
    std::vector<std::string> failed;  // moves
    std::size_t chunks = 0;
  };
  struct Served {
    flood::FileId file;
    std::uint64_t size = 0;
    OpenFile open;
  };

  void written(const flood::Record& record) override;
  [[nodiscard]] bool fills_disk(const flood::Message& message) const override {
    return std::holds_alternative<flood::ManifestPart>(message);
  }
  [[nodiscard]] const flood::Fetching* fetching(const flood::FileId& file) const;
  [[nodiscard]] bool keep(const flood::Fetching& fetching, std::uint32_t number,
                          std::string_view content);
  [[nodiscard]] const Served* served(const flood::FileId& file);
  [[nodiscard]] WaveNumber wave_of(const flood::Record& record);
  [[nodiscard]] Move move_of(const flood::Offered& offered);
  void release();
  void begin_wave();
  void start_wave();
  void do_wave(Wave& wave) const;

  net::Log& log_;
  Hurry hurry_;
  std::uint64_t asked_chunks_ = 0;
  Shelf shelf_;
  RecoveredFiles recovered_;
  std::map<std::string, OpenFile> on_their_way_;  // by name
  Served served_;                                 // the latest
  std::deque<std::pair<WaveNumber, flood::Record>> held_;
  Wave next_;
  WaveNumber begun_ = 0, done_ = 0;
  net::asio::steady_timer wave_timer_;
  bool wave_due_ = false;          // the timer runs
  std::vector<std::string> gone_;  // they could not be given their names
  std::string message_;
  Counts counts_;
  Watcher watcher_;
  MailWatcher mail_watcher_;
  Worker worker_;
};

}  // namespace lockstep::node
