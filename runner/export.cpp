// `runner export`: results for other programs.

#include <boost/program_options.hpp>
#include <iostream>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/hash.hpp"
#include "data/prepared.hpp"
#include "results/queries.hpp"
#include "runner/command.hpp"
#include "runner/database_options.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

/// The data that the run was judged on, from the cache.
PreparedTask prepared_of(const StoredLists& run) {
  if (is_missing(run.prepared))
    throw DataError("run " + short_id(run.run) + ": its prepared data, " + run.prepared.string() +
                    ", is not in the cache any more. Running the experiment again, or a part of it, prepares it anew.");
  PreparedTask task = PreparedTask::open(run.prepared);
  const PreparedInfo& info = task.info();
  if (info.dataset_fingerprint != run.dataset_fingerprint || info.split_fingerprint != run.split_fingerprint)
    throw DataError(run.prepared.string() + " holds data " + info.dataset_fingerprint + ", split " +
                    info.split_fingerprint + "; run " + short_id(run.run) + " was judged on data " +
                    run.dataset_fingerprint + ", split " + run.split_fingerprint + ".");
  return task;
}

void write_trec(Database& database, const std::string& id, const std::string& name) {
  const StoredLists run = stored_lists(database, id);
  const PreparedTask task = prepared_of(run);
  const auto user = [&](Index index) { return task.user_id(index); };
  const auto item = [&](Index index) { return task.item_id(index); };
  export_trec(run.lists, task.test(), user, item, name + ".run", name + ".qrels");
  std::cerr << "Wrote " << name << ".run (" << run.lists.users.size() << " users, " << run.lists.top_n
            << " places) and " << name << ".qrels\n";
}

Listing all_results(Database& database, const std::string& experiment_uid, TableFormat format) {
  Statement& rows = database.prepare(
      "SELECT e.name AS experiment, e.uid AS experiment_uid, r.uid AS run, d.name AS dataset, k.key AS task, er.label "
      "AS model, t.seed, t.fold, m.key AS metric, coalesce(x.value, x.code) AS value, m.higher_is_better "
      "FROM experiments e JOIN experiment_runs er ON er.experiment_id = e.id JOIN runs r ON r.id = er.run_id "
      "JOIN trials t ON t.id = er.trial_id JOIN tasks k ON k.id = t.task_id JOIN datasets d ON d.id = er.dataset_id "
      "JOIN results x ON x.run_id = r.id JOIN metrics m ON m.id = x.metric_id WHERE e.uid = ?1 ORDER BY r.id, m.id");
  rows.bind(experiment_uid);
  return read_listing(rows, format);
}

}  // namespace

int run_export(std::span<const std::string> arguments) {
  namespace po = boost::program_options;
  CommonOptions options;
  std::string format = "csv", trec;
  std::vector<std::string> rest;
  po::options_description description("Options");
  add_common(description, options);
  description.add_options()("format,f", po::value(&format), "csv, json, markdown or table (csv).")(
      "trec", po::value(&trec), "Write the lists of a run to NAME.run and the test items to NAME.qrels.");
  if (parse("export", description, arguments, rest)) return kDone;
  if (rest.size() > 1 || (!trec.empty() && rest.empty()))
    throw ConfigError("runner export [EXPERIMENT] writes results; runner export RUN --trec NAME writes a run's lists.");
  const TableFormat shape = chosen_format(format, options.json);
  ReadResults database(options.db);
  if (!trec.empty()) {
    write_trec(database, rest[0], trec);
    return kDone;
  }
  const auto experiment = find_experiment(database, rest.empty() ? std::nullopt : std::optional(rest[0]));
  all_results(database, experiment, shape).print(std::cout, shape, stdout_style());
  return kDone;
}

}  // namespace assay
