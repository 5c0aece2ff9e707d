// Default values of parameters as JSON text.

#include "assay/params.hpp"

#include <charconv>
#include <cmath>

namespace assay::detail {
namespace {

template <class T>
std::string number(T value) {
  if (std::isnan(value)) return "\"nan\"";
  if (std::isinf(value)) return value > 0 ? "\"inf\"" : "\"-inf\"";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

}  // namespace

std::string json_text(bool value) { return value ? "true" : "false"; }
std::string json_text(std::int64_t value) { return std::to_string(value); }
std::string json_text(float value) { return number(value); }
std::string json_text(double value) { return number(value); }

std::string json_text(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr char digits[] = "0123456789abcdef";
      out += "\\u00";
      out += digits[(c >> 4) & 15];
      out += digits[c & 15];
    } else
      out += c;
  }
  return out + '"';
}

}  // namespace assay::detail
