// Sections of ids, interactions and tables.

#include "data/layout.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/element.hpp"
#include "base/json_text.hpp"

namespace assay {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kKinds[] = {"number", "tags", "text", "tensor"};

void add_words(SectionWriter& out, const std::string& prefix, std::span<const std::string> words) {
  std::vector<std::int64_t> offsets{0};
  std::string bytes;
  for (const auto& word : words) {
    bytes += word;
    offsets.push_back(static_cast<std::int64_t>(bytes.size()));
  }
  out.add(prefix + ".word_offsets", out.keep(std::move(offsets)));
  out.add_text(prefix + ".word_bytes", std::move(bytes));
}

/// Offsets must lead from 0 to `size` and never back: rows are cut by them without another look.
void check_offsets(const SectionFile& file, const std::string& what, std::span<const std::int64_t> offsets,
                   std::size_t size) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != static_cast<std::int64_t>(size) ||
      !std::ranges::is_sorted(offsets))
    file.damaged(what);
}

/// Every index must be one of `count`: models write where they point to.
void check_indices(const SectionFile& file, const std::string& what, std::span<const Index> indices, Index count) {
  bool inside = true;  // without a way out of the loop, so that it is vectorised
  for (const Index i : indices) inside &= static_cast<std::uint32_t>(i) < static_cast<std::uint32_t>(count);
  if (!inside) file.damaged(what);
}

std::vector<std::string_view> words_of(const SectionFile& file, const std::string& prefix) {
  const auto offsets = file.get<std::int64_t>(prefix + ".word_offsets");
  const auto bytes = file.text(prefix + ".word_bytes");
  check_offsets(file, prefix, offsets, bytes.size());
  std::vector<std::string_view> out;
  out.reserve(offsets.size());
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
    out.push_back(
        bytes.substr(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(offsets[i + 1] - offsets[i])));
  return out;
}

Column::Kind kind_of(const SectionFile& file, const std::string& prefix, const std::string& name) {
  const auto found = std::ranges::find(kKinds, name);
  if (found == std::end(kKinds)) file.damaged(prefix);
  return static_cast<Column::Kind>(found - std::begin(kKinds));
}

/// Bytes of a dense column must be those of its shape, whose first extent is the number of rows.
const void* dense_of(const SectionFile& file, const std::string& prefix, Element element,
                     const std::vector<std::int64_t>& shape, Index rows) {
  const auto bytes = file.bytes(prefix + ".dense");
  const std::size_t size = size_of(element);
  std::size_t left = bytes.size() / size;
  if (shape.empty() || shape[0] != rows || bytes.size() % size != 0) file.damaged(prefix);
  for (const std::int64_t extent : shape) {
    if (extent == 0 && bytes.empty()) return bytes.data();
    if (extent <= 0 || left % static_cast<std::size_t>(extent) != 0) file.damaged(prefix);
    left /= static_cast<std::size_t>(extent);
  }
  if (left != 1) file.damaged(prefix);
  return bytes.data();
}

}  // namespace

void add_ids(SectionWriter& out, const std::string& prefix, const IdList& ids) {
  if (ids.view().numeric()) {
    out.add(prefix + ".numbers", std::span<const std::int64_t>(ids.numbers));
  } else {
    out.add(prefix + ".offsets", std::span<const std::int64_t>(ids.offsets));
    out.add(prefix + ".bytes", std::span<const char>(ids.bytes));
  }
}

IdsView ids_of(const SectionFile& file, const std::string& prefix) {
  if (file.has(prefix + ".numbers")) return {file.get<std::int64_t>(prefix + ".numbers"), {}, {}};
  const IdsView out{{}, file.get<std::int64_t>(prefix + ".offsets"), file.text(prefix + ".bytes")};
  check_offsets(file, prefix, out.offsets, out.bytes.size());
  return out;
}

void add_log(SectionWriter& out, const std::string& prefix, const Log& log) {
  out.add(prefix + ".offsets", std::span<const std::int64_t>(log.offsets));
  out.add(prefix + ".items", std::span<const Index>(log.item));
  out.add(prefix + ".values", std::span<const float>(log.value));
  if (!log.time.empty()) out.add(prefix + ".times", std::span<const std::int64_t>(log.time));
  if (!log.part.empty()) out.add(prefix + ".parts", std::span<const Part>(log.part));
  if (!log.behaviour.empty()) out.add(prefix + ".behaviours", std::span<const std::uint8_t>(log.behaviour));
}

