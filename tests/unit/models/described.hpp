// A catalogue with genres and titles for tests of content-based models; some items have neither, some nobody took.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "collaborative.hpp"

namespace assay::test {

class Described : public Collaborative {
 protected:
  static constexpr Index kGenres = 6;

  Described() {
    Random random(77);
    const char* words[] = {"red", "blue", "green", "night", "day", "river"};
    for (Index i = 0; i < kItems; ++i) {
      std::string title;
      for (Index g = 0; g < kGenres && i % 11 != 10; ++g) {
        if (random.uniform() < 0.35) genre_.push_back(g), weight_.push_back(weight_of(i, g));
        if (random.uniform() < 0.4) title += std::string(title.empty() ? "" : ", ") + words[random.below(6)];
      }
      offsets_.push_back(static_cast<std::int64_t>(genre_.size()));
      titles_.push_back(title);
    }
    title_views_.assign(titles_.begin(), titles_.end());
    prices_.assign(static_cast<std::size_t>(kItems), 3);
    columns_ = {{Column::Kind::number, "price", {prices_.data(), Element::f64, shape_}, {}, {}},
                {Column::Kind::tags, "genres", {}, genres(), genre_names_},
                {Column::Kind::text, "title", {}, {}, title_views_}};
    described_ = {x_.view(), t_.view(), {kUsers, {}}, {kItems, columns_}};
  }

  [[nodiscard]] Interactions genres() const {
    return {kItems, kGenres, offsets_, genre_.data(), weight_.data(), nullptr};
  }

  /// From -0.5 to 1.5: a tag without a positive weight is none.
  static float weight_of(Index item, Index genre) { return static_cast<float>((item + 2 * genre) % 5 - 1) / 2; }

  std::shared_ptr<Recommender> fitted_with_content(const std::string& name, const std::string& params,
                                                   int threads = 1) const {
    auto model = make_model(name, params);
    OneShotRun run(1, threads);
    model->fit(described_, run);
    return model;
  }

  /// The weights of an item's genres, and how often the words of `titles_` stand in its title: a row of the dense
  /// matrix of terms.
  [[nodiscard]] std::vector<double> terms(Index item, bool use_genres, bool use_titles) const {
    std::vector<double> row;
    for (Index g = 0; use_genres && g < kGenres; ++g) {
      row.push_back(0);
      for (const Index has : genres()[item].columns)
        if (has == g) row.back() += std::max(0.0, static_cast<double>(weight_of(item, g)));
    }
    for (const std::string word : {"red", "blue", "green", "night", "day", "river"}) {
      if (!use_titles) continue;
      row.push_back(0);
      const std::string padded = "," + titles_[static_cast<std::size_t>(item)] + ",";
      for (std::size_t at = 0; (at = padded.find(word, at)) != std::string::npos; ++at) row.back() += 1;
    }
    return row;
  }

  std::vector<std::int64_t> offsets_{0}, shape_{kItems};
  std::vector<Index> genre_;
  std::vector<float> weight_;
  std::vector<double> prices_;
  std::vector<std::string> titles_;
  std::vector<std::string_view> title_views_, genre_names_{"red", "b", "c", "d", "e", "f"};
  std::vector<Column> columns_;
  TrainingData described_;
};

}  // namespace assay::test
