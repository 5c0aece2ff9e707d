// Sums over a few rows of a dense matrix, picked by index: what alternating least squares is made of.

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

#include "linalg/register_tile.hpp"

namespace assay {
namespace {

constexpr std::int64_t kPanelRows = 64;  // gathered at a time: at 64 columns they half fill the first-level cache
constexpr std::int64_t kAhead = 6;       // rows asked for before they are needed

/// Copies rows, scaled by the roots of their weights, into a panel whose padding stays zero.
class Gatherer {
 public:
  explicit Gatherer(ConstMatrix x)
      : x_(x),
        stride_(padded_stride(x.columns)),
        panel_(std::make_unique<float[]>(static_cast<std::size_t>(kPanelRows * stride_))) {}

  void gather(std::span<const Index> rows, const float* weight) {
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const float* ahead = row(rows[std::min(k + kAhead, rows.size() - 1)]);
      for (std::int64_t j = 0; j < x_.columns; j += 16) __builtin_prefetch(ahead + j);
      const float* from = row(rows[k]);
      float* to = panel_.get() + static_cast<std::int64_t>(k) * stride_;
      if (weight == nullptr) {
        std::copy_n(from, x_.columns, to);
        continue;
      }
      const float root = std::sqrt(weight[k]);
      for (std::int64_t j = 0; j < x_.columns; ++j) to[j] = root * from[j];
    }
  }
  [[nodiscard]] const float* panel() const { return panel_.get(); }
  [[nodiscard]] std::int64_t stride() const { return stride_; }

 private:
  [[nodiscard]] const float* row(Index i) const { return x_.data + i * x_.stride; }
  ConstMatrix x_;
  std::int64_t stride_;
  std::unique_ptr<float[]> panel_;
};

template <std::size_t Rows>
void add_tile(const float* panel, std::int64_t stride, std::int64_t count, std::int64_t i, std::int64_t j, Matrix out) {
  Tile<Rows> tile;
  float* place = out.data + i * out.stride + j;
  tile.load(place, out.stride);
  tile.template update<false>(panel + i, panel + j, stride, count);
  tile.store(place, out.stride);
}

constexpr std::array kAdders{add_tile<1>, add_tile<2>, add_tile<3>, add_tile<4>};

/// out's upper triangle += panelᵀ · panel.
void add_panel(const float* panel, std::int64_t stride, std::int64_t count, Matrix out) {
  for (std::int64_t j = 0; j < out.columns; j += kTileColumns)
    for (std::int64_t i = 0, end = std::min(out.rows, j + kTileColumns); i < end; i += kTileRows)
      kAdders[static_cast<std::size_t>(std::min(kTileRows, out.rows - i) - 1)](panel, stride, count, i, j, out);
}

}  // namespace

void add_gathered_gram(ConstMatrix x, std::span<const Index> rows, std::span<const float> weight, Matrix out) {
  if (out.rows != x.columns || out.columns != x.columns ||
      out.stride < (x.columns + kTileColumns - 1) / kTileColumns * kTileColumns ||
      (!weight.empty() && weight.size() != rows.size()))
    throw Error("add_gathered_gram: rows of " + std::to_string(x.columns) + " columns, " + std::to_string(rows.size()) +
                " rows and " + std::to_string(weight.size()) + " weights do not make " + std::to_string(out.rows) +
                " × " + std::to_string(out.columns) + " with a stride of " + std::to_string(out.stride) +
                ", which must be padded to a multiple of 16.");
  Gatherer gatherer(x);
  for (std::size_t first = 0; first < rows.size(); first += kPanelRows) {
    const auto part = rows.subspan(first, std::min<std::size_t>(kPanelRows, rows.size() - first));
    gatherer.gather(part, weight.empty() ? nullptr : weight.data() + first);
    add_panel(gatherer.panel(), gatherer.stride(), static_cast<std::int64_t>(part.size()), out);
  }
}

void gathered_dots(ConstMatrix x, std::span<const Index> rows, std::span<const float> y, std::span<float> out) {
  if (static_cast<std::int64_t>(y.size()) != x.columns || out.size() != rows.size())
    throw Error("gathered_dots: rows of " + std::to_string(x.columns) + " columns by " + std::to_string(y.size()) +
                " factors, " + std::to_string(rows.size()) + " rows into " + std::to_string(out.size()) + " places.");
  const std::int64_t whole = x.columns / 16 * 16;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const float* ahead = x.data + rows[std::min(k + kAhead, rows.size() - 1)] * x.stride;
    for (std::int64_t j = 0; j < x.columns; j += 16) __builtin_prefetch(ahead + j);
    const float* row = x.data + rows[k] * x.stride;
    Lanes left{}, right{};
    for (std::int64_t j = 0; j < whole; j += 16) {
      left += load_lanes(row + j) * load_lanes(y.data() + j);
      right += load_lanes(row + j + 8) * load_lanes(y.data() + j + 8);
    }
    left += right;
    float sum = ((left[0] + left[4]) + (left[1] + left[5])) + ((left[2] + left[6]) + (left[3] + left[7]));
    for (std::int64_t j = whole; j < x.columns; ++j) sum += row[j] * y[static_cast<std::size_t>(j)];
    out[k] = sum;
  }
}

}  // namespace assay
