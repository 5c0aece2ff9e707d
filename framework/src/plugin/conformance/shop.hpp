#pragma once  // A small dataset with the corners that models stumble over.

#include <optional>
#include <vector>

#include "assay/model.hpp"

#include "plugin/conformance/attributes.hpp"

namespace assay::conformance {

/// 80 users, 50 items, two tastes, popular and rare items; a user without interactions, one with a single one, one with
/// nearly all; two items that nobody touched, with different attributes. Generated from a fixed key: the same
/// everywhere.
class Shop {
 public:
  static constexpr Index kUsers = 80, kItems = 50;
  static constexpr Index kEmptyUser = 7, kColdItem = 48, kOtherColdItem = 49;
  enum class Wealth { rich, plain };  ///< with ratings, times and attributes; or implicit, without times and attributes
  explicit Shop(Wealth);

  [[nodiscard]] TrainingData data() const;
  /// Profiles of `users` in this order, 64 rows: what is left is filled with the last one. The views live as long as
  /// the object returned.
  struct Tile {
    std::vector<std::int64_t> offsets{0};
    std::vector<Index> columns, user;
    std::vector<float> values;
    std::vector<std::int64_t> times;
    [[nodiscard]] Profiles profiles() const;
  };
  static constexpr std::size_t kTileRows = 64;
  /// `as_strangers`: all users are kUnknown. A user without interactions always is.
  [[nodiscard]] Tile tile(std::span<const Index> users, bool as_strangers) const;
  /// 64 strangers, each with all that two users took: profiles that no user in the training data has.
  [[nodiscard]] Tile strangers() const;

 private:
  struct Csr {
    std::vector<std::int64_t> offsets{0};
    std::vector<Index> columns;
    std::vector<float> values;
    std::vector<std::int64_t> times;
    [[nodiscard]] Interactions view(Index rows, Index width) const;
  };
  void generate();
  void transpose();

  Wealth wealth_;
  Csr by_user_, by_item_;
  std::optional<Attributes> attributes_;
};

}  // namespace assay::conformance
