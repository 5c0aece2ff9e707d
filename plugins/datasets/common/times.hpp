#pragma once  // Points in time as data files write them, turned into milliseconds since 1970.

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::reading {

/// Reads one way of writing a time. All times without a zone are UTC.
///   seconds       since 1970, decimals allowed
///   milliseconds  since 1970
///   iso           2010-12-01, 2010-12-01 08:26, 2010-12-01T08:26:09.250Z, …+02:00
///   auto          decided by the first time read: a number below 10¹¹ is seconds (until the year 5138), another
///                 milliseconds (from 1973 on), all else iso
///   a pattern     as in strptime: %Y %y %m %d %e %H %M %S %b %p %I, a blank for any number of blanks, all else literal
class TimeFormat {
 public:
  explicit TimeFormat(std::string name);  ///< throws ConfigError
  [[nodiscard]] bool parse(std::string_view text, std::int64_t& ms);
  /// For messages: "a time in seconds".
  [[nodiscard]] std::string expected() const;

 private:
  enum class Way : std::uint8_t { undecided, seconds, milliseconds, iso, pattern };
  void decide(std::string_view text);
  Way way_;
  std::string pattern_;
};

}  // namespace assay::reading
