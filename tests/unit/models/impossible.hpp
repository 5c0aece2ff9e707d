// Data that a recommender must survive: it scores finitely, or refuses with a DataError.
#pragma once
#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "assay/errors.hpp"
#include "assay/sparse.hpp"

#include "trained.hpp"

namespace assay::test {

/// Rows of (item, value).
inline SparseMatrix matrix_of(Index items, const std::vector<std::vector<Scored>>& rows) {
  SparseMatrix x;
  x.rows = static_cast<Index>(rows.size());
  x.columns = items;
  for (const auto& row : rows) {
    for (const auto& [item, value] : row) {
      x.column.push_back(item);
      x.value.push_back(value);
    }
    x.offsets.push_back(static_cast<std::int64_t>(x.column.size()));
  }
  return x;
}

/// For models that need attributes: some items have none, few share one.
inline std::vector<std::string> words_of_items(Index items) {
  std::vector<std::string> words;
  for (Index i = 0; i < items; ++i) words.push_back(i % 3 == 1 ? "" : "word" + std::to_string(i / 4 % 9999));
  return words;
}

inline void expect_finite_scores(const std::string& name, const std::string& params, const SparseMatrix& x,
                                 const std::string& what) {
  const SparseMatrix t = x.transposed();
  const auto model = make_model(name, params);
  const std::vector<std::string> words = words_of_items(x.columns);
  const std::vector<std::string_view> titles(words.begin(), words.end());
  const Column column{Column::Kind::text, "title", {}, {}, titles};
  OneShotRun run;
  try {
    model->fit({x.view(), t.view(), {x.rows, {}}, {x.columns, std::span(&column, 1)}}, run);
  } catch (const DataError& e) {
    EXPECT_GT(std::string(e.what()).size(), 20U) << what;
    return;
  }
  for (const bool known : {true, false}) {
    std::vector<Index> users;
    for (Index u = 0; u < x.rows; ++u) users.push_back(known ? u : kUnknown);
    for (const float score : score_all(*model, x.view(), users))
      ASSERT_TRUE(std::isfinite(score)) << name << " " << params << ": " << what;
  }
}

inline void expect_survives_small_impossible_data(const std::string& name, const std::string& params) {
  expect_finite_scores(name, params, matrix_of(3, {{{0, 1}, {2, 1}}}), "one user, and an item without interactions");
  expect_finite_scores(name, params, matrix_of(2, {{{0, 3}, {1, 3}}, {{0, 3}, {1, 3}}, {}}), "all is equal");
  expect_finite_scores(name, params, matrix_of(3, {{{0, 0}, {1, 0}}, {{1, 0}}, {{0, 5}, {2, 0}}}), "ratings of 0");
  expect_finite_scores(name, params, matrix_of(3, {{{0, -2}, {1, 1}}, {{0, -1}, {1, -1}}}), "ratings below 0");
}

inline void expect_survives_impossible_data(const std::string& name, const std::string& params) {
  expect_survives_small_impossible_data(name, params);
  expect_finite_scores(name, params, matrix_of(300'000, {{{7, 1}}}), "a huge catalogue with one interaction");
}

}  // namespace assay::test
