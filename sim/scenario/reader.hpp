// Reading a document with types: a Value is one JSON value with its place, a Reader one object
// whose keys are taken one by one. Every getter refuses a wrong type, unit or bound with a
// ScenarioError at the value; finish() refuses the keys that nobody took.
//
//   Reader& config;
//   raft.heartbeat = config.duration("heartbeat", raft.heartbeat);
//   config.finish();
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

class Reader;

// Longer durations are refused, so that sums of them stay far inside int64.
inline constexpr Duration longest_duration = seconds(3600 * 1000);

class Value {
 public:
  // The document outlives its values.
  explicit Value(const Document& document);

  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail_at_key(const std::string& message) const;

  [[nodiscard]] const Json& json() const { return *json_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& file() const { return *file_; }

  [[nodiscard]] std::string string() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::uint64_t integer(std::uint64_t least, std::uint64_t most) const;
  [[nodiscard]] Duration duration() const;           // 0 .. longest_duration
  [[nodiscard]] Duration positive_duration() const;  // above 0
  [[nodiscard]] Duration signed_duration() const;    // not 0; "-3 s" is as long, backwards
  [[nodiscard]] std::int32_t ppm() const;            // -500000 .. 500000, not 0
  [[nodiscard]] DurationRange range() const;
  [[nodiscard]] Ratio ratio() const;
  [[nodiscard]] Ratio rate() const;  // above 0
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::uint64_t bandwidth() const;  // above 0
  [[nodiscard]] Latency latency() const;
  // The place of the text in `words`.
  [[nodiscard]] std::size_t choice(const std::vector<std::string>& words) const;
  [[nodiscard]] std::vector<Value> items() const;                            // of a list
  [[nodiscard]] std::vector<std::pair<std::string, Value>> members() const;  // of an object
  [[nodiscard]] Reader object() const;

 private:
  friend class Reader;
  Value(const std::string* file, const Json* json, const Marks* marks, std::string path)
      : file_(file), json_(json), marks_(marks), path_(std::move(path)) {}
  // The text, or an error that says what was wanted: "a duration", "150 ms".
  [[nodiscard]] const std::string& text(const char* what, const char* example) const;
  [[noreturn]] void fail_text(const char* what, const char* example) const;
  void check_length(Duration duration) const;

  const std::string* file_;
  const Json* json_;
  const Marks* marks_;
  std::string path_;
};

class Reader {
 public:
  explicit Reader(const Document& document);  // the top level
  explicit Reader(Value object);              // refuses what is not an object

  [[nodiscard]] bool has(const std::string& key) const;
  // Takes the key: finish() then knows it. Nothing when it is absent.
  std::optional<Value> take(const std::string& key);
  Value need(const std::string& key);  // refuses its absence
  // An absent object reads as an empty one.
  Reader object(const std::string& key);

  std::string string(const std::string& key, std::string otherwise);
  bool boolean(const std::string& key, bool otherwise);
  std::uint64_t integer(const std::string& key, std::uint64_t otherwise, std::uint64_t least,
                        std::uint64_t most);
  Duration duration(const std::string& key, Duration otherwise);
  Duration positive_duration(const std::string& key, Duration otherwise);
  DurationRange range(const std::string& key, DurationRange otherwise);
  Ratio ratio(const std::string& key, Ratio otherwise);
  std::uint64_t size(const std::string& key, std::uint64_t otherwise);
  Latency latency(const std::string& key, Latency otherwise);
  std::size_t choice(const std::string& key, const std::vector<std::string>& words,
                     std::size_t otherwise);

  // The first key that nobody has taken is refused with the nearest one that was.
  void finish() const;
  // An error at the object, or at one of its members where that is there.
  [[noreturn]] void fail(const std::string& message) const { value_.fail(message); }
  [[noreturn]] void fail(const std::string& key, const std::string& message) const;
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  [[nodiscard]] std::optional<Value> find(const std::string& key) const;

  Value value_;
  std::vector<std::string> taken_;
};

}  // namespace lockstep::sim
