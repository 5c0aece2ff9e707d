// Terms of items: columns are chosen, texts cut into words, all counted in one sparse matrix.

#include "terms.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "assay/errors.hpp"
#include "assay/neighbours.hpp"

namespace terms {
namespace {

using assay::Column;
using assay::Index;

constexpr char32_t kNone = 0xFFFFFFFF;  // no character

bool within(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

/// The character that begins `text`, which is cut by it; kNone for a byte that begins none.
char32_t next_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  char32_t character = length == 1 ? first : first & (0x7FU >> length);
  bool sound = length > 0 && length <= text.size();
  for (std::size_t i = 1; sound && i < length; ++i) {
    sound = (byte(i) & 0xC0U) == 0x80;
    character = (character << 6U) | (byte(i) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};  // of so many bytes: fewer would have done for less
  sound = sound && character >= kLeast[length] && !within(character, 0xD800, 0xDFFF) && character <= 0x10FFFF;
  text.remove_prefix(sound ? length : 1);
  return sound ? character : kNone;
}

void append(std::string& word, char32_t c) {
  const auto last = [](char32_t bits) { return static_cast<char>(0x80U | (bits & 0x3FU)); };
  if (c < 0x80) {
    word += static_cast<char>(c);
  } else if (c < 0x800) {
    word += {static_cast<char>(0xC0U | (c >> 6U)), last(c)};
  } else if (c < 0x10000) {
    word += {static_cast<char>(0xE0U | (c >> 12U)), last(c >> 6U), last(c)};
  } else {
    word += {static_cast<char>(0xF0U | (c >> 18U)), last(c >> 12U), last(c >> 6U), last(c)};
  }
}

bool belongs_to_a_word(char32_t c) {
  if (c < 0x80) return within(c, '0', '9') || within(c, 'A', 'Z') || within(c, 'a', 'z');
  return c != kNone && !within(c, 0x80, 0xBF) && c != 0xD7 && c != 0xF7 && !within(c, 0x2000, 0x206F) &&
         !within(c, 0x3000, 0x303F);
}

char32_t lower(char32_t c) {
  if (within(c, 'A', 'Z') || within(c, 0xC0, 0xDE) || within(c, 0x391, 0x3A9) || within(c, 0x410, 0x42F)) return c + 32;
  if (within(c, 0x400, 0x40F)) return c + 80;
  const bool pairs = within(c, 0x100, 0x137) || within(c, 0x14A, 0x177);  // capitals are even
  return pairs && c % 2 == 0 && c != 0x130 ? c + 1 : c;
}

const char* kind_of(const Column& column) {
  constexpr const char* names[] = {"number", "tags", "text", "tensor"};
  return names[static_cast<std::size_t>(column.kind)];
}

bool usable(const Column& column) { return column.kind == Column::Kind::tags || column.kind == Column::Kind::text; }

std::string list_of(const assay::Table& items) {
  std::string list;
  for (const Column& c : items.columns) {
    if (!list.empty()) list += ", ";
    list.append(c.name).append(" (").append(kind_of(c)).append(")");
  }
  return list.empty() ? "none at all" : list;
}

std::vector<const Column*> chosen(const assay::Table& items, std::span<const std::string> wanted,
                                  const std::string& model) {
  std::vector<const Column*> columns;
  for (const Column& column : items.columns)
    if (wanted.empty() && usable(column)) columns.push_back(&column);
  for (const std::string& name : wanted) {
    const auto found = std::ranges::find(items.columns, name, &Column::name);
    if (found == items.columns.end() || !usable(*found))
      throw assay::DataError(model + ": items have no attribute \"" + name +
                             "\" of tags or text. Attributes of this data: " + list_of(items) + ". Change columns.");
    if (std::ranges::find(columns, &*found) != columns.end())
      throw assay::DataError(model + ": columns names the attribute \"" + name + "\" twice. Leave one.");
    columns.push_back(&*found);
  }
  if (columns.empty())
    throw assay::DataError(model +
                           " compares items by tags and texts (genres, categories, titles), and this data has no "
                           "such attribute of items. Attributes of this data: " +
                           list_of(items) + ". Give the dataset a file of items, or take item_knn.");
  return columns;
}

/// Gathers the terms of one item after the other.
class Gatherer {
 public:
  explicit Gatherer(Index items) { x_.rows = items; }

  void add(const Column& column, Index item) {
    if (column.kind == Column::Kind::tags) {
      const assay::Interactions& tags = column.tags;
      const auto row = static_cast<std::size_t>(item);
      for (auto e = tags.offsets[row]; e < tags.offsets[row + 1]; ++e)
        count(column, column.words[static_cast<std::size_t>(tags.column[e])], tags.value ? tags.value[e] : 1);
    } else {
      for (const std::string& word : words_of(column.words[static_cast<std::size_t>(item)])) count(column, word, 1);
    }
  }

  void end_row() {
    for (const auto& [term, weight] : row_) {
      x_.column.push_back(term);
      x_.value.push_back(weight);
    }
    x_.offsets.push_back(static_cast<std::int64_t>(x_.column.size()));
    row_.clear();
  }

  [[nodiscard]] assay::SparseMatrix finish() {
    x_.columns = known_;
    return std::move(x_);
  }

 private:
  void count(const Column& column, std::string_view word, float weight) {
    if (!(weight > 0)) return;
    const auto [place, is_new] = terms_[&column].try_emplace(std::string(word), known_);
    if (is_new) ++known_;
    row_[place->second] += weight;
  }

  assay::SparseMatrix x_;
  Index known_ = 0;
  std::map<const Column*, std::unordered_map<std::string, Index>> terms_;  // numbered as they come
  std::map<Index, float> row_;
};

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  while (!text.empty()) {
    const char32_t c = next_character(text);
    if (belongs_to_a_word(c))
      append(word, lower(c));
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

assay::SparseMatrix of_items(const assay::Run& run, const assay::Table& items, std::span<const std::string> wanted,
                             std::string_view model) {
  const auto columns = chosen(items, wanted, std::string(model));
  Gatherer gatherer(items.rows);
  for (Index item = 0; item < items.rows; ++item) {
    if (item % 1024 == 0 && run.cancelled()) throw assay::Cancelled();
    for (const Column* column : columns) gatherer.add(*column, item);
    gatherer.end_row();
  }
  assay::SparseMatrix x = gatherer.finish();
  if (x.column.empty())
    throw assay::DataError(std::string(model) + ": no item has a tag or a word. Attributes of this data: " +
                           list_of(items) + ". Take other columns, or item_knn.");
  return x;
}

assay::SparseMatrix nearest(assay::Run& run, const assay::SparseMatrix& described, int neighbours,
                            const std::string& weighting, double shrink) {
  assay::NeighbourParams params;
  params.neighbours = neighbours;
  params.feature_weighting = weighting;
  params.shrink = shrink;
  params.use_values = true;
  // Where rows are weighed, the weighed ones are transposed, and these are not asked for.
  const assay::SparseMatrix by_term = weighting == "none" ? described.transposed() : assay::SparseMatrix();
  return nearest_of_each(run, params, described.view(), by_term.view());
}

std::int64_t memory(std::int64_t items) {
  constexpr std::int64_t kTerms = 64, kCopies = 3, kWordBytes = 100;  // a word's node in the vocabulary
  return items * (kTerms * kCopies * 8 + 4 * kWordBytes) + 65536;
}

}  // namespace terms
