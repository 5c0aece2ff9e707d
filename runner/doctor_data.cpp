// The check of `runner doctor` that looks at data: dataset cards and the files that they name.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <unistd.h>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "data/source.hpp"
#include "experiment/experiment.hpp"
#include "experiment/surroundings.hpp"
#include "runner/doctor_checks.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// How many files a card names.
std::ptrdiff_t files_of(const fs::path& card, const Catalogue& catalogue) {
  const json parsed = json::parse(read_file(card), nullptr, false);
  const json reader = parsed.is_object() ? parsed.value("reader", json()) : json();
  if (!reader.is_object() || !reader.contains("plugin") || !reader.contains("params")) return 0;
  const auto component = std::ranges::find_if(catalogue.components, [&](const ComponentDescription& c) {
    return c.kind == Kind::dataset && reader["plugin"] == c.name;
  });
  if (component == catalogue.components.end()) return 0;
  return std::ranges::count_if(component->params, [&](const ParamDescription& param) {
    return param.type == ParamType::path && reader["params"].contains(param.name);
  });
}

/// No file of the card is there, and nothing else is wrong: the data was never obtained.
bool all_is_missing(const std::string& findings, const fs::path& card, const Catalogue& catalogue) {
  std::ptrdiff_t lines = 0;
  for (std::string_view rest = findings; !rest.empty(); ++lines) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.find(" does not exist; looked in ") == line.npos) return false;
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return lines == files_of(card, catalogue);
}

/// What is wrong with files that are there.
Symptoms check_files(const DatasetSpec& dataset) {
  Symptoms out;
  for (const fs::path& file : source_files(dataset)) {
    std::error_code none;
    std::string fault;
    if (::access(file.c_str(), R_OK) != 0)
      fault = std::string("cannot be read: ") + std::strerror(errno);
    else if (fs::file_size(file, none) == 0)
      fault = "is empty";
    if (!fault.empty())
      out.push_back({"data", Health::bad, dataset.name + ": " + file.string() + " " + fault, dataset.obtain});
  }
  return out;
}

class DataCheck {
 public:
  explicit DataCheck(const Catalogue& catalogue) : catalogue_(catalogue) {}

  Symptoms run() {
    for (const fs::path& folder : around_.data_folders) look_at(folder);
    for (const fs::path& folder : around_.card_folders) {
      std::error_code none;
      std::set<fs::path> cards;  // in the order of their names
      for (const auto& entry : fs::directory_iterator(folder, none))
        if (entry.path().extension() == ".json") cards.insert(entry.path());
      for (const fs::path& card : cards) try_card(card);
    }
    if (!ready_.empty()) out_.push_back({"data", Health::good, "ready:" + ready_, ""});
    if (!missing_.empty())
      out_.push_back(
          {"data", Health::note,
           "not found in the " + counted(folders_, "folder", "folders") + " of $ASSAY_DATA nor in data/:" + missing_,
           "each card's \"obtain\" says where the files come from"});
    return std::move(out_);
  }

 private:
  void look_at(const fs::path& folder) {
    std::error_code none;
    if (fs::is_directory(folder, none))
      ++folders_;
    else
      out_.push_back({"data", Health::bad, "$ASSAY_DATA names " + folder.string() + ", which is no folder",
                      "correct the variable"});
  }

  void try_card(const fs::path& card) {
    const std::string name = card.stem().string();
    const json experiment{{"name", "doctor"}, {"datasets", {card.string()}}, {"models", {{{"plugin", "popularity"}}}}};
    try {
      const Experiment parsed = parse_experiment(experiment.dump(), "doctor", {}, catalogue_);
      Symptoms faults = check_files(parsed.datasets.at(0));
      if (faults.empty()) ready_ += " " + name;
      std::ranges::move(faults, std::back_inserter(out_));
    } catch (const ConfigError& e) {
      const std::string findings = e.what();
      if (all_is_missing(findings, card, catalogue_))
        missing_ += " " + name;
      else
        out_.push_back(
            {"data", Health::note, name + " cannot be used: " + findings.substr(0, findings.find('\n')), ""});
    }
  }

  const Catalogue& catalogue_;
  const Surroundings around_ = surroundings();
  std::string ready_, missing_;
  std::int64_t folders_ = 0;
  Symptoms out_;
};

}  // namespace

Symptoms check_data(const Catalogue& catalogue) { return DataCheck(catalogue).run(); }

}  // namespace assay
