// Two models on the same units: paired differences and Student's t.

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "results/codec.hpp"
#include "results/queries.hpp"

namespace assay {
namespace {

struct Sum {
  double sum = 0;
  std::int64_t runs = 0;
};

}  // namespace

UnitValues unit_values(Database& database, const std::string& experiment_uid, const std::string& task_key,
                       const std::string& label, const std::string& metric) {
  Statement& rows = database.prepare(
      "SELECT u.count, u.data, g.units FROM experiments e JOIN experiment_runs er ON er.experiment_id = e.id "
      "JOIN runs r ON r.id = er.run_id AND r.status = 'done' JOIN trials t ON t.id = er.trial_id "
      "JOIN tasks k ON k.id = t.task_id JOIN unit_metrics u ON u.run_id = r.id JOIN metrics m ON m.id = u.metric_id "
      "JOIN eval_units g ON g.id = r.eval_units_id "
      "WHERE e.uid = ?1 AND k.key = ?2 AND er.label = ?3 AND m.key = ?4 ORDER BY r.id");
  rows.bind(experiment_uid, task_key, label, metric);
  std::vector<Sum> sums;  // by unit: dense indices
  while (rows.step()) {
    const std::vector<float> values = unpack_floats(rows.blob(1), rows.integer(0));
    const std::vector<std::int32_t> units = unpack_integers(rows.blob(2), rows.integer(0));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto unit = static_cast<std::size_t>(units[i]);
      if (unit >= sums.size()) sums.resize(unit + 1);
      sums[unit].sum += static_cast<double>(values[i]);
      ++sums[unit].runs;
    }
  }
  rows.reset();
  UnitValues out;
  for (std::size_t unit = 0; unit < sums.size(); ++unit) {
    if (sums[unit].runs == 0) continue;
    out.units.push_back(static_cast<std::int64_t>(unit));
    out.values.push_back(sums[unit].sum / static_cast<double>(sums[unit].runs));
  }
  return out;
}

std::optional<Difference> paired_difference(const UnitValues& of, const UnitValues& against) {
  std::vector<double> differences;
  for (std::size_t i = 0, j = 0; i < of.units.size() && j < against.units.size();) {
    if (of.units[i] == against.units[j])
      differences.push_back(of.values[i++] - against.values[j++]);
    else if (of.units[i] < against.units[j])
      ++i;
    else
      ++j;
  }
  if (differences.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(differences.size());
  double mean = 0, squares = 0;
  for (const double d : differences) mean += d / n;
  for (const double d : differences) squares += (d - mean) * (d - mean);
  const double error = std::sqrt(squares / (n - 1) / n);
  if (!std::isfinite(error)) return std::nullopt;
  const boost::math::students_t t(n - 1);
  const double margin = boost::math::quantile(t, 0.975) * error;
  const double p =
      error > 0 ? 2 * boost::math::cdf(boost::math::complement(t, std::abs(mean) / error)) : (mean == 0 ? 1.0 : 0.0);
  return Difference{mean, mean - margin, mean + margin, p, static_cast<std::int64_t>(differences.size())};
}

}  // namespace assay
