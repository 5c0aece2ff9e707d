#pragma once  // A plugin's parameters: declared once in fields(), from which validation, help and JSON Schema follow.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "assay/export.hpp"

namespace assay {

/// A file or folder named by the user. The framework looks for it beside the experiment file and in $ASSAY_DATA, checks
/// that it exists, hashes it, and hands over the absolute path.
struct Path {
  std::string value;
};

enum class ParamType : std::uint8_t { boolean, integer, real, text, path, integers, reals, texts };

/// One parameter, as seen by the framework. Everything it points to lives as long as the library.
struct ParamInfo {
  const char* name;
  const char* summary;  ///< one sentence
  ParamType type;
  bool required;                         ///< has no default: the user must give it
  const char* default_json;              ///< the default as JSON text; "null" where required
  double minimum, maximum;               ///< of numbers and of each number in a list; ±infinity: unbounded
  bool minimum_open, maximum_open;       ///< the bound itself is not allowed
  std::span<const char* const> choices;  ///< of texts; empty: any
};

/// Where a component's values come from. The framework has checked them against the ParamInfos: asking for a parameter
/// by its own type never fails.
class ASSAY_EXPORT ParamSource {
 public:
  virtual ~ParamSource();
  [[nodiscard]] virtual bool boolean(std::string_view name) const = 0;
  [[nodiscard]] virtual std::int64_t integer(std::string_view name) const = 0;
  [[nodiscard]] virtual double real(std::string_view name) const = 0;
  [[nodiscard]] virtual std::string_view text(std::string_view name) const = 0;  ///< also paths (absolute)
  [[nodiscard]] virtual std::span<const std::int64_t> integers(std::string_view name) const = 0;
  [[nodiscard]] virtual std::span<const double> reals(std::string_view name) const = 0;
  [[nodiscard]] virtual std::span<const std::string_view> texts(std::string_view name) const = 0;
};

/// Where create() tells why it refuses parameters that are wrong together. `param` may be empty.
class ASSAY_EXPORT ErrorSink {
 public:
  virtual ~ErrorSink();
  virtual void error(std::string_view param, std::string_view message) = 0;
};

namespace detail {

template <class T>
constexpr ParamType param_type() {
  using E = std::remove_cvref_t<T>;
  if constexpr (std::is_same_v<E, bool>)
    return ParamType::boolean;
  else if constexpr (std::is_integral_v<E>)
    return ParamType::integer;
  else if constexpr (std::is_floating_point_v<E>)
    return ParamType::real;
  else if constexpr (std::is_same_v<E, std::string>)
    return ParamType::text;
  else if constexpr (std::is_same_v<E, Path>)
    return ParamType::path;
  else if constexpr (std::is_same_v<E, std::vector<std::string>>)
    return ParamType::texts;
  else if constexpr (std::is_integral_v<typename E::value_type>)
    return ParamType::integers;
  else
    return ParamType::reals;
}

ASSAY_EXPORT std::string json_text(bool value);
ASSAY_EXPORT std::string json_text(std::int64_t value);
ASSAY_EXPORT std::string json_text(float value);
ASSAY_EXPORT std::string json_text(double value);
ASSAY_EXPORT std::string json_text(std::string_view value);

template <class T>
std::string default_text(const T& value) {
  if constexpr (std::is_same_v<T, bool>)
    return json_text(value);
  else if constexpr (std::is_integral_v<T>)
    return json_text(static_cast<std::int64_t>(value));
  else if constexpr (std::is_same_v<T, float>)
    return json_text(value);
  else if constexpr (std::is_floating_point_v<T>)
    return json_text(static_cast<double>(value));
  else if constexpr (std::is_same_v<T, std::string>)
    return json_text(std::string_view(value));
  else if constexpr (std::is_same_v<T, Path>)
    return json_text(std::string_view(value.value));
  else {
    std::string out = "[";
    for (std::size_t i = 0; i < value.size(); ++i) out += (i ? ", " : "") + default_text(value[i]);
    return out + "]";
  }
}

}  // namespace detail

/// A field of a Params struct with its documentation and bounds; made by field().
template <class Params, class T>
struct Field {
  T Params::*member;
  const char* name;
  const char* summary;
  double minimum = -std::numeric_limits<double>::infinity(), maximum = std::numeric_limits<double>::infinity();
  bool minimum_open = false, maximum_open = false, needed = false;
  std::array<const char*, 16> options{};
  std::size_t option_count = 0;

