// The one way to include Boost.Asio: 1.74 with g++ 12 in C++20 lacks <utility> by itself.
#pragma once

#include <utility>

#include <boost/asio.hpp>

namespace lockstep::net {
namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
}  // namespace lockstep::net
