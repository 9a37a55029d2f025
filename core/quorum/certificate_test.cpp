#include "core/quorum/certificate.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <optional>

#include "core/quorum/table_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::quorum;

namespace {

Certificate certificate_of(const Table& table, std::uint32_t candidate,
                           const std::vector<std::uint32_t>& voters) {
  Certificate certificate{table.epoch, NodeId(candidate), table.digest(), {}};
  for (const std::uint32_t voter : voters)
    certificate.votes.push_back(vote_of(table, voter, candidate));
  return certificate;
}

std::optional<Offence> flaw(const Certificate& certificate, const Table& table) {
  return verify(certificate, table, keyring_of(4), hospital_cluster);
}

const Table third_epoch = table_of(Mode::byzantine, 1, {10, 10, 10, 10}, Epoch(3));

// Changes one ballot of a good certificate and has its voter sign it again.
std::optional<Offence> flaw_after(const std::function<void(Ballot&)>& change,
                                  std::size_t which = 1) {
  Certificate certificate = certificate_of(third_epoch, 2, {1, 2, 3});
  Ballot ballot = certificate.votes[which].ballot;
  change(ballot);
  certificate.votes[which] = signed_again(ballot);
  return flaw(certificate, third_epoch);
}

}  // namespace

TEST_CASE("a quorum of votes for one candidate is a certificate, one less is not") {
  CHECK(flaw(certificate_of(third_epoch, 2, {1, 2, 3}), third_epoch) == std::nullopt);
  CHECK(flaw(certificate_of(third_epoch, 2, {1, 3, 4}), third_epoch) == std::nullopt);
  CHECK(flaw(certificate_of(third_epoch, 2, {1, 2, 3, 4}), third_epoch) == std::nullopt);
  CHECK(flaw(certificate_of(third_epoch, 2, {2, 3}), third_epoch) == Offence::no_quorum);
  CHECK(flaw(certificate_of(third_epoch, 2, {}), third_epoch) == Offence::no_quorum);
}

TEST_CASE("what is wrong with a certificate has a name") {
  const Certificate good = certificate_of(third_epoch, 2, {1, 2, 3});
  const auto after = [&](const std::function<void(Certificate&)>& change) {
    Certificate certificate = good;
    change(certificate);
    return flaw(certificate, third_epoch);
  };
  CHECK(after([](Certificate& c) { c.epoch = Epoch(4); }) == Offence::wrong_epoch);
  CHECK(after([](Certificate& c) { c.table = TableDigest(1); }) == Offence::wrong_table);
  CHECK(after([](Certificate& c) { c.candidate = NodeId(9); }) == Offence::unknown_candidate);
  CHECK(after([](Certificate& c) { c.candidate = NodeId(3); }) == Offence::other_candidate);
  CHECK(after([](Certificate& c) { std::swap(c.votes[0], c.votes[1]); }) == Offence::replay);
  CHECK(after([](Certificate& c) { c.votes[1] = c.votes[0]; }) == Offence::replay);
  CHECK(after([](Certificate& c) { c.votes[2].signature.bytes[7] ^= 1; }) ==
        Offence::bad_signature);
  CHECK(after([](Certificate& c) { c.votes[2].ballot.cast_at = Instant(9); }) ==
        Offence::bad_signature);
  CHECK(verify(good, third_epoch, keyring_of(4), ClusterId(1)) == Offence::wrong_cluster);
  CHECK(flaw(good, third_epoch.in(Epoch(4))) == Offence::wrong_epoch);
  CHECK(flaw(good, table_of(Mode::byzantine, 1, {10, 10, 10, 11}, Epoch(3))) ==
        Offence::wrong_table);
}

TEST_CASE("what is wrong with one of its votes has a name, though it is signed") {
  CHECK(flaw_after([](Ballot&) {}) == std::nullopt);
  CHECK(flaw_after([](Ballot& b) { b.cluster = ClusterId(1); }) == Offence::wrong_cluster);
  CHECK(flaw_after([](Ballot& b) { b.epoch = Epoch(2); }) == Offence::wrong_epoch);
  CHECK(flaw_after([](Ballot& b) { b.table = TableDigest(2); }) == Offence::wrong_table);
  CHECK(flaw_after([](Ballot& b) { b.claim = claim_of(3); }) == Offence::other_candidate);
  CHECK(flaw_after([](Ballot& b) { b.claim.score += 1; }) == Offence::unsupported_score);
  CHECK(flaw_after([](Ballot& b) { b.claim.score += 1; }, 0) == Offence::unsupported_score);
  CHECK(flaw_after([](Ballot& b) { b.claim.digest = ScoreDigest(8); }) ==
        Offence::unsupported_score);
  CHECK(flaw_after([](Ballot& b) { b.voter = NodeId(7); }, 2) == Offence::unknown_voter);
}

TEST_CASE("weights are the table's: a heavy vote counts for more") {
  const Table table = table_of(Mode::byzantine, 1, {20, 14, 12, 10, 10}, Epoch(1));
  CHECK(table.threshold() == 44);
  CHECK(flaw(certificate_of(table, 1, {1, 2, 4}), table) == std::nullopt);
  CHECK(flaw(certificate_of(table, 1, {2, 3, 4}), table) == Offence::no_quorum);
}

