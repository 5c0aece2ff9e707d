// What R's classes mean: factor, Date, POSIXct, integer64.
#include "frame.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "assay/errors.hpp"

#include "parse.hpp"

namespace assay::rdata {
namespace {

constexpr auto kIntegerNa = std::numeric_limits<std::int32_t>::min();
constexpr auto kInteger64Na = std::numeric_limits<std::int64_t>::min();

std::string listed(const std::vector<std::string_view>& names) {
  std::string out;
  for (const auto name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out.empty() ? "none" : out;
}

}  // namespace

FrameColumn::FrameColumn(const Value& value, std::string name, const std::string& path)
    : value_(&value), name_(std::move(name)) {
  using Type = Value::Type;
  const bool whole = value.type == Type::integer || value.type == Type::logical;
  if (!whole && value.type != Type::real && value.type != Type::text)
    throw DataError(path, 0, "column \"" + name_ + "\" holds neither numbers nor texts");
  const Value* levels = value.attribute("levels");
  if (whole && levels && levels->type == Type::text) {
    levels_ = levels;
    meaning_ = Meaning::factor;
  } else if (value.is_a("Date")) {
    meaning_ = Meaning::date;
  } else if (value.is_a("POSIXct")) {
    meaning_ = Meaning::date_time;
  } else if (value.is_a("integer64") && value.type == Type::real) {
    meaning_ = Meaning::integer64;
  }
}

std::optional<std::string_view> FrameColumn::text(std::size_t row) {
  if (value_->type == Value::Type::text) {
    const auto text = value_->texts[row];
    return text.data() ? std::optional(text) : std::nullopt;
  }
  if (levels_) {
    const std::int32_t code = value_->integers[row];
    if (code < 1 || static_cast<std::size_t>(code) > levels_->texts.size()) return std::nullopt;
    const auto text = levels_->texts[static_cast<std::size_t>(code) - 1];
    return text.data() ? std::optional(text) : std::nullopt;
  }
  char* const end = scratch_ + sizeof scratch_;
  const auto written = [&](auto x) {
    return std::string_view(scratch_, static_cast<std::size_t>(std::to_chars(scratch_, end, x).ptr - scratch_));
  };
  if (value_->type != Value::Type::real) {
    const std::int32_t x = value_->integers[row];
    return x == kIntegerNa ? std::nullopt : std::optional(written(x));
  }
  const double x = value_->reals[row];
  if (meaning_ == Meaning::integer64) {
    const auto whole = std::bit_cast<std::int64_t>(x);
    return whole == kInteger64Na ? std::nullopt : std::optional(written(whole));
  }
  if (!std::isfinite(x)) return std::nullopt;
  return std::fabs(x) < 0x1p53 && x == std::floor(x) ? written(static_cast<std::int64_t>(x)) : written(x);
}

std::optional<double> FrameColumn::number(std::size_t row) {
  if (is_text()) {
    const auto cell = text(row);
    double x = 0;
    return cell && reading::parse_number(*cell, x) ? std::optional(x) : std::nullopt;
  }
  if (value_->type != Value::Type::real) {
    const std::int32_t x = value_->integers[row];
    return x == kIntegerNa ? std::nullopt : std::optional<double>(x);
  }
  const double x = value_->reals[row];
  if (meaning_ == Meaning::integer64) {
    const auto whole = std::bit_cast<std::int64_t>(x);
    return whole == kInteger64Na ? std::nullopt : std::optional(static_cast<double>(whole));
  }
  return std::isfinite(x) ? std::optional(x) : std::nullopt;
}

std::optional<std::int64_t> FrameColumn::time(std::size_t row, reading::TimeFormat& format) {
  constexpr double kMost = 1e14;  // ms; the year 5138
  if (meaning_ == Meaning::date || meaning_ == Meaning::date_time) {
    const auto x = number(row);
    const double ms = x.value_or(0) * (meaning_ == Meaning::date ? 86'400'000.0 : 1000.0);
    return x && std::fabs(ms) < kMost ? std::optional<std::int64_t>(std::llround(ms)) : std::nullopt;
  }
  const auto cell = text(row);
  std::int64_t ms = 0;
  return cell && format.parse(*cell, ms) ? std::optional(ms) : std::nullopt;
}

Frame::Frame(const Value& value, std::string path, std::string object)
    : value_(&value), path_(std::move(path)), object_(object.empty() ? "the object" : "\"" + object + "\"") {
  if (value.type != Value::Type::list || value.items.empty() || value.names().size() != value.items.size())
    throw DataError(path_, 0, object_ + " is no data frame");
  rows_ = value.items[0].size();
}

FrameColumn Frame::column(std::string_view name, std::string_view parameter) const {
  const Value* found = value_->item(name);
  if (!found)
    throw DataError(path_, 0,
                    object_ + " has no column \"" + std::string(name) + "\", which the parameter " +
                        std::string(parameter) + " asks for; it has: " + listed(value_->names()));
  if (found->size() != rows_)
    throw DataError(path_, 0, object_ + ": column \"" + std::string(name) + "\" is not as long as the first one");
  return {*found, std::string(name), path_};
}

}  // namespace assay::rdata
