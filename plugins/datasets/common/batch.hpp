#pragma once  // Collects interactions and hands them to the sink in batches.

#include <cstdint>
#include <string_view>
#include <vector>

#include "assay/dataset.hpp"

#include "parse.hpp"

namespace assay::reading {

enum class IdKind : std::uint8_t { automatic, number, natural, text };  ///< natural: a number that is not negative

/// Ids of one side. While all are canonical integers they are kept as numbers; see assay::Ids.
class IdColumn {
 public:
  explicit IdColumn(IdKind kind) : kind_(kind), texts_on_(kind == IdKind::text) {}
  [[nodiscard]] bool texts_on() const noexcept { return texts_on_; }
  /// What an id turns out to be. `switches`: not a number, the first one; the column must be empty to go on.
  enum class Fit : std::uint8_t { fits, switches, refused };
  [[nodiscard]] Fit fit(std::string_view id, std::int64_t& number) const noexcept {
    if (id.size() > kLongestId) return Fit::refused;
    if (texts_on_) return id.empty() ? Fit::refused : Fit::fits;
    if (parse_id(id, number)) return kind_ == IdKind::natural && number < 0 ? Fit::refused : Fit::fits;
    return kind_ != IdKind::automatic || id.empty() ? Fit::refused : Fit::switches;
  }
  void switch_to_texts() noexcept { texts_on_ = true; }
  void push(std::string_view id, std::int64_t number) { texts_on_ ? texts_.push_back(id) : numbers_.push_back(number); }
  void clear() noexcept {
    numbers_.clear();
    texts_.clear();
  }
  [[nodiscard]] Ids ids() const noexcept { return {numbers_, texts_}; }

 private:
  IdKind kind_;
  bool texts_on_;
  std::vector<std::int64_t> numbers_;
  std::vector<std::string_view> texts_;
};

/// One interaction; what the data does not have is ignored.
struct Event {
  std::string_view user, item;
  float value = 1;
  std::int64_t time = 0;
  std::string_view behaviour;
};

/// Batches of 65,536 rows. Texts are views: call flush_views() before what they look at goes away.
class Batch {
 public:
  struct Columns {
    bool values = false, times = false, behaviours = false;
  };
  Batch(DatasetSink& sink, Columns columns, IdKind users, IdKind items)
      : sink_(sink), columns_(columns), users_(users), items_(items) {}

  void part(Part part) {  ///< of the rows to come
    flush();
    part_ = part;
  }
  void columns(Columns columns) {  ///< of the rows to come
    flush();
    columns_ = columns;
  }
  enum class Refused : std::uint8_t { none, user, item };
  /// Adds a row, or says which id is not of the promised kind (or empty, or too long) and adds nothing.
  [[nodiscard]] Refused add(const Event& event) {
    std::int64_t user = 0, item = 0;
    const auto user_fit = users_.fit(event.user, user), item_fit = items_.fit(event.item, item);
    if (user_fit == IdColumn::Fit::refused) return Refused::user;
    if (item_fit == IdColumn::Fit::refused) return Refused::item;
    if (user_fit == IdColumn::Fit::switches) switch_to_texts(users_);
    if (item_fit == IdColumn::Fit::switches) switch_to_texts(items_);
    users_.push(event.user, user);
    items_.push(event.item, item);
    if (columns_.values) values_.push_back(event.value);
    if (columns_.times) times_.push_back(event.time);
    if (columns_.behaviours) behaviours_.push_back(event.behaviour);
    if (++rows_ == kRows) flush();
    return Refused::none;
  }
  void flush();
  void flush_views() {
    if (users_.texts_on() || items_.texts_on() || columns_.behaviours) flush();
  }

 private:
  static constexpr std::size_t kRows = 65536;
  void switch_to_texts(IdColumn& side);

  DatasetSink& sink_;
  Columns columns_;
  IdColumn users_, items_;
  Part part_ = Part::all;
  std::size_t rows_ = 0;
  std::vector<float> values_;
  std::vector<std::int64_t> times_;
  std::vector<std::string_view> behaviours_;
};

/// Tells how far a file is read; throws Cancelled when the user wants no more.
void report_progress(DatasetSink& sink, std::int64_t done, std::int64_t total);

}  // namespace assay::reading
