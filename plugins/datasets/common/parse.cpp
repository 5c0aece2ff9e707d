// How a piece of a data file appears in a message.
#include "parse.hpp"

#include "encoding.hpp"

namespace assay::reading {

std::string expected_id(std::string_view found, std::string_view kind) {
  if (found.size() <= kLongestId) return std::string(kind);
  return "an id of at most " + std::to_string(kLongestId) + " bytes";
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out(text.substr(0, kLongest));
  const bool utf8 = is_utf8(text);
  if (utf8 && text.size() > kLongest)
    while (!out.empty() && !is_utf8(out)) out.pop_back();  // no half character at the cut
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || (!utf8 && static_cast<unsigned char>(c) > 0x7f)) c = '?';
  return "\"" + out + (text.size() > kLongest ? "…\"" : "\"");
}

}  // namespace assay::reading