LogView log_of(const SectionFile& file, const std::string& prefix, Index users, Index items) {
  LogView out{users,
              items,
              file.get<std::int64_t>(prefix + ".offsets"),
              file.get<Index>(prefix + ".items"),
              file.get<float>(prefix + ".values"),
              file.find<std::int64_t>(prefix + ".times"),
              file.find<Part>(prefix + ".parts"),
              file.find<std::uint8_t>(prefix + ".behaviours")};
  const auto fits = [&](std::size_t size) { return size == 0 || size == out.item.size(); };
  if (out.offsets.size() != static_cast<std::size_t>(users) + 1 || out.value.size() != out.item.size() ||
      !fits(out.time.size()) || !fits(out.part.size()) || !fits(out.behaviour.size()))
    file.damaged(prefix);
  check_offsets(file, prefix, out.offsets, out.item.size());
  check_indices(file, prefix, out.item, items);
  return out;
}

void add_csr(SectionWriter& out, const std::string& prefix, const Csr& csr) {
  out.add(prefix + ".offsets", std::span<const std::int64_t>(csr.offsets));
  out.add(prefix + ".columns", std::span<const Index>(csr.column));
  out.add(prefix + ".values", std::span<const float>(csr.value));
  if (!csr.time.empty()) out.add(prefix + ".times", std::span<const std::int64_t>(csr.time));
}

Interactions csr_of(const SectionFile& file, const std::string& prefix, Index rows, Index columns) {
  const auto offsets = file.get<std::int64_t>(prefix + ".offsets");
  const auto column = file.get<Index>(prefix + ".columns");
  const auto value = file.get<float>(prefix + ".values");
  const auto time = file.find<std::int64_t>(prefix + ".times");
  if (offsets.size() != static_cast<std::size_t>(rows) + 1 || value.size() != column.size() ||
      (!time.empty() && time.size() != column.size()))
    file.damaged(prefix);
  check_offsets(file, prefix, offsets, column.size());
  check_indices(file, prefix, column, columns);
  return {rows, columns, offsets, column.data(), value.data(), time.empty() ? nullptr : time.data()};
}

void add_table(SectionWriter& out, const std::string& prefix, const AttributeTable& table) {
  Json columns = Json::array();
  for (const auto& c : table.columns) {
    const std::string name = prefix + "." + std::to_string(columns.size());
    columns.push_back({{"name", c.name},
                       {"kind", kKinds[static_cast<std::size_t>(c.kind)]},
                       {"element", static_cast<int>(c.element)},
                       {"shape", c.shape}});
    if (c.kind == Column::Kind::number || c.kind == Column::Kind::tensor)
      out.add_bytes(name + ".dense", c.dense);
    else
      add_words(out, name, c.words);
    if (c.kind != Column::Kind::tags) continue;
    out.add(name + ".offsets", std::span<const std::int64_t>(c.offsets));
    out.add(name + ".columns", std::span<const Index>(c.tag));
    out.add(name + ".values", std::span<const float>(c.weight));
  }
  out.add_text(prefix + ".columns", columns.dump(-1, ' ', false, Json::error_handler_t::replace));
}

namespace {

void read_column(const SectionFile& file, const std::string& prefix, const Json& facts, Index rows, TableView& out) {
  Column column{};
  column.kind = kind_of(file, prefix, facts.at("kind").get<std::string>());
  const int element = whole(facts, "element");
  if (element < 0 || element > static_cast<int>(Element::i64)) file.damaged(prefix);
  column.dense.element = static_cast<Element>(element);
  std::vector<std::int64_t> shape;
  for (const Json& extent : facts.at("shape")) shape.push_back(WholeNumber(extent));
  std::vector<std::string_view> words;
  if (column.kind == Column::Kind::number || column.kind == Column::Kind::tensor)
    column.dense.data = dense_of(file, prefix, column.dense.element, shape, rows);
  else
    words = words_of(file, prefix);
  if (column.kind == Column::Kind::text && words.size() != static_cast<std::size_t>(rows)) file.damaged(prefix);
  if (column.kind == Column::Kind::tags) column.tags = csr_of(file, prefix, rows, static_cast<Index>(words.size()));
  out.add(std::move(column), facts.at("name"), std::move(shape), std::move(words));
}

}  // namespace

TableView table_of(const SectionFile& file, const std::string& prefix, Index rows) {
  TableView out;
  out.set_rows(rows);
  try {
    const Json columns = parse_json(file.text(prefix + ".columns"));
    for (std::size_t i = 0; i < columns.size(); ++i)
      read_column(file, prefix + "." + std::to_string(i), columns.at(i), rows, out);
  } catch (const Json::exception&) {
    file.damaged(prefix);
  }
  return out;
}

}  // namespace assay
