// CRC-32C (Castagnoli, 1993; polynomial 0x1EDC6F41, reflected), as in iSCSI (RFC 3720, appendix
// B.4).
//
// It finds every burst of up to 32 bits and every change of 1 to 3 bits in any frame we write; it
// is no defence against an adversary.
#pragma once

#include <cstdint>
#include <string_view>

namespace lockstep::wire {

// The checksum of `bytes`; given the checksum of what came before, that of both together. Computed
// with the processor's own instruction where it has one.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);
// The same, on any processor.
[[nodiscard]] std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t before = 0);

}  // namespace lockstep::wire
