#pragma once  // What is measured on the validation part while a model trains.

#include <string>

#include "data/prepared.hpp"
#include "trial/training_run.hpp"

namespace assay {

/// The training metric first, then the experiment's other per-user metrics at the same cutoff: curves cost little.
/// Profiles and excluded items are the train part.
[[nodiscard]] NamedValues validate(const Recommender& model, bool slices, const PreparedTask& task,
                                   const MetricsSpec& metrics, const std::string& training_metric, Executor& executor);

/// Whether more is better of "ndcg@10"; throws ConfigError where there is no such metric.
[[nodiscard]] bool higher_is_better(const std::string& metric_at_k);

}  // namespace assay
