// What the users and items of the suite's data are described by.

#include "plugin/conformance/attributes.hpp"

namespace assay::conformance {

void Attributes::Tags::add(Index tag) {
  columns.push_back(tag);
  values.push_back(1);
}
void Attributes::Tags::end_row() { offsets.push_back(static_cast<std::int64_t>(columns.size())); }

Interactions Attributes::Tags::view(Index width) const {
  return {static_cast<Index>(offsets.size() - 1), width, offsets, columns.data(), values.data(), nullptr};
}

Attributes::Attributes(Index users, Index items) : users_(users), items_(items) {
  describe_items();
  describe_users();
}

void Attributes::describe_items() {
  for (Index item = 0; item < items_; ++item) {
    titles_.push_back("Item " + std::to_string(item));
    prices_.push_back(5.0F + static_cast<float>(item % 11));
    for (Index genre = 0; genre < 3; ++genre)
      if ((item + genre) % 2 == 0) genres_.add(genre);
    genres_.end_row();
  }
  title_views_.assign(titles_.begin(), titles_.end());
  price_shape_ = {items_};
  item_columns_ = {
      {Column::Kind::tags, "genres", {}, genres_.view(3), genre_names_},
      {Column::Kind::number, "price", {prices_.data(), Element::f32, price_shape_}, {}, {}},
      {Column::Kind::text, "title", {}, {}, title_views_},
  };
}

void Attributes::describe_users() {
  for (Index user = 0; user < users_; ++user) {
    segments_.add(user % 2);
    segments_.end_row();
  }
  user_columns_ = {{Column::Kind::tags, "segment", {}, segments_.view(2), segment_names_}};
}

}  // namespace assay::conformance
