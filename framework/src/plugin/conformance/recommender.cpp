// Rules for recommenders: what an experiment relies on, tried by training on a small shop.

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/pool.hpp"
#include "plugin/conformance/memory_file.hpp"
#include "plugin/conformance/rules.hpp"
#include "plugin/conformance/scoring.hpp"
#include "plugin/conformance/shop.hpp"
#include "plugin/conformance/watched_run.hpp"

namespace assay::conformance {
namespace {

constexpr Rule kFits{"fits", "fit() learns from ratings with times and attributes, and comes back.",
                     "Read the message; a debugger on `runner check-component FILE model NAME` shows the place."};
constexpr Rule kPlain{"plain", "fit() learns from implicit data without times and attributes.",
                      "Row::times is empty, Table::columns may be empty, and all values are 1 for such data."};
constexpr Rule kScores{"scores", "score() fills every place of its tile, and no other, with finite numbers or -inf.",
                       "Write items columns in each of users rows, stride apart; items without an opinion get -inf."};
constexpr Rule kReports{"reports", "Losses are finite and have names; progress lies within its total.",
                        "Report what was computed in this epoch; a loss that is not finite ends a run as diverged."};
constexpr Rule kLoop{"loop", "The training loop begins once and ends when next() says so.",
                     "for (int e = run.begin(epochs); e < epochs; ++e) { ...; if (!run.next()) break; }"};
constexpr Rule kDeterministic{"deterministic", "Two fits with the same seed give the same score bits.",
                              "Draw from run.random() only; initialise all memory; cut parallel work by size."};
constexpr Rule kSeeds{"seeds", "The trait `seeded` is true exactly where another seed gives another model.",
                      "Set Traits::seeded to what the model does: an unseeded model is trained once only."};
constexpr Rule kSaves{"saves", "A loaded model scores with the same bits as the saved one.",
                      "save() writes all that score() needs; load() makes nothing of its own."};
constexpr Rule kNeighbours{"neighbours", "A row's score bits do not depend on the rows beside it.",
                           "Sum each row by itself in a fixed order; give GEMM the whole tile of 64 rows."};
constexpr Rule kConcurrent{"concurrent", "score() may be called by several threads at a time.",
                           "score() is const: keep its scratch memory on the stack or thread_local."};
constexpr Rule kValidation{"validation", "Scoring and saving during training change nothing of its outcome.",
                           "Keep what score() and save() need apart from the training step's buffers."};
constexpr Rule kFoldIn{"fold_in",
                       "With the trait `fold_in`, users never seen are offered items by their profile alone.",
                       "Score by Profiles::known where Profiles::user is kUnknown, or drop the trait."};
constexpr Rule kSlices{"slices", "With the trait `slices`, a part of the catalogue gets the bits of the whole.",
                       "Score items first_item … first_item + items - 1 one by one, or drop the trait."};
constexpr Rule kThreads{"threads", "With the trait `any_threads`, 1, 2, 3 and 4 threads give the same bits.",
                        "Cut work by size and combine parts in a fixed order, or drop the trait."};
constexpr Rule kResumes{"resumes", "A Resumable model that goes on from a checkpoint ends with the same bits.",
                        "save_training() writes optimizer state and all else that the next epoch needs."};

constexpr std::uint64_t kSeed = 20'240'917;

class RecommenderSuite {
 public:
  RecommenderSuite(const Subject& subject, Rules& rules) : subject_(subject), rules_(rules) {}

  void run() {
    rules_.attempt(kFits, [&] { base_ = train(base_run_); });
    rules_.attempt(kScores, [&] { base_scores_ = score_all(base(), rich_); });
    rules_.attempt(kReports, [&] { expect_quiet(base_run_.bad_report()); });
    rules_.attempt(kLoop, [&] { expect_quiet(base_run_.bad_loop()); });
    rules_.attempt(kPlain, [&] { plain(); });
    rules_.attempt(kDeterministic, [&] { deterministic(); });
    rules_.attempt(kSeeds, [&] { seeds(); });
    rules_.attempt(kSaves, [&] { saves(); });
    rules_.attempt(kNeighbours, [&] { neighbours(); });
    rules_.attempt(kConcurrent, [&] { concurrent(); });
    rules_.attempt(kValidation, [&] { validation(); });
    rules_.attempt(kFoldIn, [&] { fold_in(); });
    rules_.attempt(kSlices, [&] { slices(); });
    rules_.attempt(kThreads, [&] { threads(); });
    rules_.attempt(kResumes, [&] { resumes(); });
  }

 private:
  using ModelPointer = std::shared_ptr<Recommender>;

  [[nodiscard]] const Traits& traits() const { return subject_.component.traits; }
  [[nodiscard]] ModelPointer make_model() const {
    return make<Recommender>(subject_.library, subject_.component.name, subject_.params);
  }
  [[nodiscard]] ModelPointer train(WatchedRun& run) const {
    const auto model = make_model();
    model->fit(rich_.data(), run);
    return model;
  }
  [[nodiscard]] ScoreMatrix train_and_score(RunOptions options) const {
    WatchedRun run(std::move(options));
    return score_all(*train(run), rich_);
  }
  /// The model and the scores that the first two rules made; the others cannot be tried without.
  [[nodiscard]] const Recommender& base() const {
    if (!base_) throw Skipped{"it could not be trained"};
    return *base_;
  }
  [[nodiscard]] const ScoreMatrix& base_scores() const {
    if (base_scores_.empty()) throw Skipped{"it could not be scored"};
    return base_scores_;
  }

  /// For rules that compare two trainings. A fault is reported once, by its own rule, and not by all that rest on it.
  void expect_repeatable() const {
    static_cast<void>(base_scores());
    if (!repeatable_) throw Skipped{"two fits differ anyway"};
  }

