#pragma once  // What the users and items of the suite's data are described by: tags, a number, a text.

#include <string>
#include <string_view>
#include <vector>

#include "assay/interactions.hpp"

namespace assay::conformance {

/// Items have genres, a price and a title, users a segment. Items that stand beside each other differ in all of them.
class Attributes {
 public:
  Attributes(Index users, Index items);
  Attributes(const Attributes&) = delete;  // tables look into it
  Attributes& operator=(const Attributes&) = delete;
  [[nodiscard]] Table of_users() const { return {users_, user_columns_}; }
  [[nodiscard]] Table of_items() const { return {items_, item_columns_}; }

 private:
  struct Tags {
    std::vector<std::int64_t> offsets{0};
    std::vector<Index> columns;
    std::vector<float> values;
    void add(Index tag);
    void end_row();
    [[nodiscard]] Interactions view(Index width) const;
  };
  void describe_items();
  void describe_users();

  Index users_, items_;
  Tags genres_, segments_;
  std::vector<std::string> titles_;
  std::vector<std::string_view> title_views_, genre_names_{"crime", "love", "travel"}, segment_names_{"early", "late"};
  std::vector<float> prices_;
  std::vector<std::int64_t> price_shape_;
  std::vector<Column> item_columns_, user_columns_;
};

}  // namespace assay::conformance
