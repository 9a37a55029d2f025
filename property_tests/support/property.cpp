#include "property_tests/support/property.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace lockstep::properties {

namespace {

constexpr std::chrono::seconds longest_shrinking{20};

using Numbers = std::vector<std::uint32_t>;

// Large numbers from the start, lists that grow: small cases must not be dull ones.
rc::Gen<Numbers> numbers(int most) {
  const auto number = rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint32_t>());
  return rc::gen::scale(static_cast<double>(most) / rc::kNominalSize,
                        rc::gen::container<Numbers>(number));
}

std::vector<std::string>& notes() {
  static std::vector<std::string> lines;
  return lines;
}

// rapidcheck draws a seed where none is named; here a run without a word is the same every time.
void fix_the_seed() {
  const char* own = std::getenv("RC_PARAMS");
  const std::string params = own == nullptr ? "" : own;
  if (params.find("seed=") == std::string::npos)
    setenv("RC_PARAMS", ("seed=1 " + params).c_str(), 1);
}

bool& whole_run() {
  static bool whole = false;
  return whole;
}

rc::detail::TestParams params_for(const Effort& effort) {
  static const bool once = (fix_the_seed(), true);
  (void)once;
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = std::max(1, params.maxSuccess * effort.cases / 100);
  return params;
}

}  // namespace

void note(const std::string& line) { notes().push_back(line); }

void broken(const char* file, int line, const std::string& claim) {
  throw Broken(std::string(file) + ":" + std::to_string(line) + ": " + claim);
}

namespace {

struct Silence final : rc::detail::TestListener {
  void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
  void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
  void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

// What came of a property: the report where it does not hold.
template <class Case>
std::optional<std::string> checked(const rc::Gen<Case>& gen,
                                   const std::function<void(const Case&)>& property,
                                   const Effort& effort) {
  const std::string id = doctest::getContextOptions()->currentTest->m_name;
  static std::set<std::string> ids;
  REQUIRE_MESSAGE(ids.insert(id).second, "every property has a name of its own");

  std::optional<std::chrono::steady_clock::time_point> broke;
  std::optional<std::pair<Case, std::string>> smallest;  // and what is said about it
  const auto once = [&] {
    const Case drawn = *gen;
    // Smaller cases are looked for as long as a person waits; what is left then is small enough.
    if (broke && std::chrono::steady_clock::now() - *broke > longest_shrinking) {
      if (drawn == smallest->first) RC_FAIL(smallest->second);
      return;
    }
    notes().clear();
    try {
      property(drawn);
    } catch (const std::exception& error) {
      if (!broke) broke = std::chrono::steady_clock::now();
      std::string text = error.what();
      for (const std::string& line : notes()) text += "\n  " + line;
      smallest.emplace(drawn, text);
      RC_FAIL(text);
    }
  };
  const rc::detail::TestParams params = params_for(effort);
  const rc::detail::TestMetadata named{id, id};
  Silence silence;
  const auto result = effort.known_bad ? rc::detail::checkTestable(once, named, params, silence)
                                       : rc::detail::checkTestable(once, named, params);
  whole_run() = false;
  if (result.template is<rc::detail::SuccessResult>()) {
    whole_run() = result.template get<rc::detail::SuccessResult>().numSuccess >= effort.cases;
    return std::nullopt;
  }
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  return text.str();
}

}  // namespace

void holds(const std::function<void(Choices&)>& property, const Effort& effort) {
  const std::function<void(const Numbers&)> of_numbers = [&](const Numbers& drawn) {
    Choices choices(drawn);
    property(choices);
  };
  if (const auto report = checked(numbers(effort.choices), of_numbers, effort)) FAIL(*report);
}

std::optional<Shrunk> broken_text(const OfTexts& texts, const Effort& effort) {
  const auto shrinks = [&](const std::string& text) {
    return rc::seq::fromContainer(texts.simpler(text));
  };
  const rc::Gen<Numbers> choices_of = numbers(effort.choices);
  const rc::Gen<std::string> gen([&](const rc::Random& random, int size) {
    Choices choices(choices_of(random, size).value());
    return rc::shrinkable::shrinkRecur(texts.draw(choices), shrinks);
  });
  std::string smallest;
  const std::function<void(const std::string&)> property = [&](const std::string& text) {
    try {
      texts.property(text);
    } catch (...) {
      smallest = text;
      throw;
    }
  };
  const auto report = checked(gen, property, effort);
  return report ? std::optional(Shrunk{smallest, *report}) : std::nullopt;
}

void met(const char* kind, int times, int at_least) {
  if (!whole_run()) return;
  CHECK_MESSAGE(times >= at_least, std::string(kind) << " was met " << times << " times");
}

}  // namespace lockstep::properties
