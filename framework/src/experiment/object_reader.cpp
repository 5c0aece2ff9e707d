// Typed questions to a JSON object.

#include "experiment/object_reader.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "base/text.hpp"

namespace assay {
namespace {

/// YYYY-MM-DD, optionally with THH:MM[:SS][Z] (a space does for the T).
std::optional<std::int64_t> parse_time(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3) return {};
  std::string rest = text.substr(static_cast<std::size_t>(used));
  if (rest.ends_with("Z")) rest.pop_back();
  if (!rest.empty()) {
    int to_minute = 0, to_second = 0;
    const int read =
        std::sscanf(rest.c_str(), "%*1[T ]%2d:%2d%n:%2d%n", &hour, &minute, &to_minute, &second, &to_second);
    if (read < 2 || static_cast<std::size_t>(read == 3 ? to_second : to_minute) != rest.size()) return {};
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return {};
  const auto seconds = std::chrono::seconds(std::chrono::sys_days(date).time_since_epoch()).count();
  return (seconds + hour * 3600 + minute * 60 + second) * 1000;
}

}  // namespace

ObjectReader::ObjectReader(const Node* node, std::string pointer, Findings& findings)
    : node_(node), pointer_(std::move(pointer)), findings_(findings) {
  if (!node_) return;
  at_ = node_->at;
  if (!node_->is(Node::Kind::object)) {
    findings_.add(at_, pointer_, "must be an object {…}, not " + node_->shown());
    node_ = nullptr;
  }
}

const Node* ObjectReader::child(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.emplace_back(name);
  return node_ ? node_->find(name) : nullptr;
}

const Node* ObjectReader::given(std::string_view name) {
  const Node* value = child(name);
  return value && !value->is(Node::Kind::null) ? value : nullptr;
}

void ObjectReader::misfit(std::string_view name, const Node& value, std::string_view wanted) {
  findings_.add(value.at, pointer_of(name), "must be " + std::string(wanted) + ", not " + value.shown());
}

void ObjectReader::finding(std::string_view name, std::string_view message) {
  const Node* value = node_ ? node_->find(name) : nullptr;
  findings_.add(value ? value->at : at_, pointer_of(name), message);
}

std::string ObjectReader::text(std::string_view name, std::string fallback) {
  const Node* value = child(name);
  if (!value) return fallback;
  if (value->is(Node::Kind::text)) return value->text;
  misfit(name, *value, "a text");
  return fallback;
}

bool ObjectReader::boolean(std::string_view name, bool fallback) {
  const Node* value = child(name);
  if (!value) return fallback;
  if (value->is(Node::Kind::boolean)) return value->boolean;
  misfit(name, *value, "true or false");
  return fallback;
}

std::int64_t ObjectReader::integer(std::string_view name, std::int64_t fallback, std::int64_t low, std::int64_t high) {
  const Node* value = child(name);
  if (!value) return fallback;
  std::int64_t number = value->integer;
  bool whole = value->is(Node::Kind::integer);
  if (value->is(Node::Kind::real) && value->real == std::floor(value->real) && std::fabs(value->real) < 0x1p53) {
    number = static_cast<std::int64_t>(value->real);  // 1e6
    whole = true;
  }
  if (whole && number >= low && number <= high) return number;
  misfit(name, *value,
         high == INT32_MAX || high == INT64_MAX
             ? "an integer of at least " + std::to_string(low)
             : "an integer from " + std::to_string(low) + " to " + std::to_string(high));
  return fallback;
}

int ObjectReader::small(std::string_view name, int fallback, int low, int high) {
  return static_cast<int>(integer(name, fallback, low, high));
}

double ObjectReader::real(std::string_view name, double fallback) {
  const Node* value = child(name);
  if (!value) return fallback;
  if (value->is(Node::Kind::integer) || value->is(Node::Kind::real)) return value->real;
  misfit(name, *value, "a number");
  return fallback;
}

std::optional<double> ObjectReader::optional_real(std::string_view name) {
  if (!given(name)) return {};
  return real(name, 0);
}

std::optional<std::int64_t> ObjectReader::optional_integer(std::string_view name) {
  if (!given(name)) return {};
  return integer(name, 0, 0);
}

std::optional<std::int64_t> ObjectReader::optional_time(std::string_view name) {
  const Node* value = given(name);
  if (!value) return {};
  if (value->is(Node::Kind::integer)) return value->integer;
  if (value->is(Node::Kind::text))
    if (const auto time = parse_time(value->text)) return time;
  misfit(name, *value, "a date like \"2003-02-28\" or \"2003-02-28T12:30:00\" (UTC), or milliseconds since 1970");
  return {};
}

std::optional<std::size_t> ObjectReader::choose(std::string_view name, std::span<const std::string> words) {
  const Node* value = child(name);
  if (!value) return {};
  const auto found = std::find(words.begin(), words.end(), value->text);
  if (value->is(Node::Kind::text) && found != words.end()) return static_cast<std::size_t>(found - words.begin());
  findings_.add(
      value->at, pointer_of(name),
      "must be one of " + join(words, ", ") + ", not " + value->shown() + "." + did_you_mean(value->text, words));
  return {};
}

void ObjectReader::finish() {
  if (!node_) return;
  for (const auto& key : node_->keys) {
    if (std::find(known_.begin(), known_.end(), key.name) != known_.end()) continue;
    std::string help = did_you_mean(key.name, known_);
    if (help.empty()) help = " Known here: " + join(known_, ", ") + ".";
    findings_.add(key.at, child_pointer(pointer_, key.name), "unknown key." + help);
  }
}

}  // namespace assay
