// Numbers elections; only grows. 0: none yet.
#pragma once

#include <cstdint>

#include "core/base/strong.hpp"

namespace lockstep {

using Epoch = Strong<struct EpochTag, std::uint64_t>;

}  // namespace lockstep
