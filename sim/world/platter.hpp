// Platter: a node's log as bytes on its disk, in the record frames of a real one (core/wire/
// log_record.hpp), and read by the same scan; one file without end, zeros where nothing was
// written.
//
// Records are gathered into a batch, which is what goes down with one sync, and then land: whole,
// torn by a crash, or elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/random.hpp"
#include "core/wire/log_scan.hpp"

namespace lockstep::sim {

class Platter {
 public:
  void gather(std::string_view record);

  void land();
  // A crash came in between: either a part of it from its beginning is there, cut at any byte, or
  // each of its sectors by itself.
  void land_torn(Random& random);
  // Over what was written before, at any byte; its own place stays zeros. False when nothing was
  // written before, so that there is nowhere else: then nothing lands, and the batch still waits.
  bool land_elsewhere(Random& random);

  // Changes one bit before the last record that is whole, wherever that landed; damage to the last
  // one looks like a torn write (docs/storage.md, "Limits"). False when there is nothing before it,
  // or it is the last one that would be hit.
  bool flip(Random& random);

  // What a start reads: the records behind the sound ones. A torn tail is cut: what lands next
  // comes behind the last whole record. After damage nothing is changed.
  wire::LogEnd recover(const wire::LogSink& sink);
  // How many records, from the first one on, were read before and not touched since.
  [[nodiscard]] std::size_t sound() const { return sound_.next - 1; }

  // All is read again at the next start.
  void doubt() { sound_ = {}; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void put(std::size_t at, std::string_view piece);
  void landed();

  static constexpr std::uint32_t salt = 0x6B636F4C;
  // Read before, found whole, and not touched since: reading it again would find the same.
  struct Sound {
    std::size_t end = 0;
    std::size_t last = 0;  // where its last record begins
    std::uint64_t next = 1;
    std::uint32_t chain = 0;
  };

  std::string bytes_;
  Sound sound_;
  std::size_t end_ = 0;   // where the next batch goes
  std::size_t last_ = 0;  // where the last record that is not torn begins
  struct {
    std::size_t from = 0, to = 0;
  } astray_;  // where the last write is, if that landed elsewhere
  std::uint64_t next_ = 1;
  std::uint32_t chain_ = 0;
  std::string batch_;  // gathered
  std::uint32_t place_ = 0;
  std::size_t last_in_batch_ = 0;
  std::string scratch_;
};

}  // namespace lockstep::sim
