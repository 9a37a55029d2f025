// SHA-256 with the help of the processor; core/base/sha256.hpp is the reference.
#pragma once

#include <optional>
#include <string_view>

#include "core/flood/manifest.hpp"
#include "node/files/descriptor.hpp"

namespace lockstep::node {

[[nodiscard]] Hash fast_sha256(std::string_view bytes);

// What the first `size` bytes of the file consist of, in little memory. Nothing: they cannot be
// read. REQUIRES: size <= flood::largest_file.
[[nodiscard]] std::optional<flood::Manifest> manifest_of(const Descriptor& file,
                                                         std::uint64_t size);

}  // namespace lockstep::node
