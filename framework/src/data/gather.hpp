#pragma once  // Takes what a reader delivers and keeps it in columns until it is sorted.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.hpp"
#include "assay/errors.hpp"

#include "data/attributes.hpp"
#include "data/chunked.hpp"
#include "data/ids.hpp"
#include "data/log.hpp"

namespace assay {

/// What a reader delivered, in its own order. 12 bytes an interaction, 20 with times.
struct Gathered {
  IdInterner users, items;
  Chunked<std::uint32_t> user, item;
  Chunked<float> value{1.0f};
  Chunked<std::int64_t> time{0};
  Chunked<Part> part{Part::all};
  Chunked<std::uint8_t> behaviour{0};
  std::vector<std::string> behaviours{""};  ///< by code; 0: none given
  AttributeRows user_rows, item_rows;
  std::vector<std::string> companions;  ///< files beside those of parameters, sorted
  std::int64_t rows = 0, rows_with_times = 0, skipped_lines = 0;
};

/// Wrong data of which no file and line is known: who knows the dataset names it.
class UnplacedDataError : public DataError {
  using DataError::DataError;
};

/// Copies batches into columns and gives ids codes. Wrong batches are the plugin's fault (PluginError), wrong data the
/// file's (DataError).
class Gatherer final : public DatasetSink {
 public:
  /// `progress` may be empty; false stops the reader.
  Gatherer(bool skip_bad_lines, std::function<bool(std::int64_t, std::int64_t)> progress)
      : skip_bad_lines_(skip_bad_lines), progress_(std::move(progress)) {}
  void interactions(const InteractionBatch& batch) override;
  void rows(std::string_view table, Part part, const Ids& ids, const Table& columns) override;
  void bad_line(std::string_view file, std::int64_t line, std::string_view why) override;
  bool progress(std::int64_t done, std::int64_t total) override;
  void companion(std::string_view path) override;

  /// Everything so far; the gatherer is spent. Throws DataError when there is nothing, or times of some rows only.
  [[nodiscard]] Gathered take();
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

 private:
  void append_values(std::span<const float> values, std::size_t count);
  void append_behaviours(std::span<const std::string_view> words, std::size_t count);

  bool skip_bad_lines_, cancelled_ = false;
  std::function<bool(std::int64_t, std::int64_t)> progress_;
  Gathered data_;
  std::vector<std::uint32_t> codes_;
  std::vector<float> values_;
  std::vector<std::uint8_t> behaviours_;
};

}  // namespace assay
