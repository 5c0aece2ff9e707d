// Random order: what a model must beat to have learnt anything.

#include "assay/random.hpp"

#include <vector>

#include "assay/model.hpp"
#include "assay/plugin.hpp"
#include "assay/stored.hpp"

namespace {

class RandomOrder final : public assay::Recommender, public assay::Sized {
 public:
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = true, .slices = true, .cold_items = true, .any_threads = true};

  [[nodiscard]] assay::Need need(const assay::TaskShape&) const override { return {.saved = sizeof key_}; }

  void fit(const assay::TrainingData&, assay::Run& run) override { key_ = run.random("scores", 0).bits(); }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    for (assay::Index row = 0; row < out.users; ++row) {
      assay::Random draws(key_, stream(profiles, row) << 32 | static_cast<std::uint32_t>(out.first_item));
      draws.uniform({out.data + row * out.stride, static_cast<std::size_t>(out.items)}, 0, 1);
    }
  }

  void save(assay::Writer& writer) const override {
    const std::int64_t shape[] = {1};
    writer.tensor("key", {&key_, assay::Element::i64, shape});
  }

  void load(assay::Reader& reader) override {
    key_ = static_cast<std::uint64_t>(assay::stored_list<std::int64_t>(reader, "key", 1)[0]);
  }

 private:
  /// A known user's own stream; somebody unseen gets one by the profile (FNV-1a), so that it depends on nobody beside.
  static std::uint64_t stream(const assay::Profiles& profiles, assay::Index row) {
    const assay::Index user = profiles.user[static_cast<std::size_t>(row)];
    if (user != assay::kUnknown) return static_cast<std::uint64_t>(user);
    std::uint32_t hash = 2166136261u;
    for (const assay::Index item : profiles.known[row].columns)
      hash = (hash ^ static_cast<std::uint32_t>(item)) * 16777619u;
    return hash | 0x80000000u;
  }

  std::uint64_t key_ = 0;
};

}  // namespace

ASSAY_PLUGIN("random", "1.0.0",
             assay::component<assay::Recommender, RandomOrder>("random",
                                                               "A random order of the items, another for "
                                                               "every user and seed."));
