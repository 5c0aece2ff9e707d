// `runner recommend --run ID --user U`: what a stored model would show a user.

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"

#include "base/guarded_stdout.hpp"
#include "base/hash.hpp"
#include "data/prepared.hpp"
#include "eval/evaluator.hpp"
#include "results/queries.hpp"
#include "runner/command.hpp"
#include "runner/database_options.hpp"
#include "runner/table.hpp"
#include "runner/verbs.hpp"
#include "trial/attempt.hpp"
#include "trial/safetensors.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

fs::path model_folder(const CommonOptions& options, const std::string& run) {
  ReadResults database(options.db);
  const RunDetails details = show_run(database, run);
  for (const Fact& artifact : details.artifacts)
    if (artifact.name == "model") return fs::path(artifact.value).parent_path();
  throw ConfigError("run " + details.summary.uid + " (" + details.summary.label + ", " + details.summary.status +
                    ") has no stored model. Experiments store models unless they say \"save_models\": false.");
}

std::shared_ptr<Recommender> load_model(const fs::path& folder, const SavedModel& saved, const PreparedTask& task) {
  if (sha256_of_file(saved.library) != saved.library_sha256)
    std::cerr << "runner: " << saved.library.string() << " is not the build that trained this model\n";
  const auto library = Library::open(saved.library);
  auto model = make<Recommender>(*library, saved.plugin, saved.params);
  load_safetensors(folder / kModelFile, {task.users(), task.items()}, [&](Reader& file) { model->load(file); });
  return model;
}

Index user_of(const PreparedTask& task, const std::string& id) {
  if (const auto user = task.find_user(id)) return *user;
  throw ConfigError("the data of this run has no user \"" + id + "\"; one that it has is \"" + task.user_id(0) + "\"");
}

/// The evaluation's own ranking, for one user: what it would put first, without what the user already has.
std::vector<Scored> best_items(const Recommender& model, const PreparedTask& task, const SavedModel& saved, Index user,
                               int count) {
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(task.users()) + 1, 0);
  std::fill(offsets.begin() + user + 1, offsets.end(), 1);
  const Index any_item = 0;
  const float value = 1;
  const MetricsSpec metrics{{"precision"}, {count}, "precision@" + std::to_string(count)};
  const bool whole = saved.trained_on_validation || saved.profile_with_validation;
  const EvaluationInput input{.model = &model,
                              .profiles = whole ? task.train_and_validation() : task.train(),
                              .excluded = task.train_and_validation(),
                              .relevant = {task.users(), task.items(), offsets, &any_item, &value, nullptr},
                              .train = task.train(),
                              .items = task.item_table(),
                              .metrics = &metrics,
                              .keep_top = count,
                              .progress = {}};
  const Evaluation evaluation = evaluate(input, serial_executor());
  std::vector<Scored> out;
  for (std::size_t i = 0; i < evaluation.top_items.size() && evaluation.top_items[i] != kUnknown; ++i)
    out.push_back({evaluation.top_items[i], evaluation.top_scores[i]});
  return out;
}

/// The first text attribute of the items, where there is one: titles.
std::span<const std::string_view> titles(const PreparedTask& task) {
  const Table table = task.item_table();
  for (const Column& column : table.columns)
    if (column.kind == Column::Kind::text) return column.words;
  return {};
}

void print(const PreparedTask& task, std::span<const Scored> places, bool json) {
  const auto names = titles(task);
  Listing listing(names.empty() ? std::vector<ListingColumn>{{"rank", ""}, {"item", ""}, {"score", ""}}
                                : std::vector<ListingColumn>{{"rank", ""}, {"item", ""}, {"score", ""}, {"title", ""}});
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::vector<Cell> row{Cell::integer(static_cast<std::int64_t>(i) + 1), task.item_id(places[i].index),
                          Cell::number(static_cast<double>(places[i].score), 4)};
    if (!names.empty()) row.emplace_back(names[static_cast<std::size_t>(places[i].index)]);
    listing.add(std::move(row));
  }
  listing.print(std::cout, json ? TableFormat::json : TableFormat::text, stdout_style());
}

}  // namespace

int run_recommend(std::span<const std::string> arguments) {
  namespace po = boost::program_options;
  CommonOptions options;
  std::string run, user;
  int count = 10;
  po::options_description description("Options");
  add_common(description, options);
  description.add_options()("run", po::value(&run), "The run whose model answers: the beginning or end of its uid.")(
      "user,u", po::value(&user), "The user, by the id that the data has.")(",k", po::value(&count),
                                                                            "How many items (10).");
  std::vector<std::string> rest;
  if (parse("recommend", description, arguments, rest)) return kDone;
  if (run.empty() || user.empty() || !rest.empty() || count < 1)
    throw ConfigError("runner recommend --run ID --user USER [-k COUNT]: which run, which user?");
  const fs::path folder = model_folder(options, run);
  const SavedModel saved = read_saved_model(folder);
  const PreparedTask task = PreparedTask::open(saved.task_file);
  const auto places = [&] {
    const GuardedStdout quiet;  // the model is a plugin, and lives in this process
    return best_items(*load_model(folder, saved, task), task, saved, user_of(task, user), count);
  }();
  if (!options.json)
    std::cerr << printable(saved.label) << " on " << printable(saved.dataset) << ", user " << printable(user) << ", "
              << task.train_and_validation()[user_of(task, user)].columns.size() << " known items\n";
  print(task, places, options.json);
  return kDone;
}

}  // namespace assay
