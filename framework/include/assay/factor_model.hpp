#pragma once  // Users' and items' factors as a model keeps them: trained, laid out for scoring, folded in, saved.

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "assay/factors.hpp"
#include "assay/fold_in.hpp"
#include "assay/model.hpp"
#include "assay/stored.hpp"

namespace assay {

/// score(u, j) = p_u · q_j, and a bias of the item where there is one. Users whose profile is not the trained one get
/// the factors that the model makes for it (FoldIn). Inline: it lives in the plugin.
class FactorModel {
 public:
  FactorMatrix users, items;  ///< to be settled when they have changed

  /// First factors, and the profiles that those of the users will belong to.
  void begin(FactorMatrix first_users, FactorMatrix first_items, const Interactions& by_user) {
    users = std::move(first_users);
    items = std::move(first_items);
    fold_in_.remember(by_user);
  }

  /// To be called when factors have changed, before they are used.
  void settle(std::span<const float> bias = {}) {
    panels_.assign(items.view(), bias);
    fold_in_.forget();
  }

  /// Pointers to the factors of these users. make(const Row& profile, std::span<float> factors): see FoldIn::rows().
  template <class Make>
  [[nodiscard]] auto rows_of(const Profiles& profiles, Make&& make) const {
    return fold_in_.rows(profiles, users.view(), make);
  }
  /// The same for one user, not remembered: see FoldIn::row().
  template <class Make>
  [[nodiscard]] const float* row_of(Index user, const Row& profile, std::span<float> made, Make&& make) const {
    return fold_in_.row(user, profile, users.view(), made, make);
  }
  template <class Make>
  void score(const Profiles& profiles, Scores out, Make&& make) const {
    panels_.score(rows_of(profiles, make)->rows(), out);
  }

  void save(Writer& writer) const {
    users.save(writer, "users");
    items.save(writer, "items");
    fold_in_.save(writer, "profiles");
  }
  /// settle() is left to the caller, who may have biases to load. Throws DataError where the parts do not fit together,
  /// the data, or so many columns.
  void load(const Reader& reader, std::int64_t columns = kAny) {
    const Extents data = extents_of(reader);
    users = items = {};  // what there was goes first
    users = FactorMatrix::load(reader, "users", data.users, columns);
    items = FactorMatrix::load(reader, "items", data.items, users.columns());
    fold_in_.load(reader, "profiles", users.rows());
  }

  /// Both sides' factors, as they are and as they are written, the items' again for scoring, fingerprints of profiles.
  [[nodiscard]] static Need need(const TaskShape& task, std::int64_t columns) {
    const std::int64_t rows = task.users + task.items;
    return {.memory = FactorMatrix::bytes(rows, columns) + ItemPanels::bytes(task.items, columns) +
                      FoldIn::bytes(task, columns) +
                      FactorMatrix::saving_bytes(std::max(task.users, task.items), columns),
            .saved = rows * columns * std::int64_t{sizeof(float)} + task.users * 8};
  }

 private:
  ItemPanels panels_;
  FoldIn fold_in_;
};

}  // namespace assay
