// Calendar arithmetic: proleptic Gregorian, no leap seconds, UTC.
#include "times.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "assay/errors.hpp"

#include "parse.hpp"

namespace assay::reading {
namespace {

struct Moment {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0;
  int zone_minutes = 0;

  [[nodiscard]] bool to_ms(std::int64_t& out) const {
    using namespace std::chrono;
    const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return false;
    const std::int64_t days = sys_days(date).time_since_epoch().count();
    out = ((days * 24 + hour) * 60 + minute - zone_minutes) * 60'000 + second * 1000LL + ms;
    return true;
  }
};

/// A text that is read from its beginning.
struct Cursor {
  std::string_view rest;

  [[nodiscard]] bool empty() const { return rest.empty(); }
  bool literal(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void blanks() {
    while (literal(' ') || literal('\t')) {
    }
  }
  bool digits(int least, int most, int& out) {
    int n = 0, value = 0;
    while (n < most && static_cast<std::size_t>(n) < rest.size() && rest[static_cast<std::size_t>(n)] >= '0' &&
           rest[static_cast<std::size_t>(n)] <= '9')
      value = value * 10 + (rest[static_cast<std::size_t>(n++)] - '0');
    if (n < least) return false;
    rest.remove_prefix(static_cast<std::size_t>(n));
    out = value;
    return true;
  }
};

bool fraction(Cursor& in, int& ms) {
  int weight = 100, count = 0, digit = 0;
  for (ms = 0; in.digits(1, 1, digit); ++count, weight /= 10) ms += digit * weight;
  return count > 0;
}

bool zone(Cursor& in, int& minutes) {
  minutes = 0;
  if (in.empty() || in.literal('Z') || in.literal('z')) return true;
  const int sign = in.literal('+') ? 1 : in.literal('-') ? -1 : 0;
  int hour = 0, minute = 0;
  if (sign == 0 || !in.digits(2, 2, hour) || hour > 15) return false;
  in.literal(':');
  if (!in.empty() && (!in.digits(2, 2, minute) || minute > 59)) return false;
  minutes = sign * (hour * 60 + minute);
  return true;
}

bool parse_iso(std::string_view text, std::int64_t& out) {
  Cursor in{text};
  Moment m;
  if (!in.digits(4, 4, m.year) || !in.literal('-') || !in.digits(2, 2, m.month) || !in.literal('-') ||
      !in.digits(2, 2, m.day))
    return false;
  if (!in.empty()) {
    if (!in.literal('T') && !in.literal(' ')) return false;
    if (!in.digits(2, 2, m.hour) || !in.literal(':') || !in.digits(2, 2, m.minute)) return false;
    if (in.literal(':') && !in.digits(2, 2, m.second)) return false;
    if ((in.literal('.') || in.literal(',')) && !fraction(in, m.ms)) return false;
    in.blanks();
    if (!zone(in, m.zone_minutes)) return false;
  }
  return in.empty() && m.to_ms(out);
}

bool month_name(Cursor& in, int& month) {
  constexpr std::array<std::string_view, 12> kNames = {"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
  std::string word;
  for (const char c : in.rest.substr(0, 3)) word += static_cast<char>(c | 0x20);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (word != kNames[i]) continue;
    in.rest.remove_prefix(3);
    month = static_cast<int>(i) + 1;
    return true;
  }
  return false;
}

enum class Half : std::uint8_t { none, am, pm };

bool half_of_day(Cursor& in, Half& half) {
  if (in.rest.size() < 2 || (in.rest[1] | 0x20) != 'm') return false;
  const char c = static_cast<char>(in.rest[0] | 0x20);
  if (c != 'a' && c != 'p') return false;
  half = c == 'a' ? Half::am : Half::pm;
  in.rest.remove_prefix(2);
  return true;
}

bool directive(Cursor& in, char what, Moment& m, Half& half) {
  switch (what) {
    case 'Y':
      return in.digits(4, 4, m.year);
    case 'y':
      if (!in.digits(2, 2, m.year)) return false;
      m.year += m.year < 69 ? 2000 : 1900;  // as POSIX does
      return true;
    case 'm':
      return in.digits(1, 2, m.month);
    case 'd':
    case 'e':
      in.blanks();
      return in.digits(1, 2, m.day);
    case 'H':
    case 'I':
      return in.digits(1, 2, m.hour);
    case 'M':
      return in.digits(1, 2, m.minute);
    case 'S':
      return in.digits(1, 2, m.second);
    case 'b':
      return month_name(in, m.month);
    case 'p':
      return half_of_day(in, half);
    default:
      return false;
  }
}

bool parse_pattern(std::string_view text, std::string_view pattern, std::int64_t& out) {
  Cursor in{text};
  Moment m;
  Half half = Half::none;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == ' ') {
      in.blanks();
    } else if (pattern[i] != '%') {
      if (!in.literal(pattern[i])) return false;
    } else if (!directive(in, pattern[++i], m, half)) {
      return false;
    }
  }
  if (half != Half::none && (m.hour < 1 || m.hour > 12)) return false;
  if (half == Half::am && m.hour == 12) m.hour = 0;
  if (half == Half::pm && m.hour < 12) m.hour += 12;
  return in.empty() && m.to_ms(out);
}

bool parse_count(std::string_view text, double unit_ms, std::int64_t& ms) {
  std::int64_t whole = 0;
  constexpr std::int64_t kMost = 100'000'000'000'000'000;  // far beyond any calendar, far below overflow
  if (parse_id(text, whole) && whole > -kMost / 1000 && whole < kMost / 1000) {
    ms = whole * static_cast<std::int64_t>(unit_ms);
    return true;
  }
  double value = 0;
  if (!parse_number(text, value) || std::fabs(value * unit_ms) > static_cast<double>(kMost)) return false;
  ms = std::llround(value * unit_ms);
  return true;
}

}  // namespace

