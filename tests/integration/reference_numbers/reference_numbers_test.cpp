// Numbers on the CFGAN authors' split of MovieLens 100K (Chae et al., CIKM 2018), which an independent implementation
// in numpy computed: every model must come within .001 of each (.004 where chance has a
// part).

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "assay/sparse.hpp"

#include "eval/evaluator.hpp"
#include "trained.hpp"

namespace assay {
namespace {

constexpr Index kUsers = 943, kItems = 1653;

/// The first folder of $ASSAY_DATA that has the file.
std::optional<std::filesystem::path> find_data(const std::string& file) {
  const char* folders = std::getenv("ASSAY_DATA");
  std::istringstream list(folders ? folders : "");
  for (std::string folder; std::getline(list, folder, ':');)
    if (std::filesystem::exists(std::filesystem::path(folder) / file)) return std::filesystem::path(folder) / file;
  return {};
}

/// Lines "user item rating"; ids are dense already.
SparseMatrix read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::vector<Index>> rows(kUsers);
  double rating = 0;
  for (Index user = 0, item = 0; file >> user >> item >> rating;)
    rows.at(static_cast<std::size_t>(user)).push_back(item);
  SparseMatrix x;
  x.rows = kUsers;
  x.columns = kItems;
  for (auto& row : rows) {
    std::ranges::sort(row);
    x.column.insert(x.column.end(), row.begin(), row.end());
    x.offsets.push_back(static_cast<std::int64_t>(x.column.size()));
  }
  x.value.assign(x.column.size(), 1);
  return x;
}

struct Reference {
  std::string model, params;
  std::array<double, 8> at_5_and_20;  // precision, recall, ndcg, mrr at 5, then at 20
  double tolerance = 0.001;
};
void PrintTo(const Reference& r, std::ostream* out) { *out << r.model << " " << r.params; }

const std::vector<Reference> kReferences = {
    {"popularity", "{}", {.2078, .0677, .2218, .3876, .1558, .1671, .2129, .4129}},
    {"user_knn", R"({"neighbours": 50})", {.3873, .1344, .4168, .6180, .2623, .3200, .3894, .6326}},
    {"item_knn", R"({"neighbours": 200})", {.3917, .1294, .4186, .6121, .2622, .3179, .3849, .6278}},
    {"rp3beta", "{}", {.3962, .1363, .4309, .6391, .2621, .3224, .3931, .6520}},
    {"slim", R"({"l1": 1, "l2": 100})", {.4443, .1531, .4778, .6758, .2942, .3632, .4398, .6887}},
    {"ease", R"({"lambda": 300})", {.4464, .1544, .4808, .6762, .2933, .3547, .4370, .6875}},
    {"pure_svd", R"({"factors": 20})", {.4288, .1499, .4627, .6642, .2848, .3479, .4240, .6761}},
    {"ials",
     R"({"factors": 64, "lambda": 0.02, "alpha0": 0.3, "nu": 1, "epochs": 16})",
     {.4337, .1466, .4713, .6777, .2940, .3518, .4346, .6900},
     0.004}};  // its beginning is random

class CfganSplitOfMovieLens100K : public testing::TestWithParam<Reference> {};

TEST_P(CfganSplitOfMovieLens100K, IsRankedAsByAnIndependentImplementation) {
  const auto train_file = find_data("cfgan-ml100k/ML100K.train"), test_file = find_data("cfgan-ml100k/ML100K.test");
  if (!train_file || !test_file) GTEST_SKIP() << "cfgan-ml100k is in no folder of $ASSAY_DATA";
  const SparseMatrix train = read(*train_file), by_item = train.transposed(), test = read(*test_file);
  ASSERT_EQ(train.column.size(), 80000U);
  ASSERT_EQ(test.column.size(), 19963U);

  const auto model = test::make_model(GetParam().model, GetParam().params);
  test::OneShotRun run;
  model->fit({train.view(), by_item.view(), {kUsers, {}}, {kItems, {}}}, run);

  const MetricsSpec metrics{{"precision", "recall", "ndcg", "mrr"}, {5, 20}, "ndcg@5"};
  EvaluationInput input{};
  input.model = model.get();
  input.profiles = input.excluded = input.train = train.view();
  input.relevant = test.view();
  input.items = {kItems, {}};
  input.metrics = &metrics;
  input.slices = test::traits_of(GetParam().model).slices;
  const Evaluation result = evaluate(input, run);
  std::size_t i = 0;
  for (const char* cutoff : {"@5", "@20"})
    for (const char* metric : {"precision", "recall", "ndcg", "mrr"}) {
      const std::string name = std::string(metric) + cutoff;
      EXPECT_NEAR(result.at(name), GetParam().at_5_and_20[i++], GetParam().tolerance) << name;
      RecordProperty(name, std::to_string(result.at(name)));
    }
}

INSTANTIATE_TEST_SUITE_P(Models, CfganSplitOfMovieLens100K, testing::ValuesIn(kReferences),
                         [](const auto& r) { return r.param.model; });

}  // namespace
}  // namespace assay
