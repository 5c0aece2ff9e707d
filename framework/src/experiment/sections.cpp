// The sections of an experiment file that need no plugin: filter, split, metrics, training.

#include <algorithm>
#include <set>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "experiment/reading.hpp"

namespace assay {
namespace {

/// Keys of `split` that mean something to each strategy.
bool applies(SplitStrategy strategy, std::string_view key) {
  using S = SplitStrategy;
  if (key == "strategy" || key == "validation") return true;
  if (key == "seed") return strategy == S::random_holdout || strategy == S::leave_one_out || strategy == S::given;
  if (key == "test") return strategy != S::given && strategy != S::leave_one_out;
  if (key == "per_user") return strategy == S::random_holdout;
  if (key == "last_by_time") return strategy == S::leave_one_out;
  return strategy == S::temporal_global;  // test_from, validation_from
}

void refuse_foreign_keys(ObjectReader& reader, SplitStrategy strategy) {
  for (const char* key : {"test", "validation", "seed", "per_user", "last_by_time", "test_from", "validation_from"})
    if (reader.child(key) && !applies(strategy, key))
      reader.finding(key, "means nothing to the strategy \"" + word_of(kStrategyWords, strategy) + "\". Remove it.");
}

void read_shares(ObjectReader& reader, SplitSpec& split) {
  const auto share = [&](const char* name, double fallback) {
    const double value = reader.real(name, fallback);
    if (value >= 0 && value < 1) return value;
    reader.finding(name, "is a share: at least 0 and below 1, not " + shortest(value));
    return fallback;
  };
  if (applies(split.strategy, "test")) {
    split.test = share("test", split.test);
    if (split.test == 0) reader.finding("test", "nothing would be held out to test on. Give it a share, such as 0.2.");
  }
  split.validation = share("validation", split.validation);
  if (applies(split.strategy, "test") && split.test + split.validation >= 1)
    reader.finding("test", "test and validation together leave nothing to train on: " + shortest(split.test) + " + " +
                               shortest(split.validation));
}

void read_points_in_time(ObjectReader& reader, SplitSpec& split) {
  split.test_from_ms = reader.optional_time("test_from");
  split.validation_from_ms = reader.optional_time("validation_from");
  if (split.test_from_ms && (reader.child("test") || reader.child("validation")))
    reader.finding("test_from", "give points in time or shares (test, validation), not both");
  if (split.validation_from_ms && !split.test_from_ms) reader.finding("validation_from", "needs test_from as well");
  if (split.validation_from_ms && split.test_from_ms && *split.validation_from_ms >= *split.test_from_ms)
    reader.finding("validation_from", "must lie before test_from");
}

std::vector<std::string> read_metric_names(ObjectReader& reader, Findings& findings) {
  const Node* list = reader.child("names");
  if (!list) return MetricsSpec().names;
  std::vector<std::string> known, out;
  for (const auto& metric : all_metrics()) known.push_back(metric.name);
  if (!list->is(Node::Kind::list) || list->children.empty()) {
    reader.finding("names", "must be a list of metrics: " + join(known, ", "));
    return MetricsSpec().names;
  }
  for (std::size_t i = 0; i < list->children.size(); ++i) {
    const Node& entry = list->children[i];
    const std::string pointer = child_pointer(reader.pointer_of("names"), std::to_string(i));
    if (std::find(out.begin(), out.end(), entry.text) != out.end())
      findings.add(entry.at, pointer, "\"" + entry.text + "\" is listed twice");
    else if (entry.text.find('@') != std::string::npos)
      findings.add(entry.at, pointer, "a name without its cutoff, please: cutoffs have a list of their own");
    else if (std::find(known.begin(), known.end(), entry.text) == known.end())
      findings.add(entry.at, pointer,
                   "there is no metric " + entry.shown() + "." + did_you_mean(entry.text, known) +
                       " Metrics: " + join(known, ", ") + ".");
    else
      out.push_back(entry.text);
  }
  return out.empty() ? MetricsSpec().names : out;
}

std::vector<int> read_cutoffs(ObjectReader& reader, Findings& findings) {
  const Node* list = reader.child("cutoffs");
  if (!list) return MetricsSpec().cutoffs;
  std::set<int> out;
  if (!list->is(Node::Kind::list) || list->children.empty())
    reader.finding("cutoffs", "must be a list like [5, 10, 20]");
  for (std::size_t i = 0; i < list->children.size(); ++i) {
    const Node& entry = list->children[i];
    const bool good = entry.is(Node::Kind::integer) && entry.integer >= 1 && entry.integer <= 100000;
    if (!good || !out.insert(static_cast<int>(entry.integer)).second)
      findings.add(entry.at, child_pointer(reader.pointer_of("cutoffs"), std::to_string(i)),
                   good ? "is listed twice" : "must be an integer from 1 to 100000, not " + entry.shown());
  }
  return out.empty() ? MetricsSpec().cutoffs : std::vector<int>(out.begin(), out.end());
}

/// Every "name@k" that is computed, the default primary metric first.
std::vector<std::string> computed(const MetricsSpec& metrics) {
  std::vector<std::string> out;
  for (const auto& name : metrics.names) {
    const auto& infos = all_metrics();
    const auto info = std::find_if(infos.begin(), infos.end(), [&](const auto& m) { return m.name == name; });
    if (!info->at_cutoff) out.push_back(name);
    if (info->at_cutoff)
      for (const int k : metrics.cutoffs) out.push_back(name + "@" + std::to_string(k));
  }
  auto usual = std::find(out.begin(), out.end(), MetricsSpec().primary);
  if (usual == out.end())
    usual = std::find_if(out.begin(), out.end(), [](const auto& metric) { return metric.starts_with("ndcg@"); });
  if (usual != out.end()) std::rotate(out.begin(), usual, usual + 1);
  return out;
}

}  // namespace

FilterSpec read_filter(const Node* node, Findings& findings) {
  ObjectReader reader(node, "/filter", findings);
  FilterSpec filter;
  filter.from_ms = reader.optional_time("from");
  filter.until_ms = reader.optional_time("until");
  if (filter.from_ms && filter.until_ms && *filter.from_ms >= *filter.until_ms)
    reader.finding("until", "must lie after from: the window is empty");
  filter.min_rating = reader.optional_real("min_rating");
  filter.duplicates = reader.choice("duplicates", filter.duplicates, kDuplicateWords);
  const int both = reader.small("k_core", 0, 0);
  filter.user_core = reader.small("user_core", both, 0);
  filter.item_core = reader.small("item_core", both, 0);
  if (reader.child("k_core") && (reader.child("user_core") || reader.child("item_core")))
    reader.finding("k_core", "stands for user_core and item_core together: give it, or those two");
  reader.finish();
  return filter;
}

SplitSpec read_split(const Node* node, Findings& findings) {
  ObjectReader reader(node, "/split", findings);
  SplitSpec split;
  split.strategy = reader.choice("strategy", split.strategy, kStrategyWords);
  refuse_foreign_keys(reader, split.strategy);
  if (applies(split.strategy, "seed"))
    split.seed = static_cast<std::uint64_t>(reader.integer("seed", static_cast<std::int64_t>(split.seed), 0));
  if (applies(split.strategy, "per_user")) split.per_user = reader.boolean("per_user", split.per_user);
  if (split.strategy == SplitStrategy::leave_one_out) {
    split.last_by_time = reader.boolean("last_by_time", split.last_by_time);
    split.validation = reader.boolean("validation", false) ? 1 : 0;  // one more interaction of each user
  } else if (split.strategy == SplitStrategy::temporal_global && reader.child("test_from")) {
    read_points_in_time(reader, split);
  } else {
    if (split.strategy == SplitStrategy::temporal_global) read_points_in_time(reader, split);
    read_shares(reader, split);
  }
  reader.finish();
  return split;
}

bool surely_without_validation(const SplitSpec& split) {
  if (split.strategy == SplitStrategy::given) return false;
  return split.test_from_ms ? !split.validation_from_ms : split.validation == 0;
}

MetricsSpec read_metrics(const Node* node, Findings& findings) {
  ObjectReader reader(node, "/metrics", findings);
  MetricsSpec metrics;
  metrics.names = read_metric_names(reader, findings);
  metrics.cutoffs = read_cutoffs(reader, findings);
  const auto known = computed(metrics);
  metrics.primary = reader.text("primary", known.front());
  const Node* names = reader.child("names");
  const bool names_are_good = !names || names->children.size() == metrics.names.size();  // else one finding is enough
  if (names_are_good && std::find(known.begin(), known.end(), metrics.primary) == known.end())
    reader.finding("primary", "\"" + metrics.primary + "\" is not among the computed metrics." +
                                  did_you_mean(metrics.primary, known) + " Computed: " + join(known, ", ") + ".");
  reader.finish();
  return metrics;
}

TrainingSpec read_training(const Node* node, const SplitSpec& split, const MetricsSpec& metrics, Findings& findings) {
  ObjectReader reader(node, "/training", findings);
  const bool blind = surely_without_validation(split);
  TrainingSpec training;
  training.validate_every = reader.small("validate_every", training.validate_every, 1);
  training.patience = reader.small("patience", blind ? 0 : training.patience, 0);
  training.min_delta = reader.real("min_delta", training.min_delta);
  if (training.min_delta < 0) reader.finding("min_delta", "must be at least 0, not " + shortest(training.min_delta));
  training.metric = reader.text("metric", metrics.primary);
  try {
    (void)parse_metric(training.metric);
  } catch (const Error& e) {
    if (reader.child("metric")) reader.finding("metric", e.what());  // else it is a finding of metrics.primary
  }
  training.keep_best = reader.choice("keep", !blind, kKeepWords);
  training.refit = reader.boolean("refit", false);
  training.profile_with_validation = reader.choice("profile", false, kProfileWords);
  training.checkpoint_every = reader.small("checkpoint_every", 0, 0);
  const auto needs = [&](const char* key, bool asked, const char* instead) {
    if (blind && asked)
      reader.finding(key, std::string("needs a validation part, and the split makes none. Give split.validation a "
                                      "share, or ") +
                              instead + ".");
  };
  needs("patience", training.patience > 0, "set patience to 0");
  needs("keep", training.keep_best, "keep the \"last\" weights");
  needs("refit", training.refit, "set refit to false");
  needs("profile", training.profile_with_validation, "set profile to \"train\"");
  reader.finish();
  return training;
}

}  // namespace assay
