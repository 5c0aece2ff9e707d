// Strict reading through nlohmann's callbacks.

#include "base/json_text.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/text.hpp"

namespace assay {
namespace {

using nlohmann::json;

constexpr int kDeepest = 100;
constexpr int kOutOfRange = 406, kOther = 501;  // numbers of nlohmann's own exceptions for the like

}  // namespace

json parse_json(std::string_view text) {
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    throw json::other_error::create(kOther, "a NUL byte after " + std::to_string(nul) + " others", nullptr);
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto look = [&](int depth, json::parse_event_t event, json& value) {
    const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth >= kDeepest)
      throw json::other_error::create(kOther, "nested more than " + std::to_string(kDeepest) + " deep", nullptr);
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
      throw json::other_error::create(kOther, "the key \"" + cut(value.get<std::string>(), 60) + "\" is given twice",
                                      nullptr);
    return true;
  };
  return json::parse(text, look);
}

std::int64_t WholeNumber::signed_value() const {
  if (!value_->is_number_integer()) refuse();
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() > most) refuse();
  return value_->get<std::int64_t>();
}

std::uint64_t WholeNumber::unsigned_value() const {
  if (!value_->is_number_integer() || (!value_->is_number_unsigned() && value_->get<std::int64_t>() < 0)) refuse();
  return value_->get<std::uint64_t>();
}

void WholeNumber::refuse() const {
  const std::string shown = value_->is_structured() ? value_->type_name() : value_->dump(-1, ' ', true);
  throw json::out_of_range::create(kOutOfRange, cut(shown, 60) + " is not a whole number that fits its place", nullptr);
}

WholeNumber whole(const json& object, const char* key) { return WholeNumber(object.at(key)); }

}  // namespace assay
