#include "sim/scenario/reader.hpp"

#include <algorithm>

#include "sim/scenario/suggest.hpp"
#include "sim/scenario/units.hpp"

namespace lockstep::sim {
namespace {

const char* kind_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::object: return "an object";
    case Json::value_t::array: return "a list";
    case Json::value_t::string: return "a text";
    case Json::value_t::boolean: return "a truth value";
    default: return "a number";
  }
}

const Json& empty_object() {
  static const Json empty = Json::object();
  return empty;
}

}  // namespace

Value::Value(const Document& document)
    : Value(&document.name(), &document.json(), &document.marks(), "") {}

void Value::fail(const std::string& message) const {
  throw ScenarioError(*file_, marks_->value, path_,
                      message + (marks_->overridden ? " (set by --set)" : ""));
}

void Value::fail_at_key(const std::string& message) const {
  throw ScenarioError(*file_, marks_->key, path_,
                      message + (marks_->overridden ? " (set by --set)" : ""));
}

std::string Value::string() const {
  if (!json_->is_string())
    fail(std::string("wants a text in double quotes, not ") + kind_of(*json_));
  return json_->get_ref<const std::string&>();
}

bool Value::boolean() const {
  if (!json_->is_boolean()) fail(std::string("wants true or false, not ") + kind_of(*json_));
  return json_->get<bool>();
}

std::uint64_t Value::integer(std::uint64_t least, std::uint64_t most) const {
  const std::string bounds =
      "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  if (!json_->is_number()) fail("wants " + bounds + ", not " + kind_of(*json_));
  if (!json_->is_number_unsigned() || json_->get<std::uint64_t>() < least ||
      json_->get<std::uint64_t>() > most)
    fail(json_->dump() + " is out of bounds; write " + bounds);
  return json_->get<std::uint64_t>();
}

const std::string& Value::text(const char* what, const char* example) const {
  if (json_->is_number()) {
    fail(json_->dump() + " has no unit; write " + what + " as \"" + example + "\"");
  }
  if (!json_->is_string())
    fail(std::string("wants ") + what + " as \"" + example + "\", not " + kind_of(*json_));
  return json_->get_ref<const std::string&>();
}

void Value::fail_text(const char* what, const char* example) const {
  fail(in_quotes(json_->get_ref<const std::string&>()) + " is not " + what + "; write it as \"" +
       example + "\"");
}

void Value::check_length(Duration duration) const {
  if (duration > longest_duration) fail("longer than 1000 h; write a shorter one");
}

namespace {
constexpr std::int32_t most_ppm = 500'000;
constexpr const char* a_duration = "a duration in ns, us, ms, s, min or h";
}  // namespace

Duration Value::duration() const {
  const auto duration = parse_duration(text(a_duration, "150 ms"));
  if (!duration) fail_text(a_duration, "150 ms");
  check_length(*duration);
  return *duration;
}

Duration Value::signed_duration() const {
  const std::string& written = text(a_duration, "-3 s");
  const bool back = written.starts_with('-');
  const auto duration = parse_duration(std::string_view(written).substr(back ? 1 : 0));
  if (!duration) fail_text(a_duration, "-3 s");
  check_length(*duration);
  if (*duration == Duration(0)) fail("must not be zero; write it as \"3 s\" or \"-3 s\"");
  return back ? Duration(0) - *duration : *duration;
}

std::int32_t Value::ppm() const {
  const std::string& written = text("a drift", "200 ppm");
  const auto ppm = parse_ppm(written);
  if (!ppm) fail_text("a drift", "200 ppm");
  if (*ppm == 0 || *ppm < -most_ppm || *ppm > most_ppm)
    fail("must be from 1 to " + std::to_string(most_ppm) + " ppm, fast or, with a '-', slow");
  return *ppm;
}

Duration Value::positive_duration() const {
  const Duration length = duration();
  if (length <= Duration(0)) fail("must be above zero; write it as \"150 ms\"");
  return length;
}

DurationRange Value::range() const {
  constexpr const char* what = "a range of durations";
  const auto range = parse_range(text(what, "150..300 ms"));
  if (!range) fail_text(what, "150..300 ms");
  check_length(range->high);
  check_length(range->low);
  if (range->low > range->high)
    fail("the low end " + to_text(range->low) + " is above the high end " + to_text(range->high) +
         "; swap them");
  return *range;
}

Ratio Value::ratio() const {
  constexpr const char* what = "a ratio from 0/1 to 1/1";
  const auto ratio = parse_ratio(text(what, "1/1000"));
  if (!ratio) fail_text(what, "1/1000");
  return *ratio;
}