namespace {

// For every set of at most f traitors and every way for the honest to vote for 1, 2 or nobody, the
// traitors vote for both. Calls use(votes for 1, votes for 2).
template <class Use>
void each_assignment(std::uint32_t n, std::uint32_t f, const Use& use) {
  std::uint32_t ways = 1;
  for (std::uint32_t i = 0; i < n; ++i) ways *= 3;
  for (std::uint32_t traitors = 0; traitors < 1u << n; ++traitors) {
    if (static_cast<std::uint32_t>(__builtin_popcount(traitors)) > f) continue;
    for (std::uint32_t way = 0; way < ways; ++way) {
      std::vector<std::uint32_t> one, two;
      bool fresh = true;  // traitors vote for both in one way only, the way 0
      for (std::uint32_t i = 0, rest = way; i < n; ++i, rest /= 3) {
        const bool traitor = (traitors >> i & 1) != 0;
        fresh = fresh && !(traitor && rest % 3 != 0);
        if (traitor || rest % 3 == 1) one.push_back(i + 1);
        if (traitor || rest % 3 == 2) two.push_back(i + 1);
      }
      if (fresh) use(one, two);
    }
  }
}

// How many of all assignments give a certificate to both candidates, and how many to one at least.
struct Found {
  int both = 0;
  int any = 0;
};
Found search(const Table& table) {
  const auto n = static_cast<std::uint32_t>(table.members.size());
  std::vector<Vote> ready[3];  // by candidate, then voter
  for (std::uint32_t candidate = 1; candidate <= 2; ++candidate)
    for (std::uint32_t voter = 1; voter <= n; ++voter)
      ready[candidate].push_back(vote_of(table, voter, candidate));
  const Keyring reader = keyring_of(1);
  const auto certified = [&](std::uint32_t candidate, const std::vector<std::uint32_t>& voters) {
    Certificate certificate{table.epoch, NodeId(candidate), table.digest(), {}};
    for (const std::uint32_t voter : voters)
      certificate.votes.push_back(ready[candidate][voter - 1]);
    return verify(certificate, table, reader, hospital_cluster) == std::nullopt;
  };
  Found found;
  each_assignment(n, table.f, [&](const auto& one, const auto& two) {
    const bool first = certified(1, one);
    const bool second = certified(2, two);
    found.both += first && second ? 1 : 0;
    found.any += first || second ? 1 : 0;
  });
  return found;
}

}  // namespace

TEST_CASE("all votes, all traitors: at most one candidate is certified by a byzantine quorum") {
  const std::vector<std::vector<std::uint32_t>> weights{{10, 10, 10, 10},
                                                        {20, 20, 20, 1},
                                                        {20, 11, 10, 20},
                                                        {20, 15, 10, 8, 12},
                                                        {10, 10, 10, 10, 10, 10},
                                                        {20, 1, 7, 13, 20, 9},
                                                        {10, 10, 10, 10, 10, 10, 10},
                                                        {20, 19, 17, 15, 20, 18, 16}};
  for (const auto& each : weights) {
    for (std::uint32_t f = 0; 3 * f < each.size(); ++f) {
      const Table table = table_of(Mode::byzantine, f, each);
      if (!refusal(table).empty()) continue;
      CAPTURE(refusal(table));
      const Found found = search(table);
      CHECK(found.both == 0);
      CHECK(found.any > 0);
    }
  }
  CHECK(refusal(table_of(Mode::byzantine, 2, weights[6])).empty());
  CHECK(refusal(table_of(Mode::byzantine, 2, weights[7])).empty());
}

TEST_CASE("known bad: a majority of 5 with one who votes twice certifies two leaders") {
  const Table table = table_of(Mode::majority, 1, {10, 10, 10, 10, 10}, Epoch(3));
  REQUIRE(refusal(table).empty());
  CHECK(flaw(certificate_of(table, 1, {1, 2, 5}), table) == std::nullopt);
  CHECK(flaw(certificate_of(table, 2, {3, 4, 5}), table) == std::nullopt);
  CHECK(search(table).both > 0);
  CHECK(search(table_of(Mode::majority, 0, {10, 10, 10, 10, 10})).both == 0);
}

TEST_CASE("known bad: half of 4 certifies two leaders without any traitor") {
  const Table table = table_of(Mode::degraded, 0, {10, 10, 10, 10}, Epoch(3));
  CHECK(flaw(certificate_of(table, 1, {1, 2}), table) == std::nullopt);
  CHECK(flaw(certificate_of(table, 2, {3, 4}), table) == std::nullopt);
  CHECK(search(table).both > 0);
}

TEST_CASE("known bad: where nobody is asked, everybody is certified") {
  const Table table = table_of(Mode::none, 0, {10, 10}, Epoch(3));
  CHECK(flaw(certificate_of(table, 1, {}), table) == std::nullopt);
  CHECK(flaw(certificate_of(table, 2, {}), table) == std::nullopt);
}
