// Gathering and arranging: canonical order, fingerprints, what a sink refuses, attributes.

#include "data/content.hpp"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "assay/errors.hpp"

#include "data/attributes.hpp"
#include "support.hpp"

namespace assay {
namespace {

using namespace test;

std::string print(const Content& c) { return fingerprint(c.users.view(), c.items.view(), c.log.view(), c.behaviours); }

template <class E>
std::string refusal(const std::function<void(DatasetSink&)>& read, bool skip = false) {
  try {
    Gatherer gatherer(skip, {});
    read(gatherer);
    (void)gatherer.take();
  } catch (const E& e) {
    return e.what();
  }
  return "";
}

TEST(Content, LiesInOneOrderWhateverTheReadersWas) {
  for (const bool repeats : {false, true}) {
    for (const bool texts : {false, true}) {
      auto samples = random_samples(1, 5000, 30, 200, repeats);
      Delivery how;
      how.parts = true;
      how.texts = texts;
      const auto before = content_of(samples, how);
      test::shuffle(samples, 2);
      how.batch = 7;
      const auto after = content_of(samples, how);
      EXPECT_EQ(print(before), print(after));
      EXPECT_EQ(before.log.time, after.log.time);
    }
  }
}

TEST(Content, IsSortedByUserItemTimeAndValue) {
  auto samples = random_samples(2, 30000, 3, 60, true);  // rows long enough for the radix sort
  const auto content = content_of(samples);
  for (auto& s : samples) s.part = Part::all;
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return std::tuple(a.user, a.item, a.time, a.value) < std::tuple(b.user, b.item, b.time, b.value);
  });
  std::size_t at = 0;
  for (std::size_t u = 0; u < content.users.numbers.size(); ++u)
    for (; at < static_cast<std::size_t>(content.log.offsets[u + 1]); ++at) {
      const Sample found{content.users.numbers[u],
                         content.items.numbers[static_cast<std::size_t>(content.log.item[at])], content.log.value[at],
                         content.log.time[at], Part::all};
      ASSERT_TRUE(found == samples[at]) << at;
    }
  EXPECT_EQ(at, samples.size());
}

TEST(Content, HasAnotherFingerprintWhenAnythingChanges) {
  Delivery how;
  how.parts = true;
  const Samples samples = random_samples(3, 100, 10, 30);
  const auto original = print(content_of(samples, how));
  const auto changed = [&](const std::function<void(Sample&)>& change) {
    Samples other = samples;
    change(other[17]);
    return print(content_of(other, how));
  };
  EXPECT_EQ(changed([](Sample&) {}), original);
  EXPECT_NE(changed([](Sample& s) { s.user = 99; }), original);
  EXPECT_NE(changed([](Sample& s) { s.item = 99; }), original);
  EXPECT_NE(changed([](Sample& s) { s.value += .5f; }), original);
  EXPECT_NE(changed([](Sample& s) { s.time += 1; }), original);
  EXPECT_NE(changed([](Sample& s) { s.part = s.part == Part::test ? Part::train : Part::test; }), original);
  EXPECT_NE(print(content_of({samples.begin() + 1, samples.end()}, how)), original);
  how.texts = true;
  EXPECT_NE(print(content_of(samples, how)), original) << "ids \"u7\" are not ids 7";
}

TEST(Content, HasTheFingerprintThatThePageDescribes) {  // constants: tests/reference/data_peer.py
  const Samples samples{{1, 10, 4, 5000}, {1, 9, 2.5, 4000}, {1, 9, 3, 4000}, {-2, 10, 1, 6000}, {30, 100, 5, -1}};
  Delivery bare;
  bare.times = false;
  EXPECT_EQ(print(content_of(samples)), "088dcedb3a5fa9a8489cddf6a5bd1c1cb9bf8740619a410959f74fe00229502c");
  EXPECT_EQ(print(content_of(samples, bare)), "a9ca4860815fffbebc04097fc6e5f883860cb2d12ad91a3a8db7891834864e90");
  Delivery texts;
  texts.texts = texts.parts = true;
  const Samples given{{1, 10, 4, 5000, Part::train},
                      {1, 9, 2.5, 4000, Part::test},
                      {1, 9, 3, 4000, Part::train},
                      {2, 10, 1, 6000, Part::train}};
  EXPECT_EQ(print(content_of(given, texts)), "21263c58c37b5d490d05b5fae1e2616bdea076b4dddba02a3a1d71a16533ed03");
}

TEST(Content, TakesImplicitInteractionsForOnes) {
  Delivery implicit;
  implicit.values = implicit.times = false;
  Samples samples = random_samples(4, 100, 10, 30);
  const auto content = content_of(samples, implicit);
  for (auto& s : samples) s.value = 1;
  implicit.values = true;
  EXPECT_EQ(print(content), print(content_of(samples, implicit)));
  EXPECT_TRUE(content.log.time.empty());
}

