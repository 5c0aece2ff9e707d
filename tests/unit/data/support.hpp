#pragma once  // Rows for tests of data, the readers that deliver them, and a cache folder that vanishes.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <unistd.h>
#include <vector>

#include "assay/dataset.hpp"
#include "assay/random.hpp"

#include "data/content.hpp"
#include "data/gather.hpp"
#include "data/prepared.hpp"

namespace assay::test {

struct Sample {
  std::int64_t user, item;
  float value = 1;
  std::int64_t time = 0;
  Part part = Part::all;
  friend auto operator<=>(const Sample&, const Sample&) = default;
};
using Samples = std::vector<Sample>;

/// `count` interactions of random users and items; pairs repeat where `repeats` is set.
inline Samples random_samples(std::uint64_t seed, std::size_t count, std::uint64_t users, std::uint64_t items,
                              bool repeats = false) {
  Random random(seed);
  std::vector<std::uint8_t> seen(users * items);
  Samples out;
  while (out.size() < count) {
    const std::uint64_t u = random.below(users), i = random.below(items) * (random.below(3) + 1) % items;
    if (!repeats && seen[u * items + i]++) continue;
    const Part part = random.below(5) == 0 ? Part::test : Part::train;
    out.push_back({static_cast<std::int64_t>(u * 7), static_cast<std::int64_t>(i * 3 + 1),
                   static_cast<float>(random.below(10) + 1) / 2, static_cast<std::int64_t>(random.below(200)) * 1000,
                   part});
  }
  return out;
}

inline void shuffle(Samples& samples, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = samples.size(); i > 1; --i) std::swap(samples[i - 1], samples[random.below(i)]);
}

struct Delivery {
  bool values = true, times = true, parts = false, texts = false;
  std::size_t batch = 1000;
};

/// Hands the samples over as a reader does.
inline void deliver(const Samples& samples, DatasetSink& sink, const Delivery& how = {}) {
  for (std::size_t begin = 0, end = 0; begin < samples.size(); begin = end) {
    while (end < samples.size() && end - begin < how.batch && (!how.parts || samples[end].part == samples[begin].part))
      ++end;
    std::vector<std::int64_t> users, items, times;
    std::vector<float> values;
    std::vector<std::string> user_texts, item_texts;
    for (std::size_t i = begin; i < end; ++i) {
      users.push_back(samples[i].user);
      items.push_back(samples[i].item);
      values.push_back(samples[i].value);
      times.push_back(samples[i].time);
      user_texts.push_back("u" + std::to_string(samples[i].user));
      item_texts.push_back("i" + std::to_string(samples[i].item));
    }
    const std::vector<std::string_view> user_views(user_texts.begin(), user_texts.end()),
        item_views(item_texts.begin(), item_texts.end());
    InteractionBatch batch{how.parts ? samples[begin].part : Part::all, {users, {}}, {items, {}}, {}, {}, {}};
    if (how.texts) batch.users = {{}, user_views}, batch.items = {{}, item_views};
    if (how.values) batch.values = values;
    if (how.times) batch.times = times;
    sink.interactions(batch);
  }
}

inline Content content_of(const Samples& samples, const Delivery& how = {}) {
  Gatherer gatherer(false, {});
  deliver(samples, gatherer, how);
  return arrange(gatherer.take());
}

/// A folder of its own for one test.
class Folder {
 public:
  Folder() {
    static std::atomic<int> count{0};
    path_ = std::filesystem::temp_directory_path() /
            ("assay-data-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace assay::test
