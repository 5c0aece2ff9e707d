// Redraws lines in place with the few escape sequences that every terminal knows.

#include "runner/live_block.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runner/table.hpp"

namespace assay {
namespace {

/// Length of the escape sequence or UTF-8 character at the beginning, and whether it is a character.
std::pair<std::size_t, bool> first_piece(std::string_view text) {
  if (text[0] == '\x1b') {
    const auto end = text.find('m');
    return {end == std::string_view::npos ? text.size() : end + 1, false};
  }
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) ++length;
  return {length, true};
}

}  // namespace

void StderrScreen::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;  // nobody looks any more
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::size_t StderrScreen::width() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::size_t visible_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [length, visible] = first_piece(text);
    if (visible) width += display_width(text.substr(0, length));
    text.remove_prefix(length);
  }
  return width;
}

std::string clipped(std::string_view text, std::size_t columns) {
  if (visible_width(text) <= columns) return std::string(text);
  std::string out;
  std::size_t used = 0;
  bool full = false;
  while (!text.empty()) {
    const auto [length, visible] = first_piece(text);
    const std::size_t width = visible ? display_width(text.substr(0, length)) : 0;
    if (!full && used + width >= columns) {  // the last column is the mark's
      out += columns > 0 ? "…" : "";
      full = true;
    }
    if (!visible || !full) {  // colours are switched off again even where the text is cut
      out += text.substr(0, length);
      used += width;
    }
    text.remove_prefix(length);
  }
  return out;
}

void LiveBlock::draw(std::string_view above, const std::vector<std::string>& lines) {
  const std::size_t width = std::max<std::size_t>(2, screen_.width());
  std::size_t rows = 0;  // that the block takes now; a narrower window has wrapped its lines
  for (const std::size_t drawn : drawn_) rows += std::max<std::size_t>(1, (drawn + width - 1) / width);
  std::string out;
  if (rows > 0) out += "\r\x1b[" + std::to_string(rows) + "A";
  if (rows > 0 && (!above.empty() || lines.empty())) out += "\x1b[J";
  out += above;
  drawn_.clear();
  for (const std::string& line : lines) {
    const std::string shown = clipped(line, width - 1);
    drawn_.push_back(visible_width(shown));
    out += shown + "\x1b[K\n";
  }
  if (rows > 0) out += "\x1b[J";
  if (!out.empty()) screen_.write(out);
}

}  // namespace assay