  void expect_quiet(const std::string& complaint) const {
    static_cast<void>(base());
    if (!complaint.empty()) throw Broken{complaint};
  }

  void plain() const {
    static_cast<void>(base_scores());
    const Shop shop(Shop::Wealth::plain);
    WatchedRun run({.seed = kSeed});
    const auto model = make_model();
    model->fit(shop.data(), run);
    static_cast<void>(score_all(*model, shop));
  }

  void deterministic() {
    static_cast<void>(base_scores());
    require_equal(base_scores(), train_and_score({.seed = kSeed}), "between two fits with one seed");
    repeatable_ = true;
  }

  void seeds() const {
    expect_repeatable();
    const bool differs = !count_differences(base_scores(), train_and_score({.seed = kSeed + 1})).empty();
    if (differs && !traits().seeded) throw Broken{"another seed changes the scores, but `seeded` is false"};
    if (!differs && traits().seeded) throw Broken{"`seeded` is true, but another seed gives the same bits"};
  }

  void saves() {
    static_cast<void>(base_scores());
    MemoryFile file;
    static_cast<const Recommender&>(base()).save(file);
    if (file.empty()) throw Broken{"save() wrote nothing"};
    const auto loaded = make_model();
    loaded->load(file);
    require_equal(base_scores(), score_all(*loaded, rich_), "after loading");
    loadable_ = true;
  }

  void neighbours() const {
    static_cast<void>(base_scores());
    ScoreOptions other;
    std::reverse(other.order.begin(), other.order.end());
    std::rotate(other.order.begin(), other.order.begin() + 5, other.order.end());
    require_equal(base_scores(), score_all(base(), rich_, other), "when other users stand beside");
  }

  void concurrent() const {
    static_cast<void>(base_scores());
    ScoreMatrix found[4];
    {
      std::vector<std::jthread> threads;
      for (auto& scores : found)
        threads.emplace_back([&] {
          try {
            scores = score_all(base(), rich_);
          } catch (...) {
            scores.clear();  // differs from every score
          }
        });
    }
    for (const auto& scores : found) require_equal(base_scores(), scores, "when four threads score at once");
  }

  void validation() const {
    expect_repeatable();
    if (!base_run_.iterative()) throw Skipped{"it has no epochs"};
    const auto model = make_model();
    const auto look = [&] {
      MemoryFile file;
      model->save(file);
      static_cast<void>(score_all(*model, rich_));
    };
    WatchedRun run({.seed = kSeed, .validate = look});
    model->fit(rich_.data(), run);
    require_equal(base_scores(), score_all(*model, rich_), "when the model was scored and saved after every epoch");
  }

  void fold_in() const {
    static_cast<void>(base_scores());
    const ScoreMatrix strangers = score_all(base(), rich_, {.as_strangers = true});
    if (!traits().fold_in) throw Skipped{"it does not have the trait"};
    if (std::none_of(strangers.begin(), strangers.end(), [](float s) { return std::isfinite(s); }))
      throw Broken{"no stranger is offered anything"};
    ScoreOptions other{.order = everybody(), .as_strangers = true};
    std::reverse(other.order.begin(), other.order.end());
    require_equal(strangers, score_all(base(), rich_, other), "when other strangers stand beside");
  }

  void slices() const {
    if (!traits().slices) throw Skipped{"it does not have the trait"};
    static_cast<void>(base_scores());
    require_equal(base_scores(), score_all(base(), rich_, {.slice = 13}), "when 13 items are scored at a time");
  }

  void threads() const {
    expect_repeatable();
    if (!traits().any_threads) throw Skipped{"it does not have the trait"};
    for (const int n : {2, 3, 4}) {
      ThreadPool pool(n);
      require_equal(base_scores(), train_and_score({.seed = kSeed, .executor = &pool}),
                    "between 1 and " + std::to_string(n) + " threads");
    }
  }

  /// Trains for one epoch and saves at its end, within next().
  void interrupted(MemoryFile& weights, MemoryFile& state) const {
    const auto model = make_model();
    const auto checkpoint = [&] {
      model->save(weights);
      dynamic_cast<const Resumable&>(*model).save_training(state);
    };
    WatchedRun run({.seed = kSeed, .stop_after = 1, .validate = checkpoint});
    model->fit(rich_.data(), run);
  }

  void resumes() const {
    expect_repeatable();
    const auto* able = dynamic_cast<const Resumable*>(&base());
    if (able == nullptr) throw Skipped{"it is not Resumable"};
    if (!loadable_) throw Skipped{"its saved state cannot be loaded"};
    if (!base_run_.bad_loop().empty()) throw Skipped{"its training loop does not stop"};
    if (base_run_.epochs_done() < 2) throw Skipped{"its default is a single epoch"};
    MemoryFile weights, state;
    interrupted(weights, state);
    const auto model = make_model();
    const auto restore = [&] {  // as an experiment does it: within begin()
      model->load(weights);
      dynamic_cast<Resumable&>(*model).load_training(state);
    };
    WatchedRun rest({.seed = kSeed, .first_epoch = 1, .restore = restore});
    model->fit(rich_.data(), rest);
    require_equal(base_scores(), score_all(*model, rich_), "after resuming from the first epoch");
  }

  const Subject& subject_;
  Rules& rules_;
  const Shop rich_{Shop::Wealth::rich};
  WatchedRun base_run_{{.seed = kSeed}};
  ModelPointer base_;
  ScoreMatrix base_scores_;
  bool repeatable_ = false, loadable_ = false;
};

}  // namespace

void check_recommender(const Subject& subject, Rules& rules) { RecommenderSuite(subject, rules).run(); }

}  // namespace assay::conformance
