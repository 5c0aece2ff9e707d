// The data that are measured on: files of plain numbers that every child, and the peers' script, reads in a moment.
#pragma once
#include <filesystem>
#include <string>

#include "assay/model.hpp"
#include "assay/sparse.hpp"

namespace assay::bench {

/// NAME.shape (text: users, items, interactions), NAME.offsets (int64), NAME.columns (int32) in a folder.
void write(const std::filesystem::path& folder, const std::string& name, const SparseMatrix& by_user);
[[nodiscard]] SparseMatrix read(const std::filesystem::path& folder, const std::string& name);

/// MovieLens 1M of $ASSAY_DATA, else random data of its shape: returns what it is.
[[nodiscard]] std::string movielens(SparseMatrix& out);
/// 136,677 × 20,108 with about 10 million interactions, popularity falling exponentially, activity log-normal.
[[nodiscard]] SparseMatrix like_movielens_20m();

/// The data in both orientations; about a fifth of it apart from the rest, the same for everyone.
struct Split {
  SparseMatrix train, train_by_item, test;
};
[[nodiscard]] Split split(const SparseMatrix& all);

/// The synthetic_shop plugin's shop, `scale` times as many customers, articles and events as at scale 1: its events as
/// interactions, its articles' category and price.
class Shop {
 public:
  explicit Shop(int scale);
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;
  [[nodiscard]] TrainingData data() const;
  [[nodiscard]] const SparseMatrix& by_user() const { return by_user_; }
  static constexpr int kUsers = 1500, kItems = 600, kEvents = 45000;

 private:
  friend class ShopSink;
  SparseMatrix by_user_, by_item_, categories_;
  std::vector<std::string> words_;
  std::vector<std::string_view> word_views_;
  std::vector<float> price_;
  std::vector<std::int64_t> price_shape_;
  std::vector<Column> columns_;
};

}  // namespace assay::bench
