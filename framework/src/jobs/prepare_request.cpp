// `runner prepare`: both ends of it.

#include "jobs/prepare_request.hpp"

#include <csignal>
#include <nlohmann/json.hpp>
#include <sys/prctl.h>
#include <typeinfo>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/guarded_stdout.hpp"
#include "base/hash.hpp"
#include "base/json_text.hpp"
#include "data/cache_folder.hpp"
#include "data/json.hpp"
#include "jobs/execute.hpp"
#include "plugin/catalogue.hpp"
#include "plugin/child.hpp"

namespace assay {
namespace {

using nlohmann::json;
constexpr int kNoTimeLimit = 30 * 24 * 3600;

/// The message on a child's stderr, without the program's name before it, and without what a reader printed before.
std::string message_of(const ChildResult& child) {
  std::string text = child.err;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  constexpr std::string_view kName = "runner: ", kLine = "\nrunner: ";
  const std::size_t ours = text.rfind(kLine);
  if (ours != std::string::npos) return text.substr(ours + kLine.size());
  return text.starts_with(kName) ? text.substr(kName.size()) : text;
}

[[noreturn]] void rethrow(const ChildResult& child, const DatasetSpec& dataset) {
  const std::string message = message_of(child);
  if (child.signal == 0 && !message.empty()) switch (child.exit_code) {
      case 1:
        throw Error(message + ". Make room there, or choose another folder for prepared data with --cache-dir.");
      case 2:
        throw ConfigError(message);
      case 3:
        throw PluginError(message);
      case 7:
        throw DataError(message);
      case 130:
        throw Cancelled();
      default:
        break;
    }
  throw PluginError("dataset " + dataset.name + ", reader " + dataset.plugin + " (" + dataset.library +
                    "): the process that read it " + child.trouble() + (message.empty() ? "" : ": " + message));
}

/// An Error of no kind is, in this process, one of the cache's disk; that of a reader is the plugin's.
void read_all(const DatasetSpec& dataset, DatasetSink& sink) {
  const auto library = Library::open(dataset.library);
  try {
    make<Dataset>(*library, dataset.plugin, dataset.params)->read(sink);
  } catch (const Error& e) {
    if (typeid(e) != typeid(Error) && typeid(e) != typeid(Unavailable)) throw;
    throw PluginError("reader " + dataset.plugin + " (" + dataset.library + "): " + e.what());
  }
}

}  // namespace

std::string to_json(const PrepareRequest& r) {
  return json{{"dataset", json::parse(to_json(r.dataset))},
              {"filter", json::parse(to_json(r.filter))},
              {"split", json::parse(to_json(r.split))},
              {"cache_folder", r.cache_folder.string()}}
      .dump(1);
}

PrepareRequest prepare_request(const std::string& text) {
  try {
    const json j = parse_json(text);
    return {dataset_spec_from_json(j.at("dataset").dump()), filter_spec_from_json(j.at("filter").dump()),
            split_spec_from_json(j.at("split").dump()), j.at("cache_folder").get<std::string>()};
  } catch (const json::exception& e) {
    throw ConfigError(std::string("runner prepare: this is no request: ") + e.what());
  }
}

PreparedInfo prepare_in_child(const PrepareRequest& request, const std::filesystem::path& scratch_folder,
                              const std::function<bool()>& keep_waiting) {
  const std::filesystem::path file = scratch_folder / ("prepare-" + make_uid() + ".json");
  write_file_atomically(file, to_json(request));
  const std::vector<std::string> command{runner_executable().string(), "prepare", file.string()};
  ChildResult child;
  try {
    child = run_child(command, kNoTimeLimit, keep_waiting);
  } catch (...) {
    std::filesystem::remove(file);
    remove_leftovers(request.cache_folder);
    throw;
  }
  std::filesystem::remove(file);
  if (child.signal != 0) remove_leftovers(request.cache_folder);
  if (child.signal != 0 && !keep_waiting()) throw Cancelled();
  if (child.exit_code != 0) rethrow(child, request.dataset);
  return prepared_info_from_json(child.out);
}

int run_prepare(const std::filesystem::path& request_file) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const PrepareRequest request = prepare_request(read_file(request_file));
  const auto read = [&](DatasetSink& sink) { read_all(request.dataset, sink); };
  const GuardedStdout real;  // a reader that prints must not be taken for the answer
  real.tell(to_json(prepare(request.dataset, request.filter, request.split, request.cache_folder, read)) + "\n");
  return 0;
}

}  // namespace assay
