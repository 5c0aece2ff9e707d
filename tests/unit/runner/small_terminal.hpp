#pragma once  // A terminal of a few columns that understands what LiveBlock sends.

#include <string>
#include <vector>

#include "runner/live_block.hpp"

namespace assay {

/// Lines as they stand on the screen; wraps, moves up, erases. Colours are dropped, characters count one column each.
class SmallTerminal final : public ProgressScreen {
 public:
  explicit SmallTerminal(std::size_t columns) : columns_(columns) {}
  void write(std::string_view text) override {
    ++writes;
    while (!text.empty()) text.remove_prefix(text[0] == '\x1b' ? escape(text) : character(text));
  }
  [[nodiscard]] std::size_t width() const override { return columns_; }
  /// A narrower window wraps what is on it, as terminals do.
  void resize(std::size_t columns) {
    columns_ = columns;
    std::vector<std::vector<std::string>> wrapped;
    for (const auto& line : lines_) {
      for (std::size_t at = 0; at == 0 || at < line.size(); at += columns)
        wrapped.emplace_back(line.begin() + static_cast<std::ptrdiff_t>(at),
                             line.begin() + static_cast<std::ptrdiff_t>(std::min(at + columns, line.size())));
    }
    lines_ = std::move(wrapped);
    row_ = lines_.size() - 1;
  }
  [[nodiscard]] std::vector<std::string> screen() const {
    std::vector<std::string> out;
    for (const auto& line : lines_) {
      out.emplace_back();
      for (const auto& cell : line) out.back() += cell;
    }
    while (!out.empty() && out.back().empty()) out.pop_back();
    return out;
  }
  int writes = 0;

 private:
  std::size_t character(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) ++length;
    if (text[0] == '\n') {
      ++row_, column_ = 0;
    } else if (text[0] == '\r') {
      column_ = 0;
    } else {
      if (column_ == columns_) ++row_, column_ = 0;
      line().resize(std::max(line().size(), column_ + 1), " ");
      line()[column_++] = text.substr(0, length);
    }
    line();
    return length;
  }
  std::size_t escape(std::string_view text) {
    const auto end = text.find_first_of("AJKm");
    const int count = end > 2 ? std::atoi(std::string(text.substr(2, end - 2)).c_str()) : 1;
    if (text[end] == 'A') row_ -= std::min<std::size_t>(row_, static_cast<std::size_t>(count));
    if (text[end] == 'K' || text[end] == 'J') line().resize(std::min(line().size(), column_));
    if (text[end] == 'J') lines_.resize(row_ + 1);
    return end + 1;
  }
  std::vector<std::string>& line() {
    if (lines_.size() <= row_) lines_.resize(row_ + 1);
    return lines_[row_];
  }
  std::size_t columns_, row_ = 0, column_ = 0;
  std::vector<std::vector<std::string>> lines_ = std::vector<std::vector<std::string>>(1);
};

}  // namespace assay
