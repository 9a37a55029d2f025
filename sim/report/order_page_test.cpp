#include "sim/report/order_page.hpp"

#include <doctest/doctest.h>

#include "sim/check/histories_for_tests.hpp"
#include "sim/report/order_layout.hpp"

using namespace lockstep;
using namespace lockstep::sim;
using for_tests::Written;
using Kind = OrderLayout::Kind;

TEST_CASE("a history is laid out by what came before what") {
  const auto history = Written()
                           .put(1, 50, "x", "a value that is long enough to be shortened")
                           .get(2, 3, "x", std::nullopt)
                           .append(4, 0, "x", "b")
                           .get(60, 61, "x", "c")
                           .get(62, 63, "x", "c")
                           .put(1, 2, "y", "other keys are not drawn")
                           .history;
  const Judgement judgement = judge(ModelName::kv, history);
  REQUIRE(judgement.stuck == 3);
  const OrderLayout layout = lay_out(history, judgement);
  REQUIRE(layout.bars.size() == 5);
  CHECK(layout.left_out == 0);
  CHECK(layout.rows == std::vector<std::string>{"c1", "c2", "c3", "c4"});
  const auto& bars = layout.bars;
  CHECK(bars[0].kind == Kind::placed);
  CHECK(bars[0].label == "put …gh to be shortened");
  CHECK(bars[2].kind == Kind::open);
  CHECK(bars[3].kind == Kind::stuck);
  CHECK(bars[4].kind == Kind::later);
  CHECK(bars[1].from > bars[0].from);
  CHECK(bars[1].to < bars[0].to);
  CHECK(bars[3].from > bars[0].to);
  CHECK(bars[2].to > bars[4].to);
  CHECK(bars[1].turn == 1);
  CHECK(bars[0].turn == 2);
  CHECK(bars[3].turn == 0);
  CHECK(bars[0].turn_at > bars[1].turn_at);
  CHECK(bars[0].turn_at < bars[0].to);
}

TEST_CASE("of a long history the part around the end of the prefix is drawn") {
  Written written;
  for (int i = 0; i < 1000; ++i) written.put(2 * i + 1, 2 * i + 2, "x", std::to_string(i));
  written.get(3000, 3001, "x", "3");
  for (int i = 0; i < 1000; ++i) written.put(4000 + 2 * i, 4001 + 2 * i, "x", std::to_string(i));
  const Judgement judgement = judge(ModelName::kv, written.history);
  REQUIRE(judgement.stuck == 1000);
  const OrderLayout layout = lay_out(written.history, judgement);
  CHECK(layout.bars.size() == bars_before + bars_after);
  CHECK(layout.left_out == 2001 - bars_before - bars_after);
  CHECK(layout.bars.front().operation == 1000 - bars_before);
  CHECK(layout.bars.front().turn == 1001 - bars_before);
  CHECK(layout.bars.back().operation == 1000 + bars_after - 1);
}

TEST_CASE("the page says the verdict, and no text of a history leaves its place") {
  const auto history = Written().put(1, 2, "</script>", "<b>").get(3, 4, "</script>", "&").history;
  const Judgement judgement = judge(ModelName::kv, history);
  const std::string page = render_order({"a \"file\"", ModelName::kv, true}, history, judgement);
  CHECK(page.find("<span class=\"verdict violated\">violated</span>") != std::string::npos);
  CHECK(page.find("<title>a &quot;file&quot; – Lockstep</title>") != std::string::npos);
  CHECK(page.find("id=\"stuck\"") != std::string::npos);
  CHECK(page.find("class=\"stuck-row\"") != std::string::npos);
  CHECK(page.find("<b>") == std::string::npos);
  CHECK(page.find("key &lt;/script&gt;: #2") != std::string::npos);
  CHECK(page.find("4 ms") != std::string::npos);
  const std::string untimed = render_order({"a", ModelName::kv, false}, history, judgement);
  CHECK(untimed.find("event 4000000") != std::string::npos);
}

TEST_CASE("labels are as short as it can be told") {
  const auto history = Written()
                           .cas(1, 2, "x", std::nullopt, "a", true)
                           .cas(1, 2, "x", "a", "", false)
                           .get(1, 2, "x", "v")
                           .remove(1, 2, "x")
                           .history;
  CHECK(short_label(history[0]) == "cas –→a");
  CHECK(short_label(history[1]) == "cas a→\"\" no");
  CHECK(short_label(history[2]) == "get → v");
  CHECK(short_label(history[3]) == "delete");
}
