// Source keys, and the memory of files' hashes.

#include "data/source.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/stat.h>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

void add_path(const std::string& text, std::vector<fs::path>& out) {
  std::error_code none;
  const fs::path path(text);
  if (!text.starts_with('/') || path.lexically_normal() == path.root_path()) return;  // "/" is a delimiter
  const auto status = fs::status(path, none);
  if (fs::is_regular_file(status)) out.push_back(path);
  if (!fs::is_directory(status)) return;
  for (auto it = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, none);
       it != fs::recursive_directory_iterator(); it.increment(none))
    if (it->is_regular_file(none)) out.push_back(it->path());
}

void collect(const Json& value, std::vector<fs::path>& out) {
  if (value.is_string()) add_path(value.get<std::string>(), out);
  if (value.is_structured())
    for (const auto& element : value) collect(element, out);
}

/// What tells that a file is still the one that was hashed.
std::string identity(const struct stat& info) {
  std::ostringstream out;
  out << info.st_size << ' ' << info.st_mtim.tv_sec << '.' << info.st_mtim.tv_nsec << ' ' << info.st_ctim.tv_sec << '.'
      << info.st_ctim.tv_nsec << ' ' << info.st_ino << ' ' << info.st_dev;
  return out.str();
}

/// SHA-256 of a file, from memory where the file has not changed. A file younger than two seconds is not remembered: it
/// may change again without a change of its times.
std::string remembered_hash(const fs::path& path, const struct stat& info, const fs::path& memory) {
  const fs::path note = memory / sha256_hex(path.string()).substr(0, 32);
  const std::string known = identity(info) + "\n";
  std::error_code none;
  if (fs::exists(note, none)) {
    const std::string text = read_file(note);
    if (text.size() == known.size() + 64 && text.starts_with(known)) return text.substr(known.size());
  }
  const std::string hash = sha256_of_file(path);
  if (now_ms() / 1000 - info.st_mtim.tv_sec > 2) write_file_atomically(note, known + hash);
  return hash;
}

}  // namespace

std::vector<fs::path> source_files(const DatasetSpec& spec) {
  std::vector<fs::path> out;
  const Json params = Json::parse(spec.params.empty() ? "{}" : spec.params, nullptr, false);
  if (params.is_discarded()) throw DataError("the parameters of dataset \"" + spec.name + "\" are not JSON");
  collect(params, out);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string state_of_files(std::span<const std::string> files, const fs::path& cache_folder) {
  const fs::path memory = cache_folder / "hashes";
  make_folder(memory);
  std::string out;
  for (const auto& file : files) {
    struct stat info {};
    const bool there = ::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode);
    out += file + "\n" +
           (there ? std::to_string(info.st_size) + " " + remembered_hash(file, info, memory) : std::string("absent")) +
           "\n";
  }
  return out;
}

bool still_holds(std::string_view state, const fs::path& cache_folder) {
  std::vector<std::string> files;
  for (std::string_view rest = state; !rest.empty();) {
    files.emplace_back(rest.substr(0, rest.find('\n')));
    for (int line = 0; line < 2; ++line) rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
  }
  return state_of_files(files, cache_folder) == state;
}

std::string source_key(const DatasetSpec& spec, const fs::path& cache_folder) {
  std::vector<std::string> files;
  for (const auto& file : source_files(spec)) files.push_back(file.string());
  return sha256_hex("assay source 1\n" + spec.library_sha256 + "\n" + spec.plugin + "\n" + spec.params + "\n" +
                    (spec.skip_bad_lines ? "skip" : "refuse") + "\n" + state_of_files(files, cache_folder));
}

}  // namespace assay
