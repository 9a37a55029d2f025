#include "processes/bench/zookeeper/wire.hpp"

namespace lockstep::processes::zookeeper {
namespace {

// ZooDefs.OpCode
enum class Type : std::int32_t {
  create = 1,
  get_data = 4,
  set_data = 5,
  sync = 9,
  ping = 11,
  close = -11
};

class Record {
 public:
  Record() = default;
  Record(std::int32_t xid, Type type) {
    number(xid, 4);
    number(static_cast<std::int32_t>(type), 4);
  }

  Record& number(std::int64_t value, unsigned bytes) {
    for (unsigned left = bytes; left != 0; --left)
      text_.push_back(
          static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * (left - 1)) & 0xff));
    return *this;
  }
  Record& bytes(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()), 4);
    text_.append(value);
    return *this;
  }
  [[nodiscard]] std::string frame() const { return Record().bytes(text_).text_; }

 private:
  std::string text_;
};

// The first thing that is missing ends the reading: all that follows is zero or empty.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  std::int64_t number(unsigned bytes) {
    std::uint64_t value = 0;
    for (const char byte : take(bytes)) value = value << 8 | static_cast<unsigned char>(byte);
    // The sign is that of the field's own width.
    const unsigned unused = 64 - 8 * bytes;
    return static_cast<std::int64_t>(value << unused) >> unused;
  }
  std::string_view bytes() {
    const std::int64_t size = number(4);
    return size < 0 ? std::string_view() : take(static_cast<std::size_t>(size));  // -1: no bytes
  }
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) good_ = false;
    if (!good_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

constexpr std::size_t stat_bytes = 68;
constexpr std::int32_t all_permissions = 31;
constexpr std::int32_t any_version = -1;

}  // namespace

std::string connect_request(std::int32_t timeout_ms) {
  return Record()
      .number(0, 4)  // version of the protocol
      .number(0, 8)  // no transaction was seen
      .number(timeout_ms, 4)
      .number(0, 8)  // a new session
      .bytes(std::string(16, '\0'))
      .number(0, 1)  // not content with a server that only reads
      .frame();
}

std::string create_request(std::int32_t xid, std::string_view path, std::string_view data) {
  return Record(xid, Type::create)
      .bytes(path)
      .bytes(data)
      .number(1, 4)
      .number(all_permissions, 4)
      .bytes("world")
      .bytes("anyone")
      .number(0, 4)  // neither ephemeral nor sequential
      .frame();
}

std::string set_data_request(std::int32_t xid, std::string_view path, std::string_view data) {
  return Record(xid, Type::set_data).bytes(path).bytes(data).number(any_version, 4).frame();
}

std::string get_data_request(std::int32_t xid, std::string_view path) {
  return Record(xid, Type::get_data).bytes(path).number(0, 1).frame();
}

std::string sync_request(std::int32_t xid, std::string_view path) {
  return Record(xid, Type::sync).bytes(path).frame();
}

std::string close_request(std::int32_t xid) { return Record(xid, Type::close).frame(); }

std::string ping_request() { return Record(ping_xid, Type::ping).frame(); }

Front front_of(std::string_view bytes) {
  if (bytes.size() < Front::length_bytes) return {};
  const std::int64_t size = Fields(bytes).number(Front::length_bytes);
  if (size < 0 || size > static_cast<std::int64_t>(Front::most_bytes))
    return {Front::State::refused, {}};
  bytes.remove_prefix(Front::length_bytes);
  if (bytes.size() < static_cast<std::size_t>(size)) return {};
  return {Front::State::whole, bytes.substr(0, static_cast<std::size_t>(size))};
}

std::optional<std::int32_t> session_timeout_of(std::string_view body) {
  Fields fields(body);
  fields.number(4);  // version of the protocol
  const std::int64_t timeout = fields.number(4);
  fields.number(8);  // the session's id, and below its password: it is never resumed
  fields.bytes();
  if (!fields.good()) return {};
  return static_cast<std::int32_t>(timeout);
}

std::optional<Answer> answer_of(std::string_view body) {
  Fields fields(body);
  Answer answer;
  answer.xid = static_cast<std::int32_t>(fields.number(4));
  fields.number(8);  // the transaction's id
  answer.error = static_cast<std::int32_t>(fields.number(4));
  if (!fields.good()) return {};
  answer.rest = fields.rest();
  return answer;
}

std::optional<std::string_view> data_of(const Answer& answer) {
  Fields fields(answer.rest);
  const std::string_view data = fields.bytes();
  fields.take(stat_bytes);
  if (!fields.good() || !fields.rest().empty()) return {};
  return data;
}

}  // namespace lockstep::processes::zookeeper
