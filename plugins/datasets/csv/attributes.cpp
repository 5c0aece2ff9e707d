// "title:text", "genres:tags", "price:number": what is taken from an attribute file and as what.
#include "attributes.hpp"

#include <algorithm>
#include <utility>

#include "assay/errors.hpp"

#include "events.hpp"
#include "layout.hpp"
#include "table.hpp"

namespace assay::csv {
namespace {

struct Attribute {
  std::size_t field;   ///< of the record
  std::size_t column;  ///< of the table
  Column::Kind kind;
};

/// Where all columns are taken, their names become those of attributes.
void check_names(const AttributeFile& file, const Layout& layout) {
  for (auto name = layout.names.begin(); name != layout.names.end(); ++name)
    if (std::find(name + 1, layout.names.end(), *name) != layout.names.end())
      throw DataError(
          file.path, layout.first_line,
          "the header names two columns " + reading::shown(*name) + "; list those to take in " + file.list_param);
}

std::vector<Attribute> find_attributes(const AttributeFile& file, const Layout& layout, std::size_t key,
                                       reading::TableBuilder& table) {
  std::vector<Attribute> out;
  if (file.columns.empty()) check_names(file, layout);
  if (file.columns.empty())
    for (std::size_t i = 0; i < layout.columns(); ++i)
      if (i != key) out.push_back({i, table.column(layout.names[i], Column::Kind::text), Column::Kind::text});
  for (const std::string& entry : file.columns) {
    const auto [name, kind] = reading::attribute_named(entry, file.list_param);
    const std::size_t field = find_column(layout, file.path, {file.list_param, name});
    out.push_back({field, table.column(layout.names[field], kind), kind});
  }
  return out;
}

std::vector<Wanted> wanted_columns(const AttributeFile& file) {
  std::vector<Wanted> wanted = {{file.key_param, file.key}};
  for (const std::string& entry : file.columns) {
    const auto [name, kind] = reading::attribute_named(entry, file.list_param);
    wanted.push_back({file.list_param, name, kind == Column::Kind::number});
  }
  return wanted;
}

}  // namespace

void read_attributes(const AttributeFile& file, const Params& params, DatasetSink& sink) {
  const Layout layout = layout_of(file.path, params, wanted_columns(file));
  const std::size_t key = find_column(layout, file.path, {file.key_param, file.key});
  reading::TableBuilder table(sink, file.table, id_kind(params));
  const auto attributes = find_attributes(file, layout, key, table);
  reading::Source source(file.path);
  reading::Records records(source, layout.dialect, sink);
  reading::Record record;
  bool header = layout.header;
  while (records.load()) {
    while (records.next(record)) {
      if (std::exchange(header, false)) continue;
      if (record.size() != layout.columns()) {
        records.bad(record, wrong_count(layout, record.size()));
        continue;
      }
      const auto id = record[key];
      if (!table.row(id)) {
        records.bad(record, "expected " + reading::expected_id(id, "an id") + " in column " +
                                reading::shown(layout.names[key]) + ", found " +
                                (id.empty() ? "nothing" : reading::shown(id)));
        continue;
      }
      for (const auto& [field, column, kind] : attributes) {
        const auto text = record[field];
        double number = 0;
        if (kind == Column::Kind::text) table.text(column, text);
        if (kind == Column::Kind::tags) table.tags(column, text, params.tag_separator);
        if (kind != Column::Kind::number || text.empty()) continue;
        if (reading::parse_number(text, number))
          table.number(column, number);
        else
          records.bad(record, "expected a number in column " + reading::shown(layout.names[field]) + ", found " +
                                  reading::shown(text));
      }
    }
  }
  table.flush();
}

}  // namespace assay::csv
