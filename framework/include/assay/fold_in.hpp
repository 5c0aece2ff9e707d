#pragma once  // Users by their profiles: trained factors where the profile is the trained one, else factors made for
              // it.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "assay/errors.hpp"
#include "assay/factors.hpp"
#include "assay/interactions.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/run.hpp"
#include "assay/stored.hpp"

namespace assay {

/// Serves the users of score(): a known user whose profile is his row of the training data by his trained factors, all
/// others (strangers, and known users with a longer profile) by factors that the model makes for their profile. The
/// framework asks for the same users slice by slice, so the last few tiles are remembered. rows() may be called by any
/// thread; the others may not beside it. Inline: it lives in the plugin.
class FoldIn {
 public:
  /// Pointers to factors, one a user; they live as long as this.
  class Tile {
   public:
    [[nodiscard]] std::span<const float* const> rows() const { return rows_; }

   private:
    friend FoldIn;
    std::vector<std::int64_t> lengths_;
    std::vector<Index> user_, columns_;
    std::vector<float> values_;
    FactorMatrix made_;
    std::vector<const float*> rows_;
  };

  /// Every user is served by the profile, until remember() is called.
  FoldIn() = default;
  FoldIn(const FoldIn&) = delete;
  FoldIn& operator=(const FoldIn&) = delete;

  /// The profiles that the trained factors belong to.
  void remember(const Interactions& trained) {
    prints_.resize(static_cast<std::size_t>(trained.rows));
    for (Index u = 0; u < trained.rows; ++u) prints_[static_cast<std::size_t>(u)] = print_of(trained[u]);
    forget();
  }
  /// To be called when factors have changed.
  void forget() { recent_.clear(); }

  /// make(const Row& profile, std::span<float> factors) fills the factors (zeros at first) of one user. `trained` has a
  /// row for each user of remember(), or none.
  template <class Make>
  [[nodiscard]] std::shared_ptr<const Tile> rows(const Profiles& profiles, ConstMatrix trained, Make&& make) const {
    if (auto known = find(profiles)) return known;
    auto tile = std::make_shared<Tile>();
    describe(profiles, *tile);
    tile->rows_.resize(profiles.user.size());
    std::vector<Index> missing;
    for (Index i = 0; i < profiles.known.rows; ++i) {
      const Index user = profiles.user[static_cast<std::size_t>(i)];
      if (is_trained(user, profiles.known[i]))
        tile->rows_[static_cast<std::size_t>(i)] = trained.data + user * trained.stride;
      else
        missing.push_back(i);
    }
    tile->made_ = FactorMatrix(static_cast<std::int64_t>(missing.size()), trained.columns);
    for (std::size_t k = 0; k < missing.size(); ++k) {
      const auto row = tile->made_.row(static_cast<std::int64_t>(k));
      make(profiles.known[missing[k]], row);
      tile->rows_[static_cast<std::size_t>(missing[k])] = row.data();
    }
    keep(tile);
    return tile;
  }

  /// The same for one user, not remembered: a pointer to trained factors, or to `made` (zeros), which is filled.
  template <class Make>
  [[nodiscard]] const float* row(Index user, const Row& profile, ConstMatrix trained, std::span<float> made,
                                 Make&& make) const {
    if (is_trained(user, profile)) return trained.data + user * trained.stride;
    make(profile, made);
    return made.data();
  }

  /// What it takes with tiles of 64 users of average profiles, in bytes; for Sized.
  [[nodiscard]] static std::int64_t bytes(const TaskShape& task, std::int64_t factors) {
    const std::int64_t profile = (task.interactions / std::max<std::int64_t>(1, task.users) + 1) * 8;
    return task.users * 8 + static_cast<std::int64_t>(remembered()) * 64 * (2 * profile + padded_stride(factors) * 4);
  }

  void save(Writer& writer, const std::string& name) const {
    const std::int64_t shape[] = {static_cast<std::int64_t>(prints_.size())};
    writer.tensor(name, {prints_.data(), Element::i64, shape});
  }
  /// `users`: rows of the factors that the profiles belong to. Throws DataError where there are not so many profiles.
  void load(const Reader& reader, const std::string& name, std::int64_t users = kAny) {
    const auto saved = stored_list<std::int64_t>(reader, name, users);
    prints_.assign(saved.begin(), saved.end());
    forget();
  }

 private:
  /// Each thread comes back for one tile while it goes through the slices.
  static std::size_t remembered() { return std::max(8U, 2 * std::thread::hardware_concurrency()); }

  [[nodiscard]] bool is_trained(Index user, const Row& profile) const {
    return user != kUnknown && static_cast<std::size_t>(user) < prints_.size() &&
           prints_[static_cast<std::size_t>(user)] == print_of(profile);
  }

  /// Profiles of a user that differ have different fingerprints, but for one case in 2⁶⁴.
  static std::uint64_t print_of(const Row& profile) {
    std::uint64_t sum = profile.columns.size();
    for (std::size_t k = 0; k < profile.columns.size(); ++k) {
      std::uint64_t x =
          static_cast<std::uint64_t>(profile.columns[k]) << 32 | std::bit_cast<std::uint32_t>(profile.values[k]);
      x = (x ^ x >> 31) * 0xBF58476D1CE4E5B9U;
      sum += (x ^ x >> 29) * 0x94D049BB133111EBU;
    }
    return sum ^ sum >> 32;
  }

  static void describe(const Profiles& profiles, Tile& tile) {
    tile.user_.assign(profiles.user.begin(), profiles.user.end());
    for (Index i = 0; i < profiles.known.rows; ++i) {
      const Row row = profiles.known[i];
      tile.lengths_.push_back(static_cast<std::int64_t>(row.columns.size()));
      tile.columns_.insert(tile.columns_.end(), row.columns.begin(), row.columns.end());
      tile.values_.insert(tile.values_.end(), row.values.begin(), row.values.end());
    }
  }

  static bool same(const Profiles& profiles, const Tile& tile) {
    if (!std::ranges::equal(profiles.user, tile.user_) ||
        profiles.known.size() != static_cast<std::int64_t>(tile.columns_.size()))
      return false;
    std::size_t begin = 0;
    for (Index i = 0; i < profiles.known.rows; ++i) {
      const Row row = profiles.known[i];
      const std::size_t n = row.columns.size();
      if (static_cast<std::int64_t>(n) != tile.lengths_[static_cast<std::size_t>(i)] ||
          !std::ranges::equal(row.columns, std::span(tile.columns_).subspan(begin, n)) ||
          !std::ranges::equal(row.values, std::span(tile.values_).subspan(begin, n)))
        return false;
      begin += n;
    }
    return true;
  }

  [[nodiscard]] std::shared_ptr<const Tile> find(const Profiles& profiles) const {
    std::vector<std::shared_ptr<const Tile>> recent;
    {
      const std::lock_guard lock(mutex_);
      recent = recent_;
    }
    const auto known = std::ranges::find_if(recent, [&](const auto& tile) { return same(profiles, *tile); });
    if (known == recent.end()) return nullptr;
    keep(*known);
    return *known;
  }

  /// As the one that was asked for last.
  void keep(const std::shared_ptr<const Tile>& tile) const {
    const std::lock_guard lock(mutex_);
    std::erase(recent_, tile);
    if (recent_.size() >= remembered()) recent_.erase(recent_.begin());
    recent_.push_back(tile);
  }

  std::vector<std::uint64_t> prints_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const Tile>> recent_;  // the one asked for longest ago first
};

}  // namespace assay
