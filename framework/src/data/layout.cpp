// Sections of ids, interactions and tables.

#include "data/layout.hpp"

#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

namespace assay {
namespace {

using Json = nlohmann::json;

constexpr const char* kKinds[] = {"number", "tags", "text", "tensor"};

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

std::vector<std::string_view> words_of(const SectionFile& file, const std::string& prefix) {
  const auto offsets = file.get<std::int64_t>(prefix + ".word_offsets");
  const auto bytes = file.text(prefix + ".word_bytes");
  std::vector<std::string_view> out;
  out.reserve(offsets.size());
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
    out.push_back(
        bytes.substr(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(offsets[i + 1] - offsets[i])));
  return out;
}

[[noreturn]] void damaged(const SectionFile& file, const std::string& what) {
  throw DataError(file.path().string(), 0, what + " does not fit together: delete the file, it will be built again");
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
  return {{}, file.get<std::int64_t>(prefix + ".offsets"), file.text(prefix + ".bytes")};
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
  if (out.offsets.size() != static_cast<std::size_t>(users) + 1 || out.offsets.back() != out.size() ||
      out.value.size() != out.item.size())
    damaged(file, prefix);
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
  if (offsets.size() != static_cast<std::size_t>(rows) + 1 ||
      offsets.back() != static_cast<std::int64_t>(column.size()) || value.size() != column.size() ||
      (!time.empty() && time.size() != column.size()))
    damaged(file, prefix);
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

TableView table_of(const SectionFile& file, const std::string& prefix, Index rows) {
  TableView out;
  out.set_rows(rows);
  const Json columns = Json::parse(file.text(prefix + ".columns"));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string name = prefix + "." + std::to_string(i), kind = columns[i].at("kind");
    Column column{};
    while (kind != kKinds[static_cast<std::size_t>(column.kind)])
      column.kind = static_cast<Column::Kind>(static_cast<int>(column.kind) + 1);
    column.dense.element = static_cast<Element>(columns[i].at("element").get<int>());
    std::vector<std::string_view> words;
    if (column.kind == Column::Kind::number || column.kind == Column::Kind::tensor)
      column.dense.data = file.bytes(name + ".dense").data();
    else
      words = words_of(file, name);
    if (column.kind == Column::Kind::tags) column.tags = csr_of(file, name, rows, static_cast<Index>(words.size()));
    out.add(std::move(column), columns[i].at("name"), columns[i].at("shape"), std::move(words));
  }
  return out;
}

}  // namespace assay