TEST(Content, TakesMinusZeroForZero) {
  EXPECT_EQ(print(content_of({{1, 1, -0.0f}})), print(content_of({{1, 1, 0.0f}})));
}

TEST(Content, NumbersBehavioursByTheirNames) {
  Gatherer forward(false, {}), backward(false, {});
  const std::vector<std::int64_t> users{1, 2, 2}, items{3, 4, 5};
  const std::vector<std::string_view> words{"view", "cart", "purchase"};
  forward.interactions({Part::all, {users, {}}, {items, {}}, {}, {}, words});
  for (std::size_t i = 3; i-- > 0;)
    backward.interactions({Part::all,
                           {std::span(users).subspan(i, 1), {}},
                           {std::span(items).subspan(i, 1), {}},
                           {},
                           {},
                           std::span(words).subspan(i, 1)});
  const auto a = arrange(forward.take()), b = arrange(backward.take());
  EXPECT_EQ(a.behaviours, (std::vector<std::string>{"", "cart", "purchase", "view"}));
  EXPECT_EQ(a.log.behaviour, (Buffer<std::uint8_t>{3, 1, 2}));
  EXPECT_EQ(print(a), print(b));
}

TEST(Sink, RefusesBatchesThatContradictThemselves) {
  const std::vector<std::int64_t> two{1, 2}, three{1, 2, 3};
  const std::vector<float> values{1, 2, 3};
  EXPECT_EQ(refusal<PluginError>([&](auto& sink) {
              sink.interactions({Part::all, {two, {}}, {three, {}}, {}, {}, {}});
            }),
            "the reader delivered a batch of 2 users and 3 items");
  EXPECT_EQ(refusal<PluginError>([&](auto& sink) {
              sink.interactions({Part::all, {two, {}}, {two, {}}, values, {}, {}});
            }),
            "the reader delivered a batch of 2 users and 3 values");
}

TEST(Sink, RefusesDataThatCannotBeUsed) {
  const std::vector<std::int64_t> one{1};
  const std::vector<float> nan{std::numeric_limits<float>::quiet_NaN()};
  EXPECT_NE(refusal<DataError>([](auto&) {}).find("no interactions"), std::string::npos);
  EXPECT_NE(refusal<DataError>([&](auto& sink) {
              sink.interactions({Part::all, {one, {}}, {one, {}}, nan, {}, {}});
            }).find("not a finite number"),
            std::string::npos);
  EXPECT_NE(refusal<DataError>([&](auto& sink) {
              sink.interactions({Part::all, {one, {}}, {one, {}}, {}, one, {}});
              sink.interactions({Part::all, {one, {}}, {one, {}}, {}, {}, {}});
            }).find("1 of 2 interactions have a time"),
            std::string::npos);
}

TEST(Sink, NamesFileAndLineOfABadLineOrCountsIt) {
  const auto read = [](DatasetSink& sink) { sink.bad_line("x.csv", 7, "\"abc\" is no number"); };
  EXPECT_TRUE(refusal<DataError>(read).starts_with("x.csv:7: \"abc\" is no number"));
  EXPECT_NE(refusal<DataError>(read, true).find("1 lines were skipped"), std::string::npos);
}

/// A table of titles, years and genres for three items, delivered in two pieces.
struct Movies {
  std::vector<std::string_view> words_a{"Drama", "Comedy"}, words_b{"Comedy", "Action"};
  std::vector<std::string_view> titles_a{"Heat", "Alien"}, titles_b{"Brazil"};
  std::array<float, 2> years_a{1995, 1979};
  std::array<std::int32_t, 1> years_b{1985};
  std::array<std::int64_t, 1> shape_a{2}, shape_b{1};
  std::array<std::int64_t, 3> offsets_a{0, 2, 3};
  std::array<std::int64_t, 2> offsets_b{0, 2};
  std::array<Index, 3> tags_a{0, 1, 1};
  std::array<Index, 2> tags_b{1, 0};
  std::array<float, 3> ones{1, 1, 1};

  void deliver(DatasetSink& sink) const {
    const std::array<Column, 3> a{
        Column{Column::Kind::text, "title", {}, {}, titles_a},
        Column{Column::Kind::number, "year", {years_a.data(), Element::f32, shape_a}, {}, {}},
        Column{Column::Kind::tags, "genres", {}, {2, 2, offsets_a, tags_a.data(), ones.data(), nullptr}, words_a}};
    const std::array<Column, 3> b{
        Column{Column::Kind::text, "title", {}, {}, titles_b},
        Column{Column::Kind::number, "year", {years_b.data(), Element::i32, shape_b}, {}, {}},
        Column{Column::Kind::tags, "genres", {}, {1, 2, offsets_b, tags_b.data(), ones.data(), nullptr}, words_b}};
    const std::vector<std::int64_t> ids_a{30, 10}, ids_b{20};
    sink.rows("items", Part::all, {ids_a, {}}, {2, a});
    sink.rows("items", Part::all, {ids_b, {}}, {1, b});
  }
};

