// Finds the engine's libraries among the loaded objects, else by the loader, and reads their build-ids.

#include "plugin/build_id.hpp"

#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <map>

#include "assay/errors.hpp"

#include "base/hash.hpp"
#include "plugin/elf.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEngineLibraries[] = {"libassay", "libassay_nn", "libdnnl"};

/// "libdnnl" for "libdnnl.so.2"; empty for libraries that are none of ours.
std::string engine_library(const std::string& file_name) {
  const std::string stem = file_name.substr(0, file_name.find(".so"));
  for (const char* known : kEngineLibraries)
    if (stem == known) return stem;
  return {};
}

std::map<std::string, fs::path> loaded_engine_libraries() {
  std::map<std::string, fs::path> found;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* context) {
        const fs::path path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
        const std::string name = engine_library(path.filename().string());
        if (!name.empty()) static_cast<std::map<std::string, fs::path>*>(context)->emplace(name, path);
        return 0;
      },
      &found);
  return found;
}

/// Only workers load libassay_nn; the controller, which computes the keys, must see it and what it needs in turn.
void load_network_engine() {
  for (const auto& entry : fs::directory_iterator(own_library().parent_path())) {
    const bool is_it = engine_library(entry.path().filename().string()) == "libassay_nn";
    if (is_it && entry.is_regular_file() && !entry.is_symlink()) ::dlopen(entry.path().c_str(), RTLD_LAZY | RTLD_LOCAL);
  }
}

}  // namespace

std::string build_id_of_file(const fs::path& file) {
  const std::string id = read_elf(file).build_id;
  return id.empty() ? "sha256:" + sha256_of_file(file) : id;
}

fs::path own_library() {
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&own_library), &info) == 0 || info.dli_fname == nullptr)
    throw Error("the loader does not tell where libassay.so lies");
  return fs::canonical(info.dli_fname);
}

std::string engine_build_ids() {
  auto libraries = loaded_engine_libraries();
  if (!libraries.contains("libassay_nn")) {
    load_network_engine();
    libraries = loaded_engine_libraries();
  }
  std::string out;
  for (const auto& [name, path] : libraries) out += (out.empty() ? "" : ";") + name + "=" + build_id_of_file(path);
  return out;
}

}  // namespace assay