Ratio Value::rate() const {
  constexpr const char* what = "a rate in /s or /min";
  const auto rate = parse_rate(text(what, "50 /s"));
  if (!rate) fail_text(what, "50 /s");
  if (rate->never()) fail("must be above zero; leave the key out for closed-loop clients");
  if (std::uint64_t{rate->numerator} > std::uint64_t{rate->denominator} * 1'000'000'000)
    fail("above 1000000000 /s; write a lower one");
  return *rate;
}

std::uint64_t Value::size() const {
  constexpr const char* what = "a size in B, kB, MB, GB, KiB, MiB or GiB";
  const auto size = parse_size(text(what, "64 KiB"));
  if (!size) fail_text(what, "64 KiB");
  return *size;
}

std::uint64_t Value::bandwidth() const {
  constexpr const char* what = "a bandwidth in bps, kbps, Mbps or Gbps";
  const auto bandwidth = parse_bandwidth(text(what, "1 Gbps"));
  if (!bandwidth) fail_text(what, "1 Gbps");
  if (*bandwidth == 0) fail("must be above zero; leave the key out for unlimited");
  return *bandwidth;
}

Latency Value::latency() const {
  constexpr const char* what =
      "a latency (a duration, \"uniform 1..5 ms\", \"exponential 5 ms\" or \"lognormal 5 ms sigma "
      "0.5\")";
  const auto latency = parse_latency(text(what, "uniform 1..5 ms"));
  if (!latency) fail_text(what, "uniform 1..5 ms");
  check_length(latency->high);
  check_length(latency->low);
  if (latency->low > latency->high)
    fail("the low end " + to_text(latency->low) + " is above the high end " +
         to_text(latency->high) + "; swap them");
  return *latency;
}

std::size_t Value::choice(const std::vector<std::string>& words) const {
  const std::string word = string();
  const auto it = std::find(words.begin(), words.end(), word);
  if (it == words.end()) fail(in_quotes(word) + " is not known; " + suggestion(word, words));
  return static_cast<std::size_t>(it - words.begin());
}

std::vector<Value> Value::items() const {
  if (!json_->is_array()) fail(std::string("wants a list [ … ], not ") + kind_of(*json_));
  std::vector<Value> values;
  for (std::size_t i = 0; i < json_->size(); ++i)
    values.push_back(Value(file_, &(*json_)[i], &marks_->children[i], join_path(path_, i)));
  return values;
}

std::vector<std::pair<std::string, Value>> Value::members() const {
  if (!json_->is_object()) fail(std::string("wants an object { … }, not ") + kind_of(*json_));
  std::vector<std::pair<std::string, Value>> values;
  std::size_t i = 0;
  for (const auto& [key, member] : json_->items())
    values.emplace_back(key, Value(file_, &member, &marks_->children[i++], join_path(path_, key)));
  return values;
}

Reader Value::object() const { return Reader(*this); }

Reader::Reader(const Document& document) : Reader(Value(document)) {}

Reader::Reader(Value object) : value_(std::move(object)) {
  if (!value_.json_->is_object())
    value_.fail(std::string("wants an object { … }, not ") + kind_of(*value_.json_));
}

std::optional<Value> Reader::find(const std::string& key) const {
  const auto it = value_.json_->find(key);
  if (it == value_.json_->end()) return std::nullopt;
  const auto index = static_cast<std::size_t>(std::distance(value_.json_->begin(), it));
  return Value(value_.file_, &*it, &value_.marks_->children[index], join_path(value_.path_, key));
}

bool Reader::has(const std::string& key) const { return value_.json_->contains(key); }

std::optional<Value> Reader::take(const std::string& key) {
  if (std::find(taken_.begin(), taken_.end(), key) == taken_.end()) taken_.push_back(key);
  return find(key);
}

Value Reader::need(const std::string& key) {
  auto value = take(key);
  if (value) return *value;
  for (const auto& [name, member] : value_.members()) {
    if (nearest(name, {key}) == key)  // misspelt is likelier than missing
      member.fail_at_key("unknown key " + in_quotes(name) + "; did you mean '" + key + "'?");
  }
  fail("the key '" + key + "' is missing; add it");
}

Reader Reader::object(const std::string& key) {
  const auto value = take(key);
  if (value) return value->object();
  return Reader(Value(value_.file_, &empty_object(), value_.marks_, join_path(value_.path_, key)));
}

std::string Reader::string(const std::string& key, std::string otherwise) {
  const auto value = take(key);
  return value ? value->string() : std::move(otherwise);
}
bool Reader::boolean(const std::string& key, bool otherwise) {
  const auto value = take(key);
  return value ? value->boolean() : otherwise;
}
std::uint64_t Reader::integer(const std::string& key, std::uint64_t otherwise, std::uint64_t least,
                              std::uint64_t most) {
  const auto value = take(key);
  return value ? value->integer(least, most) : otherwise;
}
Duration Reader::duration(const std::string& key, Duration otherwise) {
  const auto value = take(key);
  return value ? value->duration() : otherwise;
}
Duration Reader::positive_duration(const std::string& key, Duration otherwise) {
  const auto value = take(key);
  return value ? value->positive_duration() : otherwise;
}
DurationRange Reader::range(const std::string& key, DurationRange otherwise) {
  const auto value = take(key);
  return value ? value->range() : otherwise;
}
Ratio Reader::ratio(const std::string& key, Ratio otherwise) {
  const auto value = take(key);
  return value ? value->ratio() : otherwise;
}
std::uint64_t Reader::size(const std::string& key, std::uint64_t otherwise) {
  const auto value = take(key);
  return value ? value->size() : otherwise;
}
Latency Reader::latency(const std::string& key, Latency otherwise) {
  const auto value = take(key);
  return value ? value->latency() : otherwise;
}
std::size_t Reader::choice(const std::string& key, const std::vector<std::string>& words,
                           std::size_t otherwise) {
  const auto value = take(key);
  return value ? value->choice(words) : otherwise;
}

void Reader::finish() const {
  std::size_t i = 0;
  for (const auto& [key, member] : value_.json_->items()) {
    const std::size_t index = i++;
    if (std::find(taken_.begin(), taken_.end(), key) != taken_.end()) continue;
    Value(value_.file_, &member, &value_.marks_->children[index], join_path(value_.path_, key))
        .fail_at_key("unknown key " + in_quotes(key) + "; " + suggestion(key, taken_));
  }
}

void Reader::fail(const std::string& key, const std::string& message) const {
  const auto value = find(key);
  if (value) value->fail(message);
  value_.fail(message);
}

}  // namespace lockstep::sim
