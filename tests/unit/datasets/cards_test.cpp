// Every dataset card is well-formed, and the data it names is what it promises.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "data/prepared.hpp"
#include "fixture.hpp"
#include "plugin/catalogue.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path card_folder() { return fs::path(ASSAY_SOURCE_DIR) / "experiments" / "datasets"; }

std::vector<std::string> card_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(card_folder())) names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

class Card : public ReaderTest, public ::testing::WithParamInterface<std::string> {
 protected:
  json card_ = json::parse(std::ifstream(card_folder() / (GetParam() + ".json")), nullptr, true, true);
  std::string plugin_ = card_.at("reader").at("plugin");
  fs::path library_file_ = fs::path(ASSAY_BINARY_DIR) / "plugins" / (plugin_ + ".so");
  std::shared_ptr<Library> library_ = Library::open(library_file_);
};

TEST_P(Card, NamesItselfItsReaderItsSourceAndItsTerms) {
  EXPECT_EQ(card_.at("name"), GetParam());
  for (const char* key : {"title", "licence", "citation", "obtain"})
    EXPECT_FALSE(card_.at(key).get<std::string>().empty()) << key;
  for (const char* key : {"users", "items", "interactions"}) EXPECT_GT(card_.at("expected").at(key), 0) << key;
  EXPECT_EQ(card_.at("expected").at("fingerprint").get<std::string>().size(), 64U);
  std::vector<ParamFinding> findings;
  (void)resolve_params(library_->components().at(0), card_["reader"].value("params", json::object()).dump(), findings);
  for (const auto& finding : findings) ADD_FAILURE() << finding.pointer << ": " << finding.message;
}

TEST_P(Card, PromisesWhatTheFilesHold) {
  json params = card_["reader"].value("params", json::object());
  for (const auto& param : library_->components().at(0).params) {
    if (param.type != assay::ParamType::path || !params.contains(param.name)) continue;
    const std::string name = params[param.name];
    const auto path = find_data(name);
    if (!path) GTEST_SKIP() << name << " is in none of the folders of $ASSAY_DATA";
    params[param.name] = *path;
  }
  std::vector<ParamFinding> findings;
  DatasetSpec spec;
  spec.name = GetParam();
  spec.plugin = plugin_;
  spec.params = resolve_params(library_->components().at(0), params.dump(), findings);
  spec.library = library_file_;
  spec.library_sha256 = library_->components().at(0).sha256;
  const json& expected = card_["expected"];
  spec.expected_users = expected.at("users");
  spec.expected_items = expected.at("items");
  spec.expected_interactions = expected.at("interactions");
  spec.expected_fingerprint = expected.value("fingerprint", "");
  SplitSpec split;
  if (params.contains("test_path")) split.strategy = SplitStrategy::given;
  const auto dataset = make<Dataset>(*library_, plugin_, spec.params);
  const auto info = prepare(spec, {}, split, folder_, [&](DatasetSink& sink) { dataset->read(sink); }, {});
  EXPECT_EQ(info.skipped_lines, 0);
}

INSTANTIATE_TEST_SUITE_P(Shipped, Card, ::testing::ValuesIn(card_names()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace assay::test
