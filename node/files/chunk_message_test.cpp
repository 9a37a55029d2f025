#include "node/files/chunk_message.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "core/base/sha256.hpp"
#include "core/flood/messages.hpp"
#include "core/wire/codec.hpp"
#include "node/files/hashing.hpp"

namespace lockstep::node {
namespace {

std::string encoded(const flood::Message& message) {
  std::string bytes;
  wire::encode(message, bytes);
  return bytes;
}

TEST_CASE("a chunk is written as the codec writes it, and read back") {
  const flood::FileId file{sha256("file")};
  for (const std::size_t size : {0U, 1U, 127U, 128U, 65'536U}) {
    const std::string content(size, 'x');
    std::string message;
    std::memcpy(write_chunk(file, 300, size, message), content.data(), size);
    CHECK(message == encoded(flood::Chunk{file, 300, {content, {}}}));
    CHECK(is_chunk(message));
    const auto read = read_chunk(message);
    REQUIRE(read);
    CHECK(read->file == file);
    CHECK(read->number == 300);
    CHECK(read->content == content);
  }
}

TEST_CASE("what the codec refuses is no chunk") {
  const std::string good = encoded(flood::Chunk{{sha256("file")}, 300, {"abc", {}}});
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(read_chunk(good.substr(0, size)));
  CHECK_FALSE(read_chunk(good + "x"));
  CHECK_FALSE(is_chunk(encoded(flood::NotHere{{sha256("file")}, 1})));
  CHECK_FALSE(is_chunk(""));
}

TEST_CASE("the fast hash is the hash") {
  for (const std::size_t size : {0U, 1U, 55U, 56U, 64U, 65'536U})
    CHECK(fast_sha256(std::string(size, 'a')) == sha256(std::string(size, 'a')));
}

}  // namespace
}  // namespace lockstep::node
