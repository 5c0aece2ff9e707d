// Evaluation: tiles of users in parallel, every metric of a user as soon as he is ranked, sums at the end.

#include "eval/evaluator.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "eval/auc.hpp"
#include "eval/exact_sum.hpp"
#include "eval/metrics.hpp"
#include "eval/ranking.hpp"
#include "eval/rating.hpp"

namespace assay {
namespace {

struct Wanted {
  const MetricFunction* metric;
  int cutoff;
};

/// What a thread has for itself.
struct Workspace {
  TileRanker ranker;
  TileRater rater;
  std::vector<std::uint8_t> relevant;  // flag of each item, all zero between users
  std::vector<Index> list;
  std::vector<float> list_scores, positives, scratch;
  std::vector<std::uint8_t> hit;
  std::map<int, std::vector<std::int64_t>> listed;  // cutoff -> how often each item was listed
  std::int64_t tied_places = 0, empty_lists = 0;
};

class Evaluator {
 public:
  Evaluator(const EvaluationInput& input, Executor& executor);
  Evaluation run();

 private:
  std::unique_ptr<Workspace> take_workspace();
  void evaluate_tile(std::size_t tile);
  void evaluate_user(Workspace& w, std::size_t row, std::size_t position);
  [[nodiscard]] RatingErrors summed_errors() const;
  double auc_of(Workspace& w, std::size_t row, Index user) const;
  void report(std::size_t users);
  void collect();

  const EvaluationInput& input_;
  Executor& executor_;
  Index items_;
  Evaluation result_;
  std::vector<Wanted> wanted_;
  std::size_t longest_ = 1, places_ = 1;  // largest cutoff; places found of each ranking
  bool auc_ = false, overall_ = false, rated_ = false;
  std::vector<RatingErrors> errors_;  // of each evaluated user, when asked for
  std::unique_ptr<CatalogueFacts> facts_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;
  std::int64_t done_ = 0;
};

Evaluator::Evaluator(const EvaluationInput& input, Executor& executor)
    : input_(input), executor_(executor), items_(input.relevant.columns) {
  for (Index u = 0; u < input.relevant.rows; ++u)
    if (!row_of(input.relevant, u).columns.empty()) result_.users.push_back(u);
  for (const int cutoff : input.metrics->cutoffs) longest_ = std::max(longest_, static_cast<std::size_t>(cutoff));
  for (const auto& name : input.metrics->names) {
    const MetricFunction& metric = metric_function(name);
    if (!metric.info.at_cutoff) wanted_.push_back({&metric, 0});
    if (metric.info.at_cutoff)
      for (const int cutoff : input.metrics->cutoffs) wanted_.push_back({&metric, cutoff});
    auc_ |= name == "auc";
    overall_ |= metric.overall != nullptr;
    rated_ |= metric.pooled != nullptr;
  }
  errors_.resize(rated_ ? result_.users.size() : 0);
  result_.top_n = input.keep_top;
  places_ = std::max(static_cast<std::size_t>(input.keep_top), longest_ + 1);  // one more: a tie at the cut is a tie
  facts_ = std::make_unique<CatalogueFacts>(input.train, input.items, items_, static_cast<int>(longest_));
}

Evaluation Evaluator::run() {
  const auto start = std::chrono::steady_clock::now();
  const std::size_t users = result_.users.size(), kept = users * static_cast<std::size_t>(input_.keep_top);
  for (const Wanted& w : wanted_)
    result_.values.push_back({w.metric->info.name, w.cutoff, 0, std::vector<float>(w.metric->per_user ? users : 0)});
  result_.top_items.assign(kept, kUnknown);
  result_.top_scores.assign(kept, 0);
  for_ranges(executor_, static_cast<std::int64_t>((users + kTileUsers - 1) / kTileUsers), 1,
             [this](std::int64_t tile, std::int64_t) { evaluate_tile(static_cast<std::size_t>(tile)); });
  collect();
  result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return std::move(result_);
}

std::unique_ptr<Workspace> Evaluator::take_workspace() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto workspace = std::move(idle_.back());
      idle_.pop_back();
      return workspace;
    }
  }
  const auto items = static_cast<std::size_t>(items_);
  auto workspace =
      std::make_unique<Workspace>(Workspace{TileRanker(input_, items_, places_, auc_),
                                            TileRater(input_, dynamic_cast<const RatingPredictor*>(input_.model)),
                                            std::vector<std::uint8_t>(items),
                                            {},
                                            {},
                                            {},
                                            {},
                                            {},
                                            {}});
  if (overall_)
    for (const int cutoff : input_.metrics->cutoffs) workspace->listed[cutoff].resize(items);
  return workspace;
}

void Evaluator::evaluate_tile(std::size_t tile) {
  auto workspace = take_workspace();
  const std::size_t first = tile * kTileUsers, count = std::min(kTileUsers, result_.users.size() - first);
  const auto users = std::span<const Index>(result_.users).subspan(first, count);
  workspace->ranker.rank(users);
  if (rated_) std::ranges::copy(workspace->rater.rate(users), errors_.begin() + static_cast<std::ptrdiff_t>(first));
  for (std::size_t row = 0; row < count; ++row) evaluate_user(*workspace, row, first + row);
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(workspace));
  report(count);
}

