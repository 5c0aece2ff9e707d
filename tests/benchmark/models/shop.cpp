// The synthetic_shop plugin, read into memory for the table of growth.

#include <algorithm>
#include <map>
#include <numeric>

#include "assay/dataset.hpp"

#include "data.hpp"
#include "plugin/catalogue.hpp"

namespace assay::bench {

/// Ids are 1, 2, …: the index is the id less one. Repeated events count once.
class ShopSink final : public DatasetSink {
 public:
  ShopSink(Shop& shop, Index users, Index items) : shop_(shop), rows_(static_cast<std::size_t>(users)) {
    shop.price_.resize(static_cast<std::size_t>(items));
    category_.resize(static_cast<std::size_t>(items));
  }

  void interactions(const InteractionBatch& batch) override {
    for (std::size_t i = 0; i < batch.users.numbers.size(); ++i)
      rows_[static_cast<std::size_t>(batch.users.numbers[i] - 1)].push_back(
          static_cast<Index>(batch.items.numbers[i] - 1));
  }

  void rows(std::string_view table, Part, const Ids& ids, const Table& rows) override {
    if (table != "items") return;
    for (const Column& column : rows.columns)
      for (Index r = 0; r < rows.rows; ++r) {
        const auto item = static_cast<std::size_t>(ids.numbers[static_cast<std::size_t>(r)] - 1);
        if (column.kind == Column::Kind::number && column.dense.element == Element::f32)
          shop_.price_[item] = static_cast<const float*>(column.dense.data)[r];
        else if (column.kind == Column::Kind::tags)
          for (const Index word : column.tags[r].columns)
            category_[item].push_back(word_of(column.words[static_cast<std::size_t>(word)]));
      }
  }
  void bad_line(std::string_view, std::int64_t, std::string_view) override {}
  bool progress(std::int64_t, std::int64_t) override { return true; }

  void finish() {
    shop_.by_user_ = matrix_of(rows_, static_cast<Index>(category_.size()));
    shop_.by_item_ = shop_.by_user_.transposed();
    shop_.categories_ = matrix_of(category_, static_cast<Index>(words_.size()));
    shop_.words_.resize(words_.size());
    for (const auto& [word, index] : words_) shop_.words_[static_cast<std::size_t>(index)] = word;
    shop_.word_views_.assign(shop_.words_.begin(), shop_.words_.end());
  }

 private:
  Index word_of(std::string_view word) {
    return words_.try_emplace(std::string(word), static_cast<Index>(words_.size())).first->second;
  }

  static SparseMatrix matrix_of(std::vector<std::vector<Index>>& rows, Index columns) {
    SparseMatrix x;
    x.rows = static_cast<Index>(rows.size());
    x.columns = columns;
    for (auto& row : rows) {
      std::ranges::sort(row);
      row.erase(std::unique(row.begin(), row.end()), row.end());
      x.column.insert(x.column.end(), row.begin(), row.end());
      x.offsets.push_back(static_cast<std::int64_t>(x.column.size()));
      row = {};
    }
    x.value.assign(x.column.size(), 1);
    return x;
  }

  Shop& shop_;
  std::vector<std::vector<Index>> rows_, category_;
  std::map<std::string, Index> words_;
};

Shop::Shop(int scale) {
  const auto text = [&](int count) { return std::to_string(count * scale); };
  const auto library = Library::open(std::string(ASSAY_BINARY_DIR) + "/plugins/synthetic_shop.so");
  const auto reader =
      make<Dataset>(*library, "synthetic_shop",
                    "{\"users\": " + text(kUsers) + ", \"items\": " + text(kItems) +
                        ", \"interactions\": " + text(kEvents) + ", \"behaviours\": false, \"categories\": 100}");
  ShopSink sink(*this, kUsers * scale, kItems * scale);
  reader->read(sink);
  sink.finish();
  price_shape_ = {kItems * scale};
  columns_ = {{Column::Kind::tags, "category", {}, categories_.view(), word_views_},
              {Column::Kind::number, "price", {price_.data(), Element::f32, price_shape_}, {}, {}}};
}

TrainingData Shop::data() const {
  return {by_user_.view(), by_item_.view(), {by_user_.rows, {}}, {by_user_.columns, columns_}};
}

}  // namespace assay::bench
