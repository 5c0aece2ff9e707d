#pragma once  // Makes and trains the recommender under test on the suite's shop.

#include <memory>

#include "assay/model.hpp"

#include "plugin/conformance/memory_file.hpp"
#include "plugin/conformance/rules.hpp"
#include "plugin/conformance/scoring.hpp"
#include "plugin/conformance/shop.hpp"
#include "plugin/conformance/watched_run.hpp"

namespace assay::conformance {

class Bench {
 public:
  static constexpr std::uint64_t kSeed = 20'240'917;
  explicit Bench(const Subject& subject) : subject_(subject) {}

  [[nodiscard]] const Traits& traits() const { return subject_.component.traits; }
  [[nodiscard]] const Shop& shop() const { return shop_; }
  [[nodiscard]] std::shared_ptr<Recommender> make_model() const {
    return make<Recommender>(subject_.library, subject_.component.name, subject_.params);
  }
  [[nodiscard]] std::shared_ptr<Recommender> train(WatchedRun& run) const {
    auto model = make_model();
    model->fit(shop_.data(), run);
    return model;
  }
  [[nodiscard]] ScoreMatrix train_and_score(RunOptions options) const {
    WatchedRun run(std::move(options));
    return score_all(*train(run), shop_);
  }

 private:
  const Subject& subject_;
  const Shop shop_{Shop::Wealth::rich};
};

// Rules on training; each throws Broken or Skipped. `base` is the run of a first, undisturbed training.

/// 1, 2, 3 and 4 threads give the same bits on data that is large enough to be shared out.
void must_ignore_threads(const Bench&);
/// fit() comes back soon, without an error, when it is cancelled before it begins and at points drawn at random.
void must_cancel(const Bench&, const WatchedRun& base);
/// Training that was interrupted at epochs drawn at random and resumed in new objects ends with the same bits.
void must_resume(const Bench&);
/// The allocated memory does not grow from fit to fit.
void must_not_grow(const Bench&);

/// Of a RatingPredictor: every pair of user and item gets a finite rating, strangers too. Returns those of the users.
[[nodiscard]] ScoreMatrix must_rate(const Bench&, const Recommender&);
/// Another fit with the same seed, and a loaded model (may be null), give the same ratings.
void must_rate_again(const Bench&, const ScoreMatrix& ratings, const Recommender* loaded);
/// Ratings have the same bits in any company and when several threads ask.
void must_rate_alone(const Bench&, const Recommender&, const ScoreMatrix& ratings);

/// Data that leave a model nothing to learn. It may refuse them with a DataError. `rates`: it must rate, too.
enum class Corner { one_user, one_item, empty, equal };
void must_serve(const Bench&, Corner, bool rates);

}  // namespace assay::conformance