void Evaluator::evaluate_user(Workspace& w, std::size_t row, std::size_t position) {
  const Index user = result_.users[position];
  const auto relevant = row_of(input_.relevant, user).columns;
  Selection& selection = w.ranker.selection(row);
  const std::size_t found = selection.finish();
  w.list.clear(), w.list_scores.clear(), w.hit.clear();
  for (const Index item : relevant) w.relevant[static_cast<std::size_t>(item)] = 1;
  for (std::size_t i = 0; i < found; ++i) {
    const auto [item, score] = selection.place(i);
    w.list.push_back(item);
    w.list_scores.push_back(score);
    w.hit.push_back(w.relevant[static_cast<std::size_t>(item)]);
  }
  for (const Index item : relevant) w.relevant[static_cast<std::size_t>(item)] = 0;

  const RankedUser ranked{user,
                          w.list,
                          w.hit,
                          static_cast<std::int64_t>(relevant.size()),
                          auc_ ? auc_of(w, row, user) : 0,
                          facts_.get(),
                          rated_ ? errors_[position] : RatingErrors{}};
  for (std::size_t m = 0; m < wanted_.size(); ++m)
    if (const auto function = wanted_[m].metric->per_user)
      result_.values[m].per_user[position] = static_cast<float>(function(ranked, wanted_[m].cutoff));
  for (auto& [cutoff, counts] : w.listed)
    for (std::size_t i = 0; i < std::min(found, static_cast<std::size_t>(cutoff)); ++i)
      ++counts[static_cast<std::size_t>(w.list[i])];
  w.empty_lists += found == 0;
  for (std::size_t i = 0; i + 1 < found && i < longest_; ++i) w.tied_places += w.list_scores[i] == w.list_scores[i + 1];
  const auto top = static_cast<std::size_t>(input_.keep_top), keep = std::min(found, top);
  std::copy_n(w.list.begin(), keep, result_.top_items.begin() + static_cast<std::ptrdiff_t>(position * top));
  std::copy_n(w.list_scores.begin(), keep, result_.top_scores.begin() + static_cast<std::ptrdiff_t>(position * top));
}

double Evaluator::auc_of(Workspace& w, std::size_t row, Index user) const {
  if (w.list.empty()) return 0;
  const auto excluded = row_of(input_.excluded, user).columns;
  w.positives.clear();
  for (const Index item : row_of(input_.relevant, user).columns)
    if (!std::binary_search(excluded.begin(), excluded.end(), item))
      w.positives.push_back(w.ranker.scores(row)[static_cast<std::size_t>(item)]);
  return area_under_curve(w.ranker.scores(row), static_cast<std::int64_t>(excluded.size()), w.positives, w.scratch);
}

/// Under the mutex.
void Evaluator::report(std::size_t users) {
  done_ += static_cast<std::int64_t>(users);
  if (input_.progress && !input_.progress(done_, static_cast<std::int64_t>(result_.users.size()))) throw Cancelled();
}

/// In the order of the users: the same bits whoever was evaluated first.
RatingErrors Evaluator::summed_errors() const {
  RatingErrors sum;
  for (const RatingErrors& e : errors_) {
    sum.squared += e.squared;
    sum.absolute += e.absolute;
    sum.count += e.count;
  }
  return sum;
}

void Evaluator::collect() {
  std::map<int, std::vector<std::int64_t>> listed;
  if (overall_)
    for (const int cutoff : input_.metrics->cutoffs) listed[cutoff].resize(static_cast<std::size_t>(items_));
  for (const auto& w : idle_) {
    for (const auto& [cutoff, counts] : w->listed)
      for (std::size_t i = 0; i < counts.size(); ++i) listed[cutoff][i] += counts[i];
    result_.tied_places += w->tied_places;
    result_.empty_lists += w->empty_lists;
    result_.score_seconds += w->ranker.score_seconds();
  }
  for (std::size_t m = 0; m < wanted_.size(); ++m) {
    MetricValue& value = result_.values[m];
    const MetricFunction& metric = *wanted_[m].metric;
    value.value = metric.overall  ? metric.overall(listed[value.cutoff])
                  : metric.pooled ? metric.pooled(summed_errors())
                                  : exact_mean(value.per_user);
  }
}

}  // namespace

Evaluation evaluate(const EvaluationInput& input, Executor& executor) { return Evaluator(input, executor).run(); }

double Evaluation::at(const std::string& metric_at_k) const {
  const MetricAt wanted = parse_metric(metric_at_k);
  std::vector<std::string> known;
  for (const MetricValue& value : values) {
    if (value.metric == wanted.name && value.cutoff == wanted.cutoff) return value.value;
    known.push_back(value.cutoff ? value.metric + "@" + std::to_string(value.cutoff) : value.metric);
  }
  throw Error("\"" + metric_at_k + "\" was not computed. Computed: " + join(known, ", ") + ".");
}

}  // namespace assay
