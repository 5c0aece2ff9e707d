// ContentKNN and HybridKNN against plain loops in float64 over dense matrices of terms; and how texts become words.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <ostream>
#include <vector>

#include "assay/errors.hpp"

#include "described.hpp"
#include "impossible.hpp"
#include "plugin/conformance/watched_run.hpp"
#include "terms.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using Vectors = std::vector<std::vector<double>>;

/// Row i: the k greatest of likeness(i, ·) above 0, ties by smaller index; what differs by rounding alone is equal.
Vectors nearest(std::size_t k, const std::function<double(std::size_t, std::size_t)>& likeness) {
  Vectors out;
  for (std::size_t i = 0; i < kItems; ++i) {
    std::vector<double> row;
    for (std::size_t j = 0; j < kItems; ++j) row.push_back(i == j ? 0 : std::max(0.0, likeness(i, j)));
    std::vector<std::size_t> order(row.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(), [&](auto j) { return std::round(row[j] * 1e6); });
    for (std::size_t place = k; place < order.size(); ++place) row[order[place]] = 0;
    out.push_back(row);
  }
  return out;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b, double shrink) {
  const double dot = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  return dot == 0 ? 0
                  : dot / (std::sqrt(std::inner_product(a.begin(), a.end(), a.begin(), 0.0) *
                                     std::inner_product(b.begin(), b.end(), b.begin(), 0.0)) +
                           shrink);
}

void normalise(Vectors& rows) {
  for (auto& row : rows) {
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& l : row) l /= sum > 0 ? sum : 1;
  }
}

struct Case {
  std::string weighting;
  double shrink;
  bool genres, titles, normalise;
  std::size_t neighbours;
  [[nodiscard]] std::string params(const std::string& prefix = "feature", const std::string& more = "") const {
    return "{\"" + prefix + "_weighting\": \"" + weighting + "\", \"" + (prefix == "content" ? "content_" : "") +
           "shrink\": " + std::to_string(shrink) + ", \"neighbours\": " + std::to_string(neighbours) +
           ", \"normalise\": " + (normalise ? "true" : "false") + ", \"columns\": " +
           (genres && titles ? "[]"
            : genres         ? "[\"genres\"]"
                             : "[\"title\"]") +
           more + "}";
  }
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.params(); }
const std::vector<Case> kCases = {{"none", 0, true, true, false, 8},
                                  {"tf_idf", 0.7, true, true, false, 10},
                                  {"bm25", 0.5, true, true, true, 12},
                                  {"none", 1, true, false, false, 7},
                                  {"bm25", 0, false, true, false, 1000}};

class EachContent : public test::Described, public testing::WithParamInterface<Case> {
 protected:
  [[nodiscard]] Vectors weighed() const {
    Vectors rows;
    for (Index i = 0; i < kItems; ++i) rows.push_back(terms(i, GetParam().genres, GetParam().titles));
    if (GetParam().weighting == "none") return rows;
    const Vectors x = rows;
    double total = 0;
    for (const auto& row : x) total = std::accumulate(row.begin(), row.end(), total);
    for (std::size_t t = 0; t < x[0].size(); ++t) {
      double have = 0;
      for (const auto& row : x) have += row[t] != 0;
      const double idf = std::max(0.0, std::log(kItems / (1 + have)));
      for (std::size_t r = 0; r < x.size(); ++r) {
        const double tf = x[r][t], length = std::accumulate(x[r].begin(), x[r].end(), 0.0) / (total / kItems);
        rows[r][t] =
            GetParam().weighting == "bm25" ? tf * 2.2 / (1.2 * (0.25 + 0.75 * length) + tf) * idf : std::sqrt(tf) * idf;
      }
    }
    return rows;
  }

  [[nodiscard]] Vectors by_content() const {
    const Vectors rows = weighed();
    return nearest(GetParam().neighbours, [&](auto i, auto j) { return cosine(rows[i], rows[j], GetParam().shrink); });
  }

  [[nodiscard]] std::vector<double> scores(const Vectors& similar) const {
    std::vector<double> out;
    for (Index u = 0; u < kUsers; ++u)
      for (const auto& row : similar) {
        out.push_back(0);
        for (std::size_t i = 0; i < row.size(); ++i) out.back() += row[i] * seen(u, static_cast<Index>(i), false);
      }
    return out;
  }

