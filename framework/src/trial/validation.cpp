// Validation while a model trains.

#include "trial/validation.hpp"

#include <algorithm>

#include "assay/errors.hpp"

namespace assay {
namespace {

const MetricInfo& info_of(const std::string& metric_at_k) {
  const std::string name = metric_at_k.substr(0, metric_at_k.find('@'));
  const auto found = std::ranges::find(all_metrics(), name, &MetricInfo::name);
  if (found == all_metrics().end()) throw ConfigError("there is no metric \"" + metric_at_k + "\"");
  return *found;
}

/// The few metrics of a validation.
MetricsSpec at_one_cutoff(const MetricsSpec& metrics, const std::string& training_metric) {
  MetricsSpec out;
  const auto at = training_metric.find('@');
  out.primary = training_metric;
  out.cutoffs = {at == std::string::npos ? metrics.cutoffs.front() : std::stoi(training_metric.substr(at + 1))};
  out.names = {info_of(training_metric).name};
  for (const std::string& name : metrics.names) {
    const MetricInfo& info = info_of(name);
    if (info.at_cutoff && info.per_user && std::ranges::find(out.names, name) == out.names.end())
      out.names.push_back(name);
  }
  return out;
}

}  // namespace

NamedValues validate(const Recommender& model, bool slices, const PreparedTask& task, const MetricsSpec& metrics,
                     const std::string& training_metric, Executor& executor) {
  const MetricsSpec few = at_one_cutoff(metrics, training_metric);
  const EvaluationInput input{.model = &model,
                              .profiles = task.train(),
                              .excluded = task.train(),
                              .relevant = task.validation(),
                              .train = task.train(),
                              .items = task.item_table(),
                              .metrics = &few,
                              .keep_top = 0,
                              .slices = slices,
                              .progress = {}};
  const Evaluation evaluation = evaluate(input, executor);
  NamedValues out{{training_metric, evaluation.at(training_metric)}};
  for (const MetricValue& value : evaluation.values) {
    const std::string name = value.cutoff > 0 ? value.metric + "@" + std::to_string(value.cutoff) : value.metric;
    if (name != training_metric) out.emplace_back(name, value.value);
  }
  return out;
}

bool higher_is_better(const std::string& metric_at_k) { return info_of(metric_at_k).higher_is_better; }

}  // namespace assay
