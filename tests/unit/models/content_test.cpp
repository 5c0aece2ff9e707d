// ContentKNN and HybridKNN against plain loops in float64 over dense matrices of terms; and how texts become words.

#include <ostream>
#include <string>
#include <vector>

#include "assay/errors.hpp"

#include "described.hpp"
#include "impossible.hpp"
#include "plain_neighbours.hpp"
#include "plugin/conformance/watched_run.hpp"
#include "terms.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using test::Likeness;
using test::normalise;
using test::Vectors;

struct Case {
  Likeness content;  ///< of tags and words; its normalise is the model's
  bool genres, titles, use_values = false;

  /// Parameters that both models have; hybrid_knn has other names for how its content is weighed and shrunk.
  [[nodiscard]] std::string params(const std::string& weighting = "feature_weighting",
                                   const std::string& shrink = "shrink", const std::string& more = "") const {
    return "{\"" + weighting + "\": \"" + content.feature_weighting + "\", \"" + shrink +
           "\": " + std::to_string(content.shrink) + ", \"neighbours\": " + std::to_string(content.neighbours) +
           ", \"normalise\": " + (content.normalise ? "true" : "false") +
           ", \"use_values\": " + (use_values ? "true" : "false") + ", \"columns\": " +
           (genres && titles ? "[]"
            : genres         ? "[\"genres\"]"
                             : "[\"title\"]") +
           more + "}";
  }
  [[nodiscard]] std::string hybrid_params(const std::string& more = "") const {
    return params("content_weighting", "content_shrink", more);
  }
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.params(); }
Likeness by_terms(const std::string& weighting, double shrink, int neighbours, bool normalise = false) {
  return {"cosine", shrink, .5, .5, true, neighbours, weighting, normalise};
}
const std::vector<Case> kCases = {{by_terms("none", 0, 8), true, true},
                                  {by_terms("tf_idf", 0.7, 10), true, true, true},
                                  {by_terms("bm25", 0.5, 12, true), true, true},
                                  {by_terms("none", 1, 7), true, false},
                                  {by_terms("none", 0, 9, true), true, false, true},
                                  {by_terms("bm25", 0, 1000), false, true}};
/// Of hybrid_knn, by interactions; neighbours and use_values are the content's.
const std::vector<Likeness> kByTakers = {
    {"cosine", 2, .5, .5, false, 0},         {"asymmetric_cosine", 1, .3, .5, false, 0},
    {"jaccard", 0, .5, .5, false, 0},        {"dice", 2, .5, .5, false, 0},
    {"tversky", .5, .7, .2, false, 0},       {"cosine", 0, .5, .5, false, 0, "tf_idf"},
    {"cosine", .5, .5, .5, false, 0, "bm25"}};

class EachContent : public test::Described, public testing::WithParamInterface<Case> {
 protected:
  [[nodiscard]] Vectors by_content() const {
    Vectors rows;
    for (Index i = 0; i < kItems; ++i) rows.push_back(terms(i, GetParam().genres, GetParam().titles));
    Likeness likeness = GetParam().content;
    likeness.normalise = false;
    return nearest(likeness, rows);
  }

  [[nodiscard]] Vectors by_takers(Likeness likeness) const {
    Vectors rows;
    for (Index i = 0; i < kItems; ++i) {
      rows.emplace_back();
      for (Index u = 0; u < kUsers; ++u) rows.back().push_back(seen(u, i, GetParam().use_values));
    }
    likeness.neighbours = GetParam().content.neighbours;
    return nearest(likeness, rows);
  }

  [[nodiscard]] std::vector<double> scores(const Vectors& similar) const {
    std::vector<double> out;
    for (Index u = 0; u < kUsers; ++u)
      for (const auto& row : similar) {
        out.push_back(0);
        for (std::size_t i = 0; i < row.size(); ++i)
          out.back() += row[i] * seen(u, static_cast<Index>(i), GetParam().use_values);
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
  if (GetParam().content.normalise) normalise(similar);
  expect_near(test::score_all(*fitted_with_content("content_knn", GetParam().params()), x_.view()), scores(similar));
}

TEST_P(EachContent, HybridKnnBlendsThatWithLikenessByInteractions) {
  const Vectors content = by_content();
  for (const Likeness& likeness : kByTakers)
    for (const double weight : {0.3, 0.9}) {
      const Vectors takers = by_takers(likeness);
      Vectors similar =
          test::greatest(kItems, static_cast<std::size_t>(GetParam().content.neighbours),
                         [&](auto i, auto j) { return (1 - weight) * takers[i][j] + weight * content[i][j]; });
      if (GetParam().content.normalise) normalise(similar);
      const auto params = GetParam().hybrid_params(
          ", \"similarity\": \"" + likeness.similarity + "\", \"shrink\": " + std::to_string(likeness.shrink) +
          ", \"alpha\": " + std::to_string(likeness.alpha) + ", \"beta\": " + std::to_string(likeness.beta) +
          ", \"feature_weighting\": \"" + likeness.feature_weighting + "\", \"weight\": " + std::to_string(weight));
      SCOPED_TRACE(params);
      expect_near(test::score_all(*fitted_with_content("hybrid_knn", params), x_.view()), scores(similar));
    }
}

TEST_P(EachContent, KeepTheirBitsAtAnyThreadsAndAfterAReload) {
  expect_same_at_any_threads_and_after_a_reload("content_knn", GetParam().params());
  expect_same_at_any_threads_and_after_a_reload("hybrid_knn", GetParam().hybrid_params());
}

INSTANTIATE_TEST_SUITE_P(Cases, EachContent, testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.content.feature_weighting + std::to_string(c.index); });

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

TEST_F(Content, SurviveImpossibleData) {
  for (const char* values : {R"("use_values": true, "normalise": true})", R"("use_values": false})"}) {
    test::expect_survives_impossible_data("content_knn", std::string("{") + values);
    test::expect_survives_impossible_data("hybrid_knn", std::string("{") + values);
    for (const char* more : {R"({"feature_weighting": "none", )", R"({"feature_weighting": "bm25", )"}) {
      test::expect_survives_small_impossible_data("content_knn", std::string(more) + values);
      test::expect_survives_small_impossible_data("hybrid_knn", std::string(more) + values);
    }
    test::expect_survives_small_impossible_data("hybrid_knn", std::string(R"({"similarity": "tversky", )") + values);
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
