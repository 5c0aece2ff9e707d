#pragma once  // What CFGAN's tests share: a Run that counts epochs, and data with a structure to find.

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "assay/model.hpp"

#include "base/pool.hpp"
#include "trained.hpp"

namespace cfgan::test {

using assay::Index;
using assay::Interactions;

/// Trains epochs [from, until); `before` runs inside begin(), as loading a checkpoint does.
class EpochRun final : public assay::Run {
 public:
  explicit EpochRun(std::uint64_t seed = 1, int threads = 1) : inner_(seed, threads) {}
  int threads() const noexcept override { return inner_.threads(); }
  void parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) override {
    inner_.parallel(chunks, body, context);
  }
  int begin(int) override {
    if (before) before();
    return epoch = from;
  }
  bool next() override { return ++epoch < until; }
  void progress(std::int64_t, std::int64_t) override {}
  bool cancelled() const noexcept override { return false; }
  void loss(std::string_view series, double value) override { losses[std::string(series)].push_back(value); }
  void measure(std::string_view, double) override {}
  assay::Random random(std::string_view purpose, std::uint64_t index) const override {
    return inner_.random(purpose, index * 7919);
  }
  const assay::Reader* input(std::string_view) const override { return nullptr; }
  void artifact(std::string_view, std::span<const std::byte>) override {}
  assay::Group& group() override { return inner_.group(); }

  int from = 0, until = 1 << 30, epoch = 0;
  std::function<void()> before;
  std::map<std::string, std::vector<double>> losses;

 private:
  assay::test::OneShotRun inner_;
};

/// Interactions in both orders.
struct Data {
  Data(Index users, Index items, std::vector<std::pair<Index, Index>> pairs) {
    std::ranges::sort(pairs);
    fill(by_user, users, items, pairs);
    for (auto& [a, b] : pairs) std::swap(a, b);
    std::ranges::sort(pairs);
    fill(by_item, items, users, pairs);
  }
  Data(const Data&) = delete;  // the views point into the object
  Data& operator=(const Data&) = delete;
  [[nodiscard]] assay::TrainingData view() const { return {by_user.view, by_item.view, {}, {}}; }
  struct Csr {
    std::vector<std::int64_t> offsets;
    std::vector<Index> column;
    std::vector<float> value;
    Interactions view{};
  };
  Csr by_user, by_item;

 private:
  static void fill(Csr& csr, Index rows, Index columns, const std::vector<std::pair<Index, Index>>& pairs) {
    csr.offsets.assign(static_cast<std::size_t>(rows) + 1, 0);
    for (const auto& [r, c] : pairs) {
      ++csr.offsets[static_cast<std::size_t>(r) + 1];
      csr.column.push_back(c);
    }
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) csr.offsets[r + 1] += csr.offsets[r];
    csr.value.assign(csr.column.size(), 3.f);  // ratings: CFGAN counts them as 1
    csr.view = {rows, columns, csr.offsets, csr.column.data(), csr.value.data(), nullptr};
  }
};

/// Users of four tastes; each mostly takes items of its own taste, and some items are liked more than others. A pair in
/// five is held out.
struct Planted {
  static constexpr Index kUsers = 160, kItems = 120, kTastes = 4;
  std::vector<std::pair<Index, Index>> train, test;
  Planted() {
    assay::Random random(11);
    for (Index u = 0; u < kUsers; ++u)
      for (Index i = 0; i < kItems; ++i) {
        const double liked = 1.2 - static_cast<double>(i) / kItems;  // popular first
        if (random.uniform() < liked * (u % kTastes == i % kTastes ? .6 : .03))
          (random.uniform() < .2 ? test : train).emplace_back(u, i);
      }
  }
};

}  // namespace cfgan::test
