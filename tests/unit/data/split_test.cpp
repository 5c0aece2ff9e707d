// Every split against its definition, computed the slow way.

#include "data/split.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

#include "assay/errors.hpp"

#include "data/filter.hpp"
#include "support.hpp"

namespace assay {
namespace {

using namespace test;

/// Rows in canonical order with the parts that a split gives them.
Samples split_rows(const Samples& samples, const SplitSpec& spec, Delivery how = {}) {
  how.parts = spec.strategy == SplitStrategy::given && how.parts;
  const Content content = content_of(samples, how);
  const auto users = content.users.view(), items = content.items.view();
  const LogView log = content.log.view();
  const auto parts = assign_parts(log, spec);
  Samples out;
  for (std::size_t u = 0; u < static_cast<std::size_t>(log.users); ++u)
    for (auto at = static_cast<std::size_t>(log.offsets[u]); at < static_cast<std::size_t>(log.offsets[u + 1]); ++at)
      out.push_back({users.numbers[u], items.numbers[static_cast<std::size_t>(log.item[at])], log.value[at],
                     log.time.empty() ? 0 : log.time[at], parts[at]});
  return out;
}

std::map<std::int64_t, Samples> by_user(const Samples& rows) {
  std::map<std::int64_t, Samples> out;
  for (const auto& s : rows) out[s.user].push_back(s);
  return out;
}

std::int64_t count(const Samples& rows, Part part) {
  return std::count_if(rows.begin(), rows.end(), [&](const Sample& s) { return s.part == part; });
}

SplitSpec spec_of(SplitStrategy strategy, double test, double validation) {
  SplitSpec out;
  out.strategy = strategy;
  out.test = test;
  out.validation = validation;
  return out;
}

/// Marks the last by time; ties go by item, then by user. The definition for a user's or all rows.
void mark_latest(Samples& rows, std::size_t tests, std::size_t validations) {
  std::sort(rows.begin(), rows.end(), [](const Sample& a, const Sample& b) {
    return std::tuple(a.time, a.item, a.user) < std::tuple(b.time, b.item, b.user);
  });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t from_end = rows.size() - i;
    rows[i].part = from_end <= tests ? Part::test : from_end <= tests + validations ? Part::validation : Part::train;
  }
}

std::size_t rounded(std::size_t n, double share) {
  return static_cast<std::size_t>(std::floor(static_cast<double>(n) * share + .5));
}

/// Few users with many interactions, many with one to five: the roundings matter.
Samples uneven(std::uint64_t seed) {
  auto out = random_samples(seed, 500, 15, 80);
  Random random(seed + 1000);
  for (std::int64_t u = 1000; u < 1060; ++u)
    for (std::int64_t i = 0; i <= (u % 5); ++i)
      out.push_back({u, 1 + 3 * ((u * 7 + i * 11) % 60), 1, static_cast<std::int64_t>(random.below(200)) * 1000});
  return out;
}

std::string refusal(const Samples& samples, const SplitSpec& spec, const Delivery& how = {}) {
  try {
    split_rows(samples, spec, how);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Split, RandomHoldoutTakesRoundedSharesOfEachUser) {
  for (const auto& [test, validation] : {std::pair{.2, .0}, {.2, .1}, {.5, .3}, {.0, .4}, {.8, .15}}) {
    for (const auto& [user, rows] :
         by_user(split_rows(uneven(1), spec_of(SplitStrategy::random_holdout, test, validation)))) {
      const std::size_t n = rows.size(), tests = std::min(rounded(n, test), n - 1);
      EXPECT_EQ(count(rows, Part::test), static_cast<std::int64_t>(tests));
      EXPECT_EQ(count(rows, Part::validation),
                static_cast<std::int64_t>(std::min(rounded(n, validation), n - 1 - tests)));
      EXPECT_GE(count(rows, Part::train), 1) << "train keeps at least one";
    }
  }
}

/// "1123 31 …": the parts of each user's interactions as digits.
std::string digits(const Samples& samples, const SplitSpec& spec) {
  std::string out;
  for (const auto& [user, rows] : by_user(split_rows(samples, spec))) {
    for (const auto& s : rows) out += static_cast<char>('0' + static_cast<int>(s.part));
    out += ' ';
  }
  return out;
}

TEST(Split, RandomHoldoutDrawsAsThePageDescribes) {  // constants: tests/reference/data_peer.py
  Samples samples;
  const std::vector<std::int64_t> lengths{10, 3, 1, 7};
  for (std::size_t u = 0; u < lengths.size(); ++u)
    for (std::int64_t i = 0; i < lengths[u]; ++i) samples.push_back({static_cast<std::int64_t>(u), i});
  auto spec = spec_of(SplitStrategy::random_holdout, .3, .2);
  EXPECT_EQ(digits(samples, spec), "1122313113 312 1 1131123 ");
  spec.per_user = false;
  EXPECT_EQ(digits(samples, spec), "3121111213 331 1 1232113 ");
}

TEST(Split, RandomHoldoutDrawsEveryPlaceAlikeOften) {
  Samples one;
  for (std::int64_t i = 0; i < 10; ++i) one.push_back({1, i});
  std::map<std::int64_t, int> drawn, validated;
  SplitSpec spec = spec_of(SplitStrategy::random_holdout, .3, .2);
  for (spec.seed = 0; spec.seed < 4000; ++spec.seed)
    for (const auto& s : split_rows(one, spec)) {
      drawn[s.item] += s.part == Part::test;
      validated[s.item] += s.part == Part::validation;
    }
  for (std::int64_t i = 0; i < 10; ++i) {  // 5 standard deviations of binomial(4000, p)
    EXPECT_NEAR(drawn[i], 1200, 145);
    EXPECT_NEAR(validated[i], 800, 127);
  }
}

TEST(Split, RandomHoldoutOfOneUserIsNotThatOfAnother) {
  Samples rows;
  for (std::int64_t u = 0; u < 50; ++u)
    for (std::int64_t i = 0; i < 30; ++i) rows.push_back({u, i});
  const auto users = by_user(split_rows(rows, spec_of(SplitStrategy::random_holdout, .5, 0)));
  int same = 0;
  for (std::size_t i = 0; i < 30; ++i) same += users.at(0)[i].part == users.at(1)[i].part;
  EXPECT_GT(same, 3);
  EXPECT_LT(same, 27);
}

TEST(Split, RandomHoldoutOverAllTakesRoundedSharesOfAll) {
  auto spec = spec_of(SplitStrategy::random_holdout, .25, .1);
  spec.per_user = false;
  const auto rows = split_rows(uneven(2), spec);
  EXPECT_EQ(count(rows, Part::test), static_cast<std::int64_t>(rounded(rows.size(), .25)));
  EXPECT_EQ(count(rows, Part::validation), static_cast<std::int64_t>(rounded(rows.size(), .1)));
  std::map<std::int64_t, int> drawn;
  for (spec.seed = 0; spec.seed < 2000; ++spec.seed)
    for (const auto& s : split_rows({{1, 1}, {1, 2}, {2, 1}, {2, 2}}, spec))
      drawn[s.user * 2 + s.item] += s.part == Part::test;
  for (const auto& [place, times] : drawn) EXPECT_NEAR(times, 500, 97);
}

TEST(Split, LeaveOneOutTakesTheLastAndTheOneBefore) {
  for (const double validation : {0., 1.}) {
    for (auto& [user, rows] : by_user(split_rows(uneven(3), spec_of(SplitStrategy::leave_one_out, .2, validation)))) {
      Samples expected = rows;
      mark_latest(expected, rows.size() >= 2, validation > 0 && rows.size() >= 3);
      Samples found = rows;
      std::sort(found.begin(), found.end());
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(found, expected) << "user " << user;
    }
  }
}

TEST(Split, LeaveOneOutAtRandomTakesOneAndNeedsNoTimes) {
  auto spec = spec_of(SplitStrategy::leave_one_out, 0, 1);
  spec.last_by_time = false;
  Delivery how;
  how.times = false;
  const auto rows = split_rows(uneven(4), spec, how);
  for (const auto& [user, own] : by_user(rows)) {
    EXPECT_EQ(count(own, Part::test), own.size() >= 2);
    EXPECT_EQ(count(own, Part::validation), own.size() >= 3);
  }
  spec.seed = 43;
  EXPECT_NE(split_rows(uneven(4), spec, how), rows);
}

TEST(Split, TemporalUserTakesEachUsersLastShare) {
  for (auto& [user, rows] : by_user(split_rows(uneven(5), spec_of(SplitStrategy::temporal_user, .3, .2)))) {
    Samples expected = rows;
    const std::size_t n = rows.size(), tests = std::min(rounded(n, .3), n - 1);
    mark_latest(expected, tests, std::min(rounded(n, .2), n - 1 - tests));
    Samples found = rows;
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(found, expected) << "user " << user;
  }
}

TEST(Split, TemporalGlobalTakesTheLastShareOfAll) {
  auto found = split_rows(uneven(6), spec_of(SplitStrategy::temporal_global, .2, .1));
  auto expected = found;
  mark_latest(expected, rounded(found.size(), .2), rounded(found.size(), .1));
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(found, expected);
}

TEST(Split, TemporalGlobalCutsAtPointsInTime) {
  auto spec = spec_of(SplitStrategy::temporal_global, .2, 0);
  spec.test_from_ms = 150'000;
  spec.validation_from_ms = 120'000;
  for (const auto& s : split_rows(uneven(7), spec))
    EXPECT_EQ(s.part, s.time >= 150'000 ? Part::test : s.time >= 120'000 ? Part::validation : Part::train);
}

TEST(Split, GivenTakesTheReadersParts) {
  Delivery how;
  how.parts = true;
  auto samples = random_samples(8, 400, 20, 50);
  auto found = split_rows(samples, spec_of(SplitStrategy::given, .2, 0), how);
  std::sort(samples.begin(), samples.end());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, samples);
}

TEST(Split, GivenCutsAValidationPartFromTrainWhereThereIsNone) {
  Delivery how;
  how.parts = true;
  const auto samples = random_samples(9, 400, 20, 50);
  const auto given = by_user(samples);
  for (const auto& [user, rows] : by_user(split_rows(samples, spec_of(SplitStrategy::given, .2, .1), how))) {
    const auto trains = count(given.at(user), Part::train);
    EXPECT_EQ(count(rows, Part::test), count(given.at(user), Part::test));
    EXPECT_EQ(count(rows, Part::validation), std::min<std::int64_t>(static_cast<std::int64_t>(rounded(rows.size(), .1)),
                                                                    std::max<std::int64_t>(trains - 1, 0)));
  }
}

TEST(Split, DoesNotDependOnTheOrderOfRows) {
  for (const auto strategy : {SplitStrategy::given, SplitStrategy::random_holdout, SplitStrategy::leave_one_out,
                              SplitStrategy::temporal_user, SplitStrategy::temporal_global}) {
    for (const bool flag : {true, false}) {
      auto spec = spec_of(strategy, .2, .1);
      spec.per_user = spec.last_by_time = flag;
      Delivery how;
      how.parts = true;
      auto samples = random_samples(10, 600, 30, 50);
      const auto before = split_rows(samples, spec, how);
      test::shuffle(samples, 3);
      how.batch = 37;
      EXPECT_EQ(split_rows(samples, spec, how), before) << static_cast<int>(strategy) << flag;
    }
  }
}

TEST(Split, SaysWhatTheDataLacks) {
  Delivery bare;
  bare.times = false;
  const auto samples = random_samples(11, 50, 5, 20);
  for (const auto strategy :
       {SplitStrategy::temporal_user, SplitStrategy::temporal_global, SplitStrategy::leave_one_out})
    EXPECT_NE(refusal(samples, spec_of(strategy, .2, 0), bare).find("goes by time, but the data has no times"),
              std::string::npos);
  EXPECT_NE(refusal(samples, spec_of(SplitStrategy::given, .2, 0)).find("does not say which interactions are train"),
            std::string::npos);
}

TEST(Split, RefusesDefinitionsThatMakeNoSense) {
  const auto samples = random_samples(12, 50, 5, 20);
  EXPECT_NE(refusal(samples, spec_of(SplitStrategy::random_holdout, .7, .3)).find("together they are below 1"),
            std::string::npos);
  EXPECT_NE(refusal(samples, spec_of(SplitStrategy::random_holdout, -.1, .3)).find("neither is below 0"),
            std::string::npos);
  auto points = spec_of(SplitStrategy::temporal_global, .2, 0);
  points.test_from_ms = 100;
  points.validation_from_ms = 200;
  EXPECT_NE(refusal(samples, points).find("needs a later \"test_from\""), std::string::npos);
  points.validation_from_ms.reset();
  points.test_from_ms = 1'000'000'000;
  EXPECT_NE(refusal(samples, points).find("\"test_from\" lies outside the data's times"), std::string::npos);
  EXPECT_NE(refusal({{1, 1}, {2, 1}}, spec_of(SplitStrategy::random_holdout, .2, 0)).find("nothing to test"),
            std::string::npos);
}

TEST(Split, HasAFingerprintOfWhatMatters) {
  auto a = spec_of(SplitStrategy::leave_one_out, .2, 0), b = a;
  b.test = .5;
  b.seed = 7;
  EXPECT_EQ(fingerprint(a), fingerprint(b)) << "shares and seed do not matter to the last by time";
  b.last_by_time = false;
  EXPECT_NE(fingerprint(a), fingerprint(b));
  a = spec_of(SplitStrategy::random_holdout, .2, 0);
  for (const auto& change : std::vector<std::function<void(SplitSpec&)>>{
           [](auto& s) { s.test = .21; }, [](auto& s) { s.validation = .1; }, [](auto& s) { s.per_user = false; },
           [](auto& s) { s.seed = 7; }, [](auto& s) { s.strategy = SplitStrategy::temporal_user; }}) {
    b = a;
    change(b);
    EXPECT_NE(fingerprint(a), fingerprint(b));
  }
}

}  // namespace
}  // namespace assay
