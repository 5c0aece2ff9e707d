// Fuzz target of prepared-data files. The checksums are put right first: what is tried is what they do not catch.
#include "data/sections.hpp"

#include <cstring>
#include <string>

#include "assay/errors.hpp"

#include "data/hash64.hpp"
#include "data/ids.hpp"
#include "data/layout.hpp"
#include "data/prepared.hpp"
#include "memory_file.hpp"

namespace {

using assay::fuzz::touch;

/// Offsets as docs/design/data.md gives them.
constexpr std::size_t kFileBytes = 16, kKind = 24, kSections = 28, kChecksum = 32, kHeader = 64, kEntry = 64;

template <class T>
T number_at(const std::string& bytes, std::size_t at) {
  T out;
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return out;
}

void mend(std::string& bytes) {
  if (bytes.size() < kHeader) return;
  const std::uint64_t size = bytes.size(), none = 0;
  std::memcpy(bytes.data() + kFileBytes, &size, 8);
  std::memcpy(bytes.data() + kChecksum, &none, 8);
  const std::size_t sections = number_at<std::uint32_t>(bytes, kSections);
  if (sections > (bytes.size() - kHeader) / kEntry) return;
  const std::string_view all(bytes);
  const std::uint64_t sum =
      assay::hash64(all.substr(0, kHeader)) ^ (assay::hash64(all.substr(kHeader, sections * kEntry)) * 3);
  std::memcpy(bytes.data() + kChecksum, &sum, 8);
}

void touch_rows(const assay::Interactions& rows) {
  for (assay::Index u = 0; u < rows.rows; ++u) {
    const assay::Row row = rows[u];
    touch(std::as_bytes(row.columns));
    touch(std::as_bytes(row.values));
    touch(std::as_bytes(row.times));
  }
}

void touch_table(const assay::Table& table) {
  for (const assay::Column& column : table.columns) {
    touch(column.name);
    for (const auto word : column.words) touch(word);
    if (column.kind == assay::Column::Kind::tags) touch_rows(column.tags);
  }
}

void open_task(const std::string& path) {
  const auto task = assay::PreparedTask::open(path);
  for (assay::Index u = 0; u < task.users(); ++u) (void)task.find_user(task.user_id(u));
  for (assay::Index i = 0; i < task.items(); ++i) (void)task.find_item(task.item_id(i));
  touch_rows(task.train_and_validation());
  touch_rows(task.train_and_validation_by_item());
  touch_rows(task.test());
  touch_table(task.user_table());
  touch_table(task.item_table());
}

void open_content(const std::string& path) {
  const assay::SectionFile file(path, assay::CacheKind::content);
  const assay::IdsView users = assay::ids_of(file, "users"), items = assay::ids_of(file, "items");
  const assay::LogView log = assay::log_of(file, "log", users.size(), items.size());
  touch(std::as_bytes(log.item));
  (void)assay::table_of(file, "user_table", users.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static assay::fuzz::MemoryFile file;
  std::string bytes(assay::fuzz::text_of(data, size));
  mend(bytes);
  file.set(bytes);
  const bool content = bytes.size() >= kHeader && number_at<std::uint32_t>(bytes, kKind) == 1;
  try {
    content ? open_content(file.path()) : open_task(file.path());
  } catch (const assay::DataError&) {
  }
  return 0;
}
