// The recording sinks and the temporary folder.
#include "fixture.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <zlib.h>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "plugin/catalogue.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;

std::string id_at(const Ids& ids, std::size_t i) {
  return ids.texts.empty() ? std::to_string(ids.numbers[i]) : std::string(ids.texts[i]);
}

std::size_t size_of(const Ids& ids) { return ids.texts.empty() ? ids.numbers.size() : ids.texts.size(); }

std::string cell(const Column& column, std::size_t row) {
  if (column.kind == Column::Kind::text) return std::string(column.words[row]);
  if (column.kind == Column::Kind::number) {
    EXPECT_EQ(column.dense.element, Element::f64);
    const double value = static_cast<const double*>(column.dense.data)[row];
    return std::isnan(value) ? "" : shortest(value);
  }
  std::string out;
  const Row tags = column.tags[static_cast<Index>(row)];
  EXPECT_TRUE(std::is_sorted(tags.columns.begin(), tags.columns.end()));
  for (const Index tag : tags.columns)
    out += (out.empty() ? "" : "|") + std::string(column.words[static_cast<std::size_t>(tag)]);
  return out;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Seen& s) {
  return out << '(' << static_cast<int>(s.part) << ' ' << s.user << ' ' << s.item << ' ' << s.value << ' ' << s.time
             << ' ' << s.behaviour << ')';
}

void Recorder::interactions(const InteractionBatch& batch) {
  const std::size_t n = size_of(batch.users);
  ASSERT_EQ(size_of(batch.items), n);
  ASSERT_TRUE(batch.values.empty() || batch.values.size() == n);
  ASSERT_TRUE(batch.times.empty() || batch.times.size() == n);
  ASSERT_TRUE(batch.behaviours.empty() || batch.behaviours.size() == n);
  has_values |= !batch.values.empty();
  has_times |= !batch.times.empty();
  has_behaviours |= !batch.behaviours.empty();
  number_users &= batch.users.texts.empty();
  number_items &= batch.items.texts.empty();
  largest_batch = std::max(largest_batch, n);
  for (std::size_t i = 0; i < n; ++i)
    seen.push_back({batch.part, id_at(batch.users, i), id_at(batch.items, i),
                    batch.values.empty() ? 1 : batch.values[i], batch.times.empty() ? 0 : batch.times[i],
                    batch.behaviours.empty() ? "" : std::string(batch.behaviours[i])});
}

void Recorder::rows(std::string_view table, Part, const Ids& ids, const Table& rows) {
  ASSERT_EQ(static_cast<std::size_t>(rows.rows), size_of(ids));
  for (std::size_t i = 0; i < size_of(ids); ++i)
    for (const Column& column : rows.columns)
      tables[std::string(table)][id_at(ids, i)][std::string(column.name)] = cell(column, i);
}

void Recorder::bad_line(std::string_view file, std::int64_t line, std::string_view why) {
  if (strict_) throw DataError(file, line, why);
  bad.push_back(fs::path(file).filename().string() + ":" + std::to_string(line) + ": " + std::string(why));
}

bool Recorder::progress(std::int64_t done, std::int64_t total) {
  ++progress_calls;
  last_done = done;
  last_total = total;
  return cancel_after < 0 || progress_calls <= cancel_after;
}

void Counter::interactions(const InteractionBatch& batch) {
  const auto n = static_cast<std::int64_t>(size_of(batch.users));
  rows_of[batch.part] += n;
  total += n;
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    if (!batch.users.texts.empty())
      users.emplace(batch.users.texts[i]);
    else if (user_numbers_.insert(batch.users.numbers[i]).second)
      users.insert(std::to_string(batch.users.numbers[i]));
    if (!batch.items.texts.empty())
      items.emplace(batch.items.texts[i]);
    else if (item_numbers_.insert(batch.items.numbers[i]).second)
      items.insert(std::to_string(batch.items.numbers[i]));
  }
  for (const float value : batch.values) value_sum += static_cast<double>(value);
}

void Counter::rows(std::string_view table, Part, const Ids& ids, const Table&) {
  table_rows[std::string(table)] += static_cast<std::int64_t>(size_of(ids));
}

ReaderTest::ReaderTest() {
  std::string name = (fs::temp_directory_path() / "assay-readers-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
}

ReaderTest::~ReaderTest() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string ReaderTest::write(const std::string& name, std::string_view content) const {
  const fs::path path = folder_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string ReaderTest::write_gz(const std::string& name, std::string_view content) const {
  const fs::path path = folder_ / name;
  gzFile file = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(file, content.data(), static_cast<unsigned>(content.size())), static_cast<int>(content.size()));
  EXPECT_EQ(gzclose(file), Z_OK);
  return path;
}

std::shared_ptr<Dataset> ReaderTest::open(const std::string& plugin, std::string params) const {
  std::replace(params.begin(), params.end(), '\'', '"');
  for (std::size_t at; (at = params.find("@/")) != std::string::npos;) params.replace(at, 1, folder_.string());
  auto library = Library::open(fs::path(ASSAY_BINARY_DIR) / "plugins" / (plugin + ".so"));
  return make<Dataset>(*library, plugin, params);
}

Recorder ReaderTest::read(const std::string& plugin, const std::string& params) const {
  Recorder recorder;
  open(plugin, params)->read(recorder);
  return recorder;
}

Recorder ReaderTest::read_strictly(const std::string& plugin, const std::string& params) const {
  Recorder recorder(true);
  open(plugin, params)->read(recorder);
  return recorder;
}

std::string ReaderTest::error_of(const std::string& plugin, const std::string& params) const {
  try {
    (void)read_strictly(plugin, params);
  } catch (const Error& e) {
    std::string what = e.what();
    const std::string prefix = folder_.string() + "/";
    for (std::size_t at; (at = what.find(prefix)) != std::string::npos;) what.erase(at, prefix.size());
    return what;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

std::optional<std::string> find_data(const std::string& relative) {
  const char* folders = std::getenv("ASSAY_DATA");
  std::istringstream list(folders ? folders : "");
  for (std::string folder; std::getline(list, folder, ':');)
    if (!folder.empty() && fs::exists(fs::path(folder) / relative)) return fs::path(folder) / relative;
  return std::nullopt;
}

}  // namespace assay::test
