// An experiment as canonical JSON: every default written out, keys sorted, no spaces. Reading it gives it again.

#include <nlohmann/json.hpp>

#include "experiment/reading.hpp"

namespace assay {
namespace {

using nlohmann::json;

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json parsed(const std::string& text) { return json::parse(text); }

json dataset_json(const DatasetSpec& d) {
  return {{"name", d.name},
          {"plugin", d.plugin},
          {"params", parsed(d.params)},
          {"licence", d.licence},
          {"citation", d.citation},
          {"obtain", d.obtain},
          {"skip_bad_lines", d.skip_bad_lines},
          {"expected",
           {{"users", or_null(d.expected_users)},
            {"items", or_null(d.expected_items)},
            {"interactions", or_null(d.expected_interactions)},
            {"fingerprint", or_null(d.expected_fingerprint)}}}};
}

json filter_json(const FilterSpec& f) {
  return {{"from", or_null(f.from_ms)},
          {"until", or_null(f.until_ms)},
          {"min_rating", or_null(f.min_rating)},
          {"duplicates", word_of(kDuplicateWords, f.duplicates)},
          {"user_core", f.user_core},
          {"item_core", f.item_core}};
}

/// Only what means something to the strategy.
json split_json(const SplitSpec& s) {
  json out{{"strategy", word_of(kStrategyWords, s.strategy)}, {"validation", s.validation}};
  switch (s.strategy) {
    case SplitStrategy::given:
      out["seed"] = s.seed;
      break;
    case SplitStrategy::random_holdout:
      out["test"] = s.test;
      out["per_user"] = s.per_user;
      out["seed"] = s.seed;
      break;
    case SplitStrategy::leave_one_out:
      out["validation"] = s.validation > 0;
      out["last_by_time"] = s.last_by_time;
      out["seed"] = s.seed;
      break;
    case SplitStrategy::temporal_user:
      out["test"] = s.test;
      break;
    case SplitStrategy::temporal_global:
      if (s.test_from_ms) {
        out.erase("validation");
        out["test_from"] = *s.test_from_ms;
        out["validation_from"] = or_null(s.validation_from_ms);
      } else {
        out["test"] = s.test;
      }
      break;
  }
  return out;
}

json models_json(const std::vector<ModelSpec>& models) {
  json out = json::array();
  for (const ModelSpec& m : models)
    out.push_back({{"plugin", m.plugin}, {"label", m.label}, {"params", parsed(m.params)}});
  return out;
}

json training_json(const TrainingSpec& t) {
  return {{"validate_every", t.validate_every},
          {"patience", t.patience},
          {"min_delta", t.min_delta},
          {"metric", t.metric},
          {"keep", word_of(kKeepWords, t.keep_best)},
          {"refit", t.refit},
          {"profile", word_of(kProfileWords, t.profile_with_validation)},
          {"checkpoint_every", t.checkpoint_every}};
}

}  // namespace

std::string write_resolved(const Experiment& e) {
  json out{{"name", e.name},
           {"description", e.description},
           {"filter", filter_json(e.filter)},
           {"split", split_json(e.split)},
           {"models", models_json(e.models)},
           {"seeds", e.seeds},
           {"training", training_json(e.training)},
           {"metrics", {{"names", e.metrics.names}, {"cutoffs", e.metrics.cutoffs}, {"primary", e.metrics.primary}}},
           {"reference", e.reference.empty() ? json(nullptr) : json(e.reference)},
           {"backend", {{"plugin", e.backend.plugin}, {"params", parsed(e.backend.params)}}},
           {"resources", {{"threads", e.threads}, {"memory_mb", e.memory_bytes >> 20}, {"seconds", e.seconds}}},
           {"reproducible", e.reproducible},
           {"save_models", e.save_models}};
  out["datasets"] = json::array();
  for (const DatasetSpec& dataset : e.datasets) out["datasets"].push_back(dataset_json(dataset));
  return out.dump();
}

}  // namespace assay