  void expect_same_at_any_threads_and_after_a_reload(const std::string& name, const std::string& params) {
    const auto model = fitted_with_content(name, params);
    const auto whole = test::score_all(*model, x_.view());
    for (const int threads : {2, 3, 4})
      EXPECT_EQ(test::score_all(*fitted_with_content(name, params, threads), x_.view()), whole);
    test::Storage storage;
    model->save(storage);
    const auto loaded = test::make_model(name, params);
    loaded->load(storage);
    EXPECT_EQ(test::score_all(*loaded, x_.view()), whole);
    EXPECT_EQ(test::score_all(*model, x_.view(), std::vector<Index>(kUsers, kUnknown)), whole) << "strangers";
  }
};

TEST_P(EachContent, ContentKnnComparesItemsByTheirWeighedTerms) {
  Vectors similar = by_content();
  if (GetParam().normalise) normalise(similar);
  expect_near(test::score_all(*fitted_with_content("content_knn", GetParam().params()), x_.view()), scores(similar));
}

TEST_P(EachContent, HybridKnnBlendsThatWithLikenessByInteractions) {
  for (const double weight : {0.3, 0.9}) {
    Vectors takers;
    for (Index i = 0; i < kItems; ++i) {
      takers.emplace_back();
      for (Index u = 0; u < kUsers; ++u) takers.back().push_back(seen(u, i, false));
    }
    const Vectors content = by_content(),
                  others =
                      nearest(GetParam().neighbours, [&](auto i, auto j) { return cosine(takers[i], takers[j], 2); });
    Vectors similar = nearest(GetParam().neighbours,
                              [&](auto i, auto j) { return (1 - weight) * others[i][j] + weight * content[i][j]; });
    if (GetParam().normalise) normalise(similar);
    const auto params = GetParam().params("content", ", \"shrink\": 2, \"weight\": " + std::to_string(weight));
    expect_near(test::score_all(*fitted_with_content("hybrid_knn", params), x_.view()), scores(similar));
  }
}

TEST_P(EachContent, KeepTheirBitsAtAnyThreadsAndAfterAReload) {
  expect_same_at_any_threads_and_after_a_reload("content_knn", GetParam().params());
  expect_same_at_any_threads_and_after_a_reload("hybrid_knn", GetParam().params("content"));
}

INSTANTIATE_TEST_SUITE_P(Cases, EachContent, testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.weighting + std::to_string(c.index); });

using Content = test::Described;

TEST_F(Content, HybridsWithAWeightOfZeroOrOneAreTheirParts) {
  EXPECT_EQ(test::score_all(*fitted_with_content("hybrid_knn", R"({"weight": 0, "neighbours": 9})"), x_.view()),
            test::score_all(*fitted_with_content("item_knn", R"({"neighbours": 9})"), x_.view()));
  EXPECT_EQ(test::score_all(*fitted_with_content("hybrid_knn", R"({"weight": 1, "neighbours": 9})"), x_.view()),
            test::score_all(*fitted_with_content("content_knn", R"({"neighbours": 9})"), x_.view()));
}

TEST_F(Content, OfferAnItemThatNobodyTookToThoseWhoLikeItsKind) {
  // Items 0 and 2 are westerns, 1 and 3 are not; nobody took 2 or 3 yet.
  const SparseMatrix x = test::matrix_of(4, {{{0, 1}}, {{1, 1}}}), t = x.transposed();
  const std::vector<std::string_view> titles{"A Western", "Space!", "the WESTERN", "Space: again"};
  const Column column{Column::Kind::text, "title", {}, {}, titles};
  for (const char* name : {"content_knn", "hybrid_knn"}) {
    const auto model = test::make_model(name);
    test::OneShotRun run;
    model->fit({x.view(), t.view(), {2, {}}, {4, std::span(&column, 1)}}, run);
    const auto scores = test::score_all(*model, x.view());
    EXPECT_GT(scores[2], 0) << name << ": user 0 took a western";
    EXPECT_EQ(scores[3], 0) << name;
    EXPECT_GT(scores[7], 0) << name << ": user 1 took something of space";
    EXPECT_EQ(scores[6], 0) << name;
  }
}

