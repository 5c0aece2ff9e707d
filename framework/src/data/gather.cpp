// The sink that readers write to.

#include "data/gather.hpp"

#include <algorithm>
#include <cmath>

#include "assay/errors.hpp"

namespace assay {
namespace {

std::size_t count_of(const Ids& ids, const char* what) {
  if (!ids.numbers.empty() && !ids.texts.empty())
    throw PluginError(std::string("the reader gave ") + what +
                      " ids as numbers and as texts in one batch; it must use one");
  return std::max(ids.numbers.size(), ids.texts.size());
}

void check_length(std::size_t have, std::size_t want, const char* what) {
  if (have != 0 && have != want)
    throw PluginError("the reader delivered a batch of " + std::to_string(want) + " users and " + std::to_string(have) +
                      " " + what);
}

}  // namespace

void Gatherer::interactions(const InteractionBatch& batch) {
  const std::size_t n = count_of(batch.users, "user"), items = count_of(batch.items, "item");
  if (n != items) check_length(items == 0 ? n + 1 : items, n, "items");
  check_length(batch.values.size(), n, "values");
  check_length(batch.times.size(), n, "times");
  check_length(batch.behaviours.size(), n, "behaviours");
  if (n == 0) return;
  codes_.resize(n);
  data_.users.codes(batch.users, codes_);
  data_.user.append(codes_, n);
  data_.items.codes(batch.items, codes_);
  data_.item.append(codes_, n);
  append_values(batch.values, n);
  data_.time.append(batch.times, n);
  if (batch.part == Part::all) {
    data_.part.append({}, n);
  } else {
    const std::vector<Part> parts(n, batch.part);
    data_.part.append(parts, n);
  }
  append_behaviours(batch.behaviours, n);
  data_.rows += static_cast<std::int64_t>(n);
  if (!batch.times.empty()) data_.rows_with_times += static_cast<std::int64_t>(n);
}

void Gatherer::append_values(std::span<const float> values, std::size_t count) {
  values_.resize(values.size());
  bool finite = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    finite &= std::isfinite(values[i]);
    values_[i] = values[i] + 0.0f;  // -0 becomes 0: equal values have equal bytes
  }
  if (!finite)
    throw UnplacedDataError("a rating is not a finite number: correct the file, or have the reader skip such lines");
  data_.value.append(values_, count);
}

void Gatherer::append_behaviours(std::span<const std::string_view> words, std::size_t count) {
  behaviours_.resize(words.size());
  auto& known = data_.behaviours;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), words[i]);
    behaviours_[i] = static_cast<std::uint8_t>(found - known.begin());
    if (found != known.end()) continue;
    if (known.size() == 256)
      throw UnplacedDataError("more than 255 kinds of behaviour (\"" + known[1] + "\", \"" + known[2] + "\", …, \"" +
                              std::string(words[i]) + "\"): is the right column given?");
    known.emplace_back(words[i]);
  }
  data_.behaviour.append(behaviours_, count);
}

void Gatherer::rows(std::string_view table, Part, const Ids& ids, const Table& columns) {
  if (table != "users" && table != "items")
    throw UnplacedDataError("the data has a table \"" + std::string(table) +
                            "\"; experiments with recommenders use \"users\" and \"items\" only");
  const std::size_t n = count_of(ids, "row");
  if (static_cast<std::int64_t>(n) != columns.rows)
    throw PluginError("the reader's table \"" + std::string(table) + "\" has " + std::to_string(columns.rows) +
                      " rows and " + std::to_string(n) + " ids");
  codes_.resize(n);
  (table == "users" ? data_.users : data_.items).codes(ids, codes_);
  (table == "users" ? data_.user_rows : data_.item_rows).add(codes_, columns, table);
}

void Gatherer::bad_line(std::string_view file, std::int64_t line, std::string_view why) {
  if (!skip_bad_lines_)
    throw DataError(file, line,
                    std::string(why) + " (\"skip_bad_lines\": true in the dataset skips and counts such lines)");
  ++data_.skipped_lines;
}

bool Gatherer::progress(std::int64_t done, std::int64_t total) {
  if (progress_ && !progress_(done, total)) cancelled_ = true;
  return !cancelled_;
}

void Gatherer::companion(std::string_view path) {
  auto& known = data_.companions;
  const auto at = std::lower_bound(known.begin(), known.end(), path);
  if (at == known.end() || *at != path) known.emplace(at, path);
}

Gathered Gatherer::take() {
  if (data_.rows == 0)
    throw UnplacedDataError(
        "the data has no interactions" +
        (data_.skipped_lines > 0 ? "; " + std::to_string(data_.skipped_lines) + " lines were skipped" : ""));
  if (data_.rows_with_times != 0 && data_.rows_with_times != data_.rows)
    throw UnplacedDataError(std::to_string(data_.rows_with_times) + " of " + std::to_string(data_.rows) +
                            " interactions have a time: all must, or none");
  return std::move(data_);
}

}  // namespace assay
