// The exports against files written by hand, and against trec_eval's way of reading them.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "eval/evaluator.hpp"
#include "plain.hpp"

namespace assay {
namespace {

class TrecExport : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::path run = folder / "a.run", qrels = folder / "a.qrels";
};

TEST_F(TrecExport, WritesTheLinesThatTrecEvalReads) {
  Evaluation evaluation;
  evaluation.users = {0, 2};
  evaluation.top_n = 3;
  evaluation.top_items = {5, 1, 3, 0, kUnknown, kUnknown};
  evaluation.top_scores = {2.5F, 1, 1, -0.25F, 0, 0};
  const plain::Matrix test({{1, 4}, {}, {0}}, 6);
  export_trec(
      evaluation, test.view(), [](Index u) { return "user " + std::to_string(u); },
      [](Index i) { return i == 4 ? "50%" : "i" + std::to_string(i); }, run, qrels);
  EXPECT_EQ(read_file(run),
            "user%200 Q0 i5 1 2.5 assay\n"
            "user%200 Q0 i1 2 1 assay\n"
            "user%200 Q0 i3 3 0.99999994 assay\n"  // a tie, lowered by one step of float
            "user%202 Q0 i0 1 -0.25 assay\n");
  EXPECT_EQ(read_file(qrels), "user%200 0 i1 1\nuser%200 0 50%25 1\nuser%202 0 i0 1\n");
}

TEST_F(TrecExport, NeedsLists) {
  Evaluation evaluation;
  EXPECT_THROW(export_trec(evaluation, Interactions{}, {}, {}, run, qrels), Error);
}

/// P, recall, recip_rank and ndcg_cut as trec_eval 9 computes them: its lists are sorted by score, then by id
/// backwards; means are over the queries of the run.
struct Trec {
  std::map<std::string, std::map<std::string, int>> qrels;
  std::map<std::string, std::vector<std::pair<float, std::string>>> run;

  Trec(const std::filesystem::path& run_file, const std::filesystem::path& qrels_file) {
    std::string query, ignored, document, tag;
    int relevance = 0;
    for (std::ifstream in(qrels_file); in >> query >> ignored >> document >> relevance;)
      qrels[query][document] = relevance;
    std::string rank, score;
    for (std::ifstream in(run_file); in >> query >> ignored >> document >> rank >> score >> tag;)
      run[query].emplace_back(std::strtof(score.c_str(), nullptr), document);
    for (auto& [name, list] : run) std::sort(list.rbegin(), list.rend());
  }

  double sum(const std::string& metric, std::size_t k) {
    double total = 0;
    for (const auto& [query, list] : run) {
      double hits = 0, gain = 0, ideal = 0, first = 0;
      for (std::size_t i = 0; i < std::min(k, list.size()); ++i) {
        if (!qrels[query].count(list[i].second)) continue;
        hits += 1;
        gain += 1 / std::log2(static_cast<double>(i) + 2);
        if (first == 0) first = static_cast<double>(i) + 1;
      }
      const auto relevant = qrels[query].size();
      for (std::size_t i = 0; i < std::min(k, relevant); ++i) ideal += 1 / std::log2(static_cast<double>(i) + 2);
      if (metric == "precision") total += hits / static_cast<double>(k);
      if (metric == "recall") total += hits / static_cast<double>(relevant);
      if (metric == "mrr") total += first > 0 ? 1 / first : 0;
      if (metric == "ndcg") total += gain / ideal;
    }
    return total;
  }
};

TEST_F(TrecExport, TrecEvalFindsOurNumbersInIt) {
  const auto world = plain::random_world(31, 150, 90, 4);  // four levels of score: ties everywhere
  MetricsSpec spec;
  spec.names = {"precision", "recall", "mrr", "ndcg"};
  spec.cutoffs = {5, 10};
  const auto train = world.train.view();
  const EvaluationInput input{&world.model, train, train, world.test.view(), train, {90, {}}, &spec, 10, false, {}};
  const auto found = evaluate(input, serial_executor());
  const auto name = [](Index i) { return std::to_string(i); };
  export_trec(found, input.relevant, name, name, run, qrels);
  Trec trec(run, qrels);
  EXPECT_GT(found.tied_places, 100);
  for (const auto& value : found.values)  // trec_eval leaves out users without a list, we count them as 0: compare sums
    EXPECT_NEAR(trec.sum(value.metric, static_cast<std::size_t>(value.cutoff)),
                value.value * static_cast<double>(found.users.size()), 1e-5)
        << value.metric << "@" << value.cutoff;
}

}  // namespace
}  // namespace assay