TEST_F(Content, RefuseDataWithoutAttributesAndColumnsThatAreNotThere) {
  for (const char* name : {"content_knn", "hybrid_knn"}) {
    const auto said = [&](const TrainingData& data, const std::string& params) -> std::string {
      test::OneShotRun run;
      try {
        test::make_model(name, params)->fit(data, run);
      } catch (const DataError& e) {
        return e.what();
      }
      return "nothing";
    };
    EXPECT_NE(said(data_, "{}").find("none at all"), std::string::npos);
    const std::string absent = said(described_, R"({"columns": ["genre"]})");
    EXPECT_NE(absent.find("\"genre\""), std::string::npos) << absent;
    EXPECT_NE(absent.find("genres (tags), title (text)"), std::string::npos) << absent;
    EXPECT_NE(said(described_, R"({"columns": ["price"]})").find("price (number)"), std::string::npos);
    EXPECT_NE(said(described_, R"({"columns": ["title", "genres", "title"]})").find("\"title\" twice"),
              std::string::npos);
    const std::vector<std::string_view> blank(kItems, " ... ");
    const Column column{Column::Kind::text, "title", {}, {}, blank};
    EXPECT_NE(said({x_.view(), t_.view(), {kUsers, {}}, {kItems, std::span(&column, 1)}}, "{}").find("no item has"),
              std::string::npos);
  }
}

TEST_F(Content, StopWhenTheyAreCancelled) {
  for (const char* name : {"content_knn", "hybrid_knn"}) {
    conformance::WatchedRun run({.cancel_after = 2});
    EXPECT_THROW(test::make_model(name)->fit(described_, run), Cancelled) << name;
  }
}

TEST(Words, AreRunsOfLettersAndDigitsInLowerCase) {
  using List = std::vector<std::string>;
  EXPECT_EQ(terms::words_of("The Good, the Bad & the Ugly (1966)"),
            (List{"the", "good", "the", "bad", "the", "ugly", "1966"}));
  EXPECT_EQ(terms::words_of(""), List{});
  EXPECT_EQ(terms::words_of(" -- \t"), List{});
}

TEST(Words, KnowCapitalsAndSpacesBeyondAscii) {
  using List = std::vector<std::string>;
  EXPECT_EQ(terms::words_of("Am\xC3\x89LIE \xE2\x80\x94 \xC3\x80 bout\xE2\x80\xA6"),  // AmÉLIE — À bout…
            (List{"am\xC3\xA9lie", "\xC3\xA0", "bout"}));
  EXPECT_EQ(terms::words_of("\xD0\x92\xD0\x9E\xD0\x99\xD0\x9D\xD0\x90"),  // ВОЙНА
            (List{"\xD0\xB2\xD0\xBE\xD0\xB9\xD0\xBD\xD0\xB0"}));
  EXPECT_EQ(terms::words_of("\xE4\xB8\x83\xE4\xBA\xBA\xE3\x80\x80\xE4\xBE\x8D"),  // ideographic space
            (List{"\xE4\xB8\x83\xE4\xBA\xBA", "\xE4\xBE\x8D"}));
}

TEST(Words, ArePartedByBytesThatAreNoUtf8) {
  using List = std::vector<std::string>;
  EXPECT_EQ(terms::words_of("caf\xE9 bar"), (List{"caf", "bar"}));
  EXPECT_EQ(terms::words_of("a\xF0\x9F"), (List{"a"}));
  EXPECT_EQ(terms::words_of("\xC3"), List{});
  EXPECT_EQ(terms::words_of("a\xE0\x81\x81z"), (List{"a", "z"}));            // an A of three bytes
  EXPECT_EQ(terms::words_of("a\xF0\x80\x81\x81z"), (List{"a", "z"}));        // of four
  EXPECT_EQ(terms::words_of("a\xED\xA0\x80z"), (List{"a", "z"}));            // half of a pair of UTF-16
  EXPECT_EQ(terms::words_of("a\xF4\x90\x80\x80z"), (List{"a", "z"}));        // beyond U+10FFFF
  EXPECT_EQ(terms::words_of("\xF0\x9D\x94\xB8"), List{"\xF0\x9D\x94\xB8"});  // a letter of four bytes
}

}  // namespace
}  // namespace assay