TimeFormat::TimeFormat(std::string name) : way_(Way::pattern) {
  if (name == "auto") way_ = Way::undecided;
  if (name == "seconds") way_ = Way::seconds;
  if (name == "milliseconds") way_ = Way::milliseconds;
  if (name == "iso") way_ = Way::iso;
  if (way_ != Way::pattern) return;
  bool any = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%') continue;
    any = ++i < name.size() && std::string_view("YymdeHIMSbp").find(name[i]) != std::string_view::npos;
    if (!any) break;
  }
  if (!any)
    throw ConfigError(
        "time_format is \"" + name +
        "\"; it must be auto, seconds, milliseconds, iso or a pattern of %Y %y %m %d %e %H %I %M %S %b %p");
  pattern_ = std::move(name);
}

void TimeFormat::decide(std::string_view text) {
  double number = 0;
  constexpr double kSecondsBelow = 1e11;
  if (!parse_number(text, number))
    way_ = Way::iso;
  else
    way_ = std::fabs(number) < kSecondsBelow ? Way::seconds : Way::milliseconds;
}

bool TimeFormat::parse(std::string_view text, std::int64_t& ms) {
  if (way_ == Way::undecided) decide(text);
  switch (way_) {
    case Way::seconds:
      return parse_count(text, 1000, ms);
    case Way::milliseconds:
      return parse_count(text, 1, ms);
    case Way::iso:
      return parse_iso(text, ms);
    default:
      return parse_pattern(text, pattern_, ms);
  }
}

std::string TimeFormat::expected() const {
  switch (way_) {
    case Way::seconds:
      return "a time in seconds since 1970";
    case Way::milliseconds:
      return "a time in milliseconds since 1970";
    case Way::pattern:
      return "a time like \"" + pattern_ + "\"";
    default:
      return "a time like 2010-12-01 08:26:00";
  }
}

}  // namespace assay::reading
