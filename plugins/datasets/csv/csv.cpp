// Reads interactions from delimited text: any delimiter, header or not, quotes, compressed or not, in a stream.
#include <filesystem>
#include <utility>

#include "assay/dataset.hpp"
#include "assay/plugin.hpp"

#include "attributes.hpp"
#include "events.hpp"
#include "params.hpp"

namespace assay::csv {
namespace {

void check(const Params& params) {
  if (params.delimiter.empty() || params.delimiter.find_first_of("\"\r\n") != std::string::npos)
    throw ConfigError("delimiter must be auto, tab, space or characters other than quotes and line breaks");
  if (params.user.empty() || params.item.empty())
    throw ConfigError("user and item must name a column each, by its name or by its number from 0");
  if (params.user == params.item) throw ConfigError("user and item name the same column, \"" + params.user + "\"");
  if (params.test_path.value.empty() && !params.validation_path.value.empty())
    throw ConfigError("validation_path needs test_path: a given split has a test part");
}

}  // namespace

class CsvDataset final : public Dataset {
 public:
  using Params = csv::Params;
  explicit CsvDataset(Params params) : params_(std::move(params)), events_(params_) { check(params_); }

  void read(DatasetSink& sink) override {
    const bool given = !params_.test_path.value.empty();
    std::vector<std::pair<const std::string*, Part>> files = {{&params_.path.value, given ? Part::train : Part::all}};
    if (!params_.validation_path.value.empty()) files.emplace_back(&params_.validation_path.value, Part::validation);
    if (given) files.emplace_back(&params_.test_path.value, Part::test);
    std::int64_t total = 0, before = 0;
    for (const auto& [path, part] : files) total += size_of(*path);
    reading::Batch batch(sink, events_.columns(), id_kind(params_), id_kind(params_));
    for (const auto& [path, part] : files) {
      events_.read(*path, part, sink, batch, before, total);
      before += size_of(*path);
    }
    if (const auto& path = params_.users_path.value; !path.empty())
      read_attributes({"users", "users_key", "users_columns", path, params_.users_key, params_.users_columns}, params_,
                      sink);
    if (const auto& path = params_.items_path.value; !path.empty())
      read_attributes({"items", "items_key", "items_columns", path, params_.items_key, params_.items_columns}, params_,
                      sink);
  }

 private:
  static std::int64_t size_of(const std::string& path) {
    std::error_code ignored;  // a file that is not there is reported when it is opened
    const auto size = std::filesystem::file_size(path, ignored);
    return ignored ? 0 : static_cast<std::int64_t>(size);
  }

  Params params_;
  EventReader events_;
};

}  // namespace assay::csv

ASSAY_PLUGIN("csv", "1.0.0",
             assay::component<assay::Dataset, assay::csv::CsvDataset>(
                 "csv", "Delimited text: any delimiter, header or not, quotes, compressed or not."));