  [[nodiscard]] constexpr Field in(double low, double high) const {
    Field f = *this;
    f.minimum = low;
    f.maximum = high;
    return f;
  }
  [[nodiscard]] constexpr Field at_least(double low) const {
    Field f = *this;
    f.minimum = low;
    return f;
  }
  [[nodiscard]] constexpr Field above(double low) const {
    Field f = *this;
    f.minimum = low;
    f.minimum_open = true;
    return f;
  }
  [[nodiscard]] constexpr Field below(double high) const {
    Field f = *this;
    f.maximum = high;
    f.maximum_open = true;
    return f;
  }
  [[nodiscard]] constexpr Field required() const {
    Field f = *this;
    f.needed = true;
    return f;
  }
  template <class... Names>
  [[nodiscard]] constexpr Field one_of(Names... names) const {
    static_assert(sizeof...(Names) <= 16);
    Field f = *this;
    f.options = {names...};
    f.option_count = sizeof...(Names);
    return f;
  }
};

/// `summary` is one sentence for `runner describe`. The member's initializer is the default.
template <class Params, class T>
constexpr Field<Params, T> field(T Params::*member, const char* name, const char* summary) {
  return {member, name, summary};
}

namespace detail {

/// The C++ type of a number, or of the numbers in a list; bool for all else.
template <class T>
struct NumberOf {
  using type = std::conditional_t<std::is_arithmetic_v<T>, T, bool>;
};
template <class T>
struct NumberOf<std::vector<T>> : NumberOf<T> {};

/// Bounds that also keep a value within its C++ type, so that reading it never overflows.
template <class T>
constexpr std::pair<double, double> bounds_within_type(double minimum, double maximum, bool infinite_default) {
  using N = typename NumberOf<T>::type;
  if constexpr (std::is_same_v<N, float>) {
    if (infinite_default) return {minimum, maximum};
  }
  if constexpr (std::is_same_v<N, float> || (std::is_integral_v<N> && !std::is_same_v<N, bool>)) {
    constexpr auto low = static_cast<double>(std::numeric_limits<N>::lowest());
    constexpr auto high = static_cast<double>(std::numeric_limits<N>::max());
    if (sizeof(N) < 8 || std::is_unsigned_v<N>) minimum = minimum < low ? low : minimum;
    if (sizeof(N) < 8) maximum = maximum > high ? high : maximum;
  }
  return {minimum, maximum};
}

template <class Params>
std::span<const ParamInfo> param_infos() {
  static const auto fields = Params::fields();
  static const std::vector<std::string> defaults = std::apply(
      [](const auto&... f) {
        const Params p{};
        return std::vector<std::string>{default_text(p.*(f.member))...};
      },
      fields);
  static const std::vector<ParamInfo> infos = std::apply(
      [](const auto&... f) {
        std::size_t i = 0;
        std::vector<ParamInfo> out;
        const auto add = [&]<class T>(const Field<Params, T>& field) {
          const bool infinite = defaults[i].ends_with("inf\"");
          const auto [minimum, maximum] = bounds_within_type<T>(field.minimum, field.maximum, infinite);
          out.push_back({field.name,
                         field.summary,
                         param_type<T>(),
                         field.needed,
                         field.needed ? "null" : defaults[i].c_str(),
                         minimum,
                         maximum,
                         field.minimum_open,
                         field.maximum_open,
                         {field.options.data(), field.option_count}});
          ++i;
        };
        (add(f), ...);
        return out;
      },
      fields);
  return infos;
}

template <class T>
void read_param(const ParamSource& source, const char* name, T& out) {
  if constexpr (std::is_same_v<T, bool>)
    out = source.boolean(name);
  else if constexpr (std::is_integral_v<T>)
    out = static_cast<T>(source.integer(name));
  else if constexpr (std::is_floating_point_v<T>)
    out = static_cast<T>(source.real(name));
  else if constexpr (std::is_same_v<T, std::string>)
    out = std::string(source.text(name));
  else if constexpr (std::is_same_v<T, Path>)
    out.value = std::string(source.text(name));
  else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    out.clear();
    for (auto text : source.texts(name)) out.emplace_back(text);
  } else if constexpr (std::is_integral_v<typename T::value_type>) {
    out.clear();
    for (auto v : source.integers(name)) out.push_back(static_cast<typename T::value_type>(v));
  } else {
    out.clear();
    for (auto v : source.reals(name)) out.push_back(static_cast<typename T::value_type>(v));
  }
}

template <class Params>
Params read_params(const ParamSource& source) {
  Params params{};
  std::apply([&](const auto&... f) { (read_param(source, f.name, params.*(f.member)), ...); }, Params::fields());
  return params;
}

}  // namespace detail
}  // namespace assay
