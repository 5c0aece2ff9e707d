// Rules for recommenders: what an experiment relies on, tried by training on a small shop.

#include <algorithm>
#include <cmath>
#include <thread>

#include "assay/errors.hpp"

#include "base/pool.hpp"
#include "base/task_reader.hpp"
#include "plugin/conformance/bench.hpp"

namespace assay::conformance {
namespace {

constexpr Rule kFits{"fits", "fit() learns from ratings with times and attributes, and comes back.",
                     "Read the message; a debugger on `runner check-component FILE model NAME` shows the place."};
constexpr Rule kPlain{"plain",
                      "fit() learns from implicit data without times and attributes, or refuses with a DataError.",
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

constexpr Rule kCancels{"cancels", "fit() comes back within one epoch, without an error, when it is cancelled.",
                        "Leave fit() where next() is false; inside long epochs ask run.cancelled() and throw "
                        "assay::Cancelled; let a loop of your own be one of begin() and next()."};
constexpr Rule kMemory{"memory", "The memory in use does not grow from fit to fit.",
                       "Keep nothing in globals or statics; what an object allocates, its destructor frees."};
constexpr Rule kColdItems{"cold_items",
                          "With the trait `cold_items`, items without interactions are offered and told apart.",
                          "Score them by their attributes (TrainingData::items), or drop the trait."};
constexpr Rule kRates{"rates", "A RatingPredictor rates every item for everyone, strangers too, with finite numbers.",
                      "Without an opinion a mean will do: of the user, of the item, of all."};
constexpr Rule kRatesAgain{"rates_again", "Same seed, same rating bits; a loaded model has them too.",
                           "Draw from run.random() only; save() writes all that rate() needs."};
constexpr Rule kRatesAlone{"rates_alone", "A rating's bits do not depend on the pairs beside it, nor on other threads.",
                           "Rate each pair by itself; keep scratch memory on the stack."};
constexpr Rule kOneUser{"one_user", "It learns from a single user, or refuses with a DataError.",
                        "Look for divisions by users - 1 and for neighbours that are not there."};
constexpr Rule kOneItem{"one_item", "It learns from a single item, or refuses with a DataError.",
                        "Look for divisions by items - 1 and for negatives that cannot be drawn."};
constexpr Rule kEmpty{"empty", "It learns where most users have nothing, and scores a tile of empty profiles.",
                      "Look for divisions by a profile's size, and for the first entry of a row that has none."};
constexpr Rule kEqual{"equal", "It learns where everybody took everything: all is equal.",
                      "Look for divisions by a variance, and for negatives that cannot be drawn."};

constexpr std::uint64_t kSeed = Bench::kSeed;

class RecommenderSuite {
 public:
  RecommenderSuite(const Subject& subject, Rules& rules) : bench_(subject), rules_(rules) {}

  void run() {
    rules_.attempt(kFits, [&] { base_ = bench_.train(base_run_); });
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
    rules_.attempt(kColdItems, [&] { cold_items(); });
    rules_.attempt(kRates, [&] { ratings_ = must_rate(bench_, base()); });
    rules_.attempt(kRatesAgain, [&] { rates_again(); });
    rules_.attempt(kRatesAlone, [&] { must_rate_alone(bench_, base(), ratings()); });
    rules_.attempt(kResumes, [&] { resumes(); });
    rules_.attempt(kCancels, [&] { cancels(); });
    rules_.attempt(kMemory, [&] { memory(); });
    rules_.attempt(kOneUser, [&] { serves(Corner::one_user); });
    rules_.attempt(kOneItem, [&] { serves(Corner::one_item); });
    rules_.attempt(kEmpty, [&] { serves(Corner::empty); });
    rules_.attempt(kEqual, [&] { serves(Corner::equal); });
  }

 private:
  [[nodiscard]] const Traits& traits() const { return bench_.traits(); }
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

  void plain() {
    static_cast<void>(base_scores());
    const Shop shop(Shop::Wealth::plain);
    WatchedRun run({.seed = kSeed});
    const auto model = bench_.make_model();
    try {
      model->fit(shop.data(), run);
    } catch (const DataError& e) {
      stumbles_over_plain_data_ = false;
      throw Skipped{std::string("it refuses such data: ") + e.what()};
    }
    static_cast<void>(score_all(*model, shop));
    stumbles_over_plain_data_ = false;
  }

  void deterministic() {
    static_cast<void>(base_scores());
    require_equal(base_scores(), bench_.train_and_score({.seed = kSeed}), "between two fits with one seed");
    repeatable_ = true;
  }

  void seeds() const {
    expect_repeatable();
    const bool differs = !count_differences(base_scores(), bench_.train_and_score({.seed = kSeed + 1})).empty();
    if (differs && !traits().seeded) throw Broken{"another seed changes the scores, but `seeded` is false"};
    if (!differs && traits().seeded) throw Broken{"`seeded` is true, but another seed gives the same bits"};
  }

  void saves() {
    static_cast<void>(base_scores());
    MemoryFile file;
    static_cast<const Recommender&>(base()).save(file);
    if (file.empty()) throw Broken{"save() wrote nothing"};
    const auto loaded = bench_.make_model();
    TaskReader reader(file, {Shop::kUsers, Shop::kItems});
    loaded->load(reader);
    require_equal(base_scores(), score_all(*loaded, rich_), "after loading");
    loaded_ = loaded;
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
    const auto model = bench_.make_model();
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
    const Shop::Tile nobodys = rich_.strangers();
    const ScoreMatrix theirs = checked_scores(base(), nobodys.profiles(), 0, Shop::kItems);
    if (std::none_of(theirs.begin(), theirs.end(), [](float s) { return std::isfinite(s); }))
      throw Broken{"nobody is offered anything whose profile is not that of a user in the training data"};
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
      require_equal(base_scores(), bench_.train_and_score({.seed = kSeed, .executor = &pool}),
                    "between 1 and " + std::to_string(n) + " threads");
    }
    if (!stumbles_over_plain_data_) must_ignore_threads(bench_);
  }

  void cold_items() const {
    if (!traits().cold_items) throw Skipped{"it does not have the trait"};
    bool offered = false, told_apart = false;
    for (std::size_t user = 0; user < static_cast<std::size_t>(Shop::kUsers); ++user) {
      const float* row = base_scores().data() + user * Shop::kItems;
      const float one = row[Shop::kColdItem], other = row[Shop::kOtherColdItem];
      offered |= std::isfinite(one) && std::isfinite(other);
      told_apart |= one != other;
    }
    if (!offered) throw Broken{"nobody is offered the two items that nobody touched"};
    if (!told_apart) throw Broken{"two items that nobody touched have equal scores, though their attributes differ"};
  }

  [[nodiscard]] const ScoreMatrix& ratings() const {
    if (ratings_.empty()) throw Skipped{"it does not rate"};
    return ratings_;
  }

  void rates_again() const {
    expect_repeatable();
    must_rate_again(bench_, ratings(), loaded_.get());
  }

  void resumes() const {
    expect_repeatable();
    if (dynamic_cast<const Resumable*>(&base()) == nullptr) throw Skipped{"it is not Resumable"};
    if (!loaded_) throw Skipped{"its saved state cannot be loaded"};
    expect_a_loop_that_stops();
    must_resume(bench_);
  }

  void cancels() const {
    static_cast<void>(base());
    expect_a_loop_that_stops();
    must_cancel(bench_, base_run_);
  }

  void expect_a_loop_that_stops() const {
    if (!base_run_.bad_loop().empty()) throw Skipped{"its training loop does not stop"};
  }

  void memory() const {
    static_cast<void>(base_scores());
    must_not_grow(bench_);
  }

  void serves(Corner corner) const {
    if (stumbles_over_plain_data_) throw Skipped{"it stumbles over plain data anyway"};
    must_serve(bench_, corner, !ratings_.empty());
  }

  const Bench bench_;
  const Shop& rich_ = bench_.shop();
  Rules& rules_;
  WatchedRun base_run_{{.seed = kSeed}};
  std::shared_ptr<Recommender> base_, loaded_;  // loaded_: once it is known to score as base_ does
  ScoreMatrix base_scores_, ratings_;
  bool stumbles_over_plain_data_ = true, repeatable_ = false;
};

}  // namespace

void check_recommender(const Subject& subject, Rules& rules) { RecommenderSuite(subject, rules).run(); }

}  // namespace assay::conformance