TEST(Attributes, ComeInTheOrderOfTheItemsThatAreLeft) {
  Folder folder;
  DatasetSpec dataset;
  FilterSpec filter;
  filter.item_core = 2;
  SplitSpec split;
  split.test = .5;
  const auto info = prepare(dataset, filter, split, folder.path(), [](DatasetSink& sink) {
    deliver({{1, 20}, {2, 20}, {1, 30}, {2, 30}, {1, 10}, {1, 40}, {2, 40}}, sink);
    Movies().deliver(sink);
  });
  const auto task = PreparedTask::open(info.file);
  const Table items = task.item_table();
  ASSERT_EQ(items.rows, 3) << "20, 30, and 40, which has no attributes; 10 is no longer there";
  ASSERT_EQ(items.columns.size(), 3u);
  EXPECT_EQ(items.columns[0].name, "title");
  EXPECT_EQ(items.columns[0].words[0], "Brazil");
  EXPECT_EQ(items.columns[0].words[1], "Heat");
  EXPECT_EQ(items.columns[0].words[2], "");
  const auto* years = static_cast<const double*>(items.columns[1].dense.data);
  EXPECT_EQ(items.columns[1].dense.element, Element::f64);
  EXPECT_EQ(items.columns[1].dense.shape[0], 3);
  EXPECT_EQ(years[0], 1985);
  EXPECT_EQ(years[1], 1995);
  EXPECT_TRUE(std::isnan(years[2]));
  const auto& genres = items.columns[2];
  EXPECT_EQ(std::vector<std::string_view>(genres.words.begin(), genres.words.end()),
            (std::vector<std::string_view>{"Action", "Comedy", "Drama"}));
  EXPECT_EQ(std::vector<Index>(genres.tags[0].columns.begin(), genres.tags[0].columns.end()),
            (std::vector<Index>{0, 1}));
  EXPECT_EQ(std::vector<Index>(genres.tags[1].columns.begin(), genres.tags[1].columns.end()),
            (std::vector<Index>{1, 2}));
  EXPECT_EQ(genres.tags[2].columns.size(), 0u);
  EXPECT_EQ(task.user_table().columns.size(), 0u);
}

TEST(Attributes, OfTheLastRowHold) {
  AttributeRows rows;
  const std::vector<std::string_view> words{"old", "other", "new"};
  const std::array<Column, 1> columns{Column{Column::Kind::text, "t", {}, {}, words}};
  rows.add(std::vector<std::uint32_t>{0, 1, 0}, {3, columns}, "items");
  const auto table = rows.arrange(std::vector<Index>{1, 0}, 2);
  EXPECT_EQ(table.columns[0].words, (std::vector<std::string>{"other", "new"}));
}

TEST(Attributes, KeepTensorsAsTheyAre) {
  AttributeRows rows;
  const std::array<std::uint8_t, 8> pixels{1, 2, 3, 4, 5, 6, 7, 8};
  const std::array<std::int64_t, 3> shape{2, 2, 2};
  const std::array<Column, 1> columns{
      Column{Column::Kind::tensor, "picture", {pixels.data(), Element::u8, shape}, {}, {}}};
  rows.add(std::vector<std::uint32_t>{0, 1}, {2, columns}, "items");
  const auto table = rows.arrange(std::vector<Index>{2, 0}, 3);
  EXPECT_EQ(table.columns[0].shape, (std::vector<std::int64_t>{3, 2, 2}));
  const std::array<std::uint8_t, 12> expected{5, 6, 7, 8, 0, 0, 0, 0, 1, 2, 3, 4};
  EXPECT_TRUE(std::ranges::equal(table.columns[0].dense, std::as_bytes(std::span(expected))));
}

TEST(Attributes, OfContradictingBatchesAreRefused) {
  AttributeRows rows;
  const std::vector<std::string_view> words{"a"};
  const std::array<double, 1> number{1};
  const std::array<std::int64_t, 1> one{1}, two{2};
  const std::array<Column, 1> text{Column{Column::Kind::text, "x", {}, {}, words}},
      dense{Column{Column::Kind::number, "x", {number.data(), Element::f64, one}, {}, {}}},
      wrong{Column{Column::Kind::number, "y", {number.data(), Element::f64, two}, {}, {}}};
  rows.add(std::vector<std::uint32_t>{0}, {1, text}, "items");
  EXPECT_THROW(rows.add(std::vector<std::uint32_t>{1}, {1, dense}, "items"), PluginError);
  EXPECT_THROW(rows.add(std::vector<std::uint32_t>{1}, {1, wrong}, "items"), PluginError);
}

}  // namespace
}  // namespace assay
