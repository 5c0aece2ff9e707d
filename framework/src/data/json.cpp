// Canonical JSON of specs and facts: each struct names its fields once, and both directions follow.

#include "data/json.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/errors.hpp"

#include "base/json_text.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

using Json = nlohmann::json;  // its objects are sorted by key

constexpr std::array<std::string_view, 4> kDuplicates{"keep_last", "keep_first", "keep_max", "error"};
constexpr std::array<std::string_view, 5> kStrategies{"given", "random_holdout", "leave_one_out", "temporal_user",
                                                      "temporal_global"};

template <class Enum, std::size_t N>
Enum enum_of(const std::string& name, const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  throw DataError("\"" + name + "\" is not one of its names");
}

/// Writes each field into an object.
struct Put {
  Json out = Json::object();
  template <class T>
  void operator()(const char* name, const T& value) {
    if constexpr (std::is_same_v<T, std::filesystem::path>)
      out[name] = value.string();
    else if constexpr (std::is_same_v<T, Duplicates> || std::is_same_v<T, SplitStrategy>)
      out[name] = name_of(value);
    else
      out[name] = value;
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    out[name] = value ? Json(*value) : Json(nullptr);
  }
  void object(const char* name, const std::string& text) { out[name] = Json::parse(text.empty() ? "{}" : text); }
};

/// Reads each field from an object.
struct Get {
  Json in;
  template <class T>
  void operator()(const char* name, T& value) {
    if (!in.contains(name)) return;
    const Json& json = in.at(name);
    if constexpr (std::is_same_v<T, std::filesystem::path>)
      value = json.get<std::string>();
    else if constexpr (std::is_same_v<T, Duplicates>)
      value = enum_of<T>(json.get<std::string>(), kDuplicates);
    else if constexpr (std::is_same_v<T, SplitStrategy>)
      value = enum_of<T>(json.get<std::string>(), kStrategies);
    else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      value = WholeNumber(json);
    else
      json.get_to(value);
  }
  template <class T>
  void operator()(const char* name, std::optional<T>& value) {
    if (!in.contains(name)) return;
    value.reset();
    if (!in.at(name).is_null()) (*this)(name, value.emplace());
  }
  void object(const char* name, std::string& text) {
    if (in.contains(name)) text = in.at(name).dump();
  }
};

template <class Visit, class Spec>
void visit_prepared(Visit& v, Spec& s) {
  v("file", s.file);
  v("source_key", s.source_key);
  v("dataset_fingerprint", s.dataset_fingerprint);
  v("raw_fingerprint", s.raw_fingerprint);
  v("split_fingerprint", s.split_fingerprint);
  v("users", s.users);
  v("items", s.items);
  v("interactions", s.interactions);
  v("raw_users", s.raw_users);
  v("raw_items", s.raw_items);
  v("raw_interactions", s.raw_interactions);
  v("train", s.train);
  v("validation", s.validation);
  v("test", s.test);
  v("skipped_lines", s.skipped_lines);
  v("has_times", s.has_times);
  v("from_cache", s.from_cache);
  v("read_seconds", s.read_seconds);
}

template <class Visit, class Spec>
void visit_dataset(Visit& v, Spec& s) {
  v("name", s.name);
  v("plugin", s.plugin);
  v.object("params", s.params);
  v("library", s.library);
  v("library_sha256", s.library_sha256);
  v("licence", s.licence);
  v("citation", s.citation);
  v("obtain", s.obtain);
  v("skip_bad_lines", s.skip_bad_lines);
  v("expected_users", s.expected_users);
  v("expected_items", s.expected_items);
  v("expected_interactions", s.expected_interactions);
  v("expected_fingerprint", s.expected_fingerprint);
}

template <class Visit, class Spec>
void visit_filter(Visit& v, Spec& s) {
  v("from_ms", s.from_ms);
  v("until_ms", s.until_ms);
  v("min_rating", s.min_rating);
  v("duplicates", s.duplicates);
  v("user_core", s.user_core);
  v("item_core", s.item_core);
}

template <class Visit, class Spec>
void visit_split(Visit& v, Spec& s) {
  v("strategy", s.strategy);
  v("test", s.test);
  v("validation", s.validation);
  v("per_user", s.per_user);
  v("last_by_time", s.last_by_time);
  v("test_from_ms", s.test_from_ms);
  v("validation_from_ms", s.validation_from_ms);
  v("seed", s.seed);
}

template <class Spec, class Visit>
Spec parse(std::string_view text, const char* what, Visit&& visit) {
  try {
    Get get{parse_json(text)};
    Spec out;
    visit(get, out);
    return out;
  } catch (const Json::exception& e) {
    throw DataError(std::string("this is not the JSON of ") + what + ": " + cut(e.what(), 300));
  }
}

}  // namespace

std::string_view name_of(Duplicates policy) noexcept { return kDuplicates[static_cast<std::size_t>(policy)]; }
std::string_view name_of(SplitStrategy strategy) noexcept { return kStrategies[static_cast<std::size_t>(strategy)]; }

std::string to_json(const PreparedInfo& info) {
  Put put;
  visit_prepared(put, info);
  return put.out.dump();
}
std::string to_json(const DatasetSpec& spec) {
  Put put;
  visit_dataset(put, spec);
  return put.out.dump();
}
std::string to_json(const FilterSpec& spec) {
  Put put;
  visit_filter(put, spec);
  return put.out.dump();
}
std::string to_json(const SplitSpec& spec) {
  Put put;
  visit_split(put, spec);
  return put.out.dump();
}

PreparedInfo prepared_info_from_json(std::string_view text) {
  return parse<PreparedInfo>(text, "prepared data", [](auto& get, auto& out) { visit_prepared(get, out); });
}
DatasetSpec dataset_spec_from_json(std::string_view text) {
  return parse<DatasetSpec>(text, "a dataset", [](auto& get, auto& out) { visit_dataset(get, out); });
}
FilterSpec filter_spec_from_json(std::string_view text) {
  return parse<FilterSpec>(text, "a filter", [](auto& get, auto& out) { visit_filter(get, out); });
}
SplitSpec split_spec_from_json(std::string_view text) {
  return parse<SplitSpec>(text, "a split", [](auto& get, auto& out) { visit_split(get, out); });
}

}  // namespace assay
