#pragma once  // Lines at the bottom of a terminal that are redrawn in place.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Where progress is shown. Each write() is one system call, so that nothing flickers.
class ProgressScreen {
 public:
  virtual ~ProgressScreen() = default;
  virtual void write(std::string_view text) = 0;
  [[nodiscard]] virtual std::size_t width() const = 0;  ///< columns; asked at every draw, for windows are resized
};

/// Standard error.
class StderrScreen final : public ProgressScreen {
 public:
  void write(std::string_view text) override;
  [[nodiscard]] std::size_t width() const override;
};

/// A block of lines below all that was printed. Text printed through it appears above.
class LiveBlock {
 public:
  explicit LiveBlock(ProgressScreen& screen) : screen_(screen) {}
  /// Prints `above` (whole lines or nothing), then the block.
  void draw(std::string_view above, const std::vector<std::string>& lines);
  void erase() { draw("", {}); }

 private:
  ProgressScreen& screen_;
  std::vector<std::size_t> drawn_;  // widths of the lines on the screen
};

/// Columns that `text` takes; escape sequences take none.
[[nodiscard]] std::size_t visible_width(std::string_view text);
/// `text`, or where it is too wide its beginning and "…" in `columns`; escape sequences are kept whole.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t columns);

}  // namespace assay
