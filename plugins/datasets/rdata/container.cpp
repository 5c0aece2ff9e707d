// Tells the three containers apart and takes one object out.
#include "container.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "assay/errors.hpp"

#include "inflate.hpp"
#include "source.hpp"

namespace assay::rdata {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = std::size_t{2} << 30;

std::string listed(std::vector<std::string_view> names) {
  std::sort(names.begin(), names.end());
  std::string out;
  for (const auto name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out.empty() ? "none" : out;
}

/// Which of the names is meant; throws DataError.
std::string_view chosen(const std::vector<std::string_view>& names, const std::string& wanted,
                        const std::string& path) {
  if (wanted.empty() && names.size() == 1) return names[0];
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found != names.end() && !wanted.empty()) return *found;
  throw DataError(path, 0,
                  (wanted.empty() ? std::string("holds several objects; name one with the parameter object")
                                  : "holds no object \"" + wanted + "\"") +
                      "; it has: " + listed(names));
}

bool is_index(const Value& value) {
  const Value* variables = value.item("variables");
  return variables && variables->type == Value::Type::list && value.item("compressed") && !value.attribute("class");
}

std::string read_range(const std::string& path, std::uint64_t offset, std::uint64_t length) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  if (error) throw DataError(path, 0, "cannot be opened: " + error.message());
  if (offset > size || length > size - offset) throw DataError(path, 0, "is shorter than its index (.rdx) says");
  std::string out(length, '\0');
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(out.data(), static_cast<std::streamsize>(length));
  if (!file) throw DataError(path, 0, "cannot be read");
  return out;
}

Object from_database(const Value& index, const std::string& path, std::string rdb_path, const std::string& wanted) {
  if (rdb_path.empty()) rdb_path = fs::path(path).replace_extension(".rdb");
  const Value& variables = *index.item("variables");
  Object object;
  object.name = chosen(variables.names(), wanted, path);
  const Value* place = variables.item(object.name);
  if (!place || place->type != Value::Type::integer || place->integers.size() != 2 || place->integers[0] < 0 ||
      place->integers[1] < 0)
    throw DataError(path, 0, "does not say where \"" + object.name + "\" lies");
  const auto piece = read_range(rdb_path, static_cast<std::uint64_t>(place->integers[0]),
                                static_cast<std::uint64_t>(place->integers[1]));
  object.bytes = inflate_piece(piece, rdb_path);
  object.value = unserialize(object.bytes, rdb_path);
  return object;
}

}  // namespace

Object load_object(const std::string& path, const std::string& rdb_path, const std::string& name) {
  Object object;
  object.bytes = reading::read_all(path, kLargest);
  std::string_view content = object.bytes;
  const bool workspace = content.starts_with("RDX2\n") || content.starts_with("RDX3\n");
  if (workspace) content.remove_prefix(5);
  if (!workspace && !content.starts_with("X\n"))
    throw DataError(path, 0,
                    "is no R data file (an .rda or .rds file in binary form, or the .rdx of a lazy-load database)");
  Value value = unserialize(content, path);
  if (!workspace && is_index(value)) return from_database(value, path, rdb_path, name);
  if (!workspace) {
    object.value = std::move(value);
    return object;
  }
  object.name = chosen(value.tags, name, path);
  const auto at = std::find(value.tags.begin(), value.tags.end(), object.name) - value.tags.begin();
  object.value = std::move(value.items[static_cast<std::size_t>(at)]);
  return object;
}

}  // namespace assay::rdata
