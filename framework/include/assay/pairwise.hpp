#pragma once  // What models share that learn from pairs of items: draws, vectors and biases, one step, strangers'
              // vectors.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/factors.hpp"
#include "assay/lanes.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/random.hpp"
#include "assay/run.hpp"

namespace assay {

/// Draws interactions, and items that their user does not have. Inline: it lives in the plugin.
class PairSampler {
 public:
  explicit PairSampler(const Interactions& by_user) : x_(by_user), user_(static_cast<std::size_t>(by_user.size())) {
    std::size_t bits = 1;
    for (; bits < kBits * user_.size(); bits *= 2) --shift_;
    taken_.assign(bits / 64 + 1, 0);
    std::size_t at = 0;
    for (Index u = 0; u < x_.rows; ++u)
      for (const Index i : x_[u].columns) {
        user_[at++] = u;
        taken_[place(u, i) / 64] |= std::uint64_t{1} << place(u, i) % 64;
      }
  }

  struct Triple {
    Index user, positive, negative;
  };
  static constexpr std::size_t kBlock = 64;
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(user_.size()); }

  /// Draws up to kBlock interactions (from 64 random bits each, drawn first: the upper half says which, off by less
  /// than size() / 2³²) and for each a negative (the lower half its first attempt). Interactions of users who have all
  /// items are left out. Memory is asked for ahead: most of an epoch would be waiting.
  [[nodiscard]] std::span<const Triple> triples(Random& random, std::int64_t wanted,
                                                std::array<Triple, kBlock>& out) const {
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(wanted, kBlock));
    std::array<std::uint64_t, kBlock> bits;
    for (std::size_t t = 0; t < count; ++t) {
      bits[t] = random.bits();
      __builtin_prefetch(&user_[interaction(bits[t])]);
      __builtin_prefetch(x_.column + x_.offsets.front() + static_cast<std::int64_t>(interaction(bits[t])));
    }
    for (std::size_t t = 0; t < count; ++t) {
      const std::size_t at = interaction(bits[t]);
      out[t] = {user_[at], x_.column[x_.offsets.front() + static_cast<std::int64_t>(at)], kUnknown};
      const Index first = below(static_cast<std::uint32_t>(bits[t]), x_.columns);
      __builtin_prefetch(&taken_[place(out[t].user, first) / 64]);
    }
    std::size_t kept = 0;
    for (std::size_t t = 0; t < count; ++t) {
      if (negatives(out[t].user) == 0) continue;
      out[kept] = {out[t].user, out[t].positive, negative(out[t].user, static_cast<std::uint32_t>(bits[t]), random)};
      ++kept;
    }
    return std::span(out).first(kept);
  }

  /// How many items the user does not have.
  [[nodiscard]] Index negatives(Index user) const {
    const auto row = static_cast<std::size_t>(user);
    return x_.columns - static_cast<Index>(x_.offsets[row + 1] - x_.offsets[row]);
  }
  /// Uniform over these; the user must lack an item. The first attempt is made with `bits`, more with new ones. After
  /// eight items that the user has, one is drawn from those that he has not: it ends where he has nearly all.
  [[nodiscard]] Index negative(Index user, std::uint32_t bits, Random& random) const {
    for (int attempt = 0; attempt < 8; ++attempt) {
      const Index item = below(bits, x_.columns);
      if (!has(user, item)) return item;
      bits = static_cast<std::uint32_t>(random.bits() >> 32);
    }
    // The rank-th missing item lies behind those items of the user that have at most `rank` missing ones before them.
    const auto have = x_[user].columns;
    const Index rank = below(bits, negatives(user));
    Index first = 0, last = static_cast<Index>(have.size());
    while (first < last) {
      const Index middle = first + (last - first) / 2;
      if (have[static_cast<std::size_t>(middle)] - middle <= rank)
        first = middle + 1;
      else
        last = middle;
    }
    return rank + first;
  }

  static constexpr std::size_t kFew = 4;
  /// The same, four at a time from two draws: their places in the filter are asked for together.
  [[nodiscard]] std::array<Index, kFew> negatives(Index user, Random& random) const {
    const std::uint64_t one = random.bits(), two = random.bits();
    const std::array<std::uint64_t, kFew> bits{one >> 32, one, two >> 32, two};
    std::array<Index, kFew> out;
    for (const std::uint64_t b : bits)
      __builtin_prefetch(&taken_[place(user, below(static_cast<std::uint32_t>(b), x_.columns)) / 64]);
    for (std::size_t k = 0; k < kFew; ++k) out[k] = negative(user, static_cast<std::uint32_t>(bits[k]), random);
    return out;
  }

  [[nodiscard]] static std::int64_t bytes(std::int64_t interactions) {
    return interactions * (std::int64_t{sizeof(Index)} + 2 * kBits / 8) + 64;
  }

 private:
  static constexpr std::int64_t kBits = 16;  ///< at least, of the filter for each interaction

  static Index below(std::uint32_t bits, Index bound) {
    return static_cast<Index>(std::uint64_t{bits} * static_cast<std::uint64_t>(bound) >> 32);
  }
  [[nodiscard]] std::size_t interaction(std::uint64_t bits) const {
    return static_cast<std::size_t>((bits >> 32) * user_.size() >> 32);
  }
  [[nodiscard]] std::size_t place(Index user, Index item) const {
    const auto pair = static_cast<std::uint64_t>(user) << 32 | static_cast<std::uint64_t>(item);
    return shift_ < 64 ? (pair ^ pair >> 31) * 0x9E3779B97F4A7C15U >> shift_ : 0;
  }
  /// Most items are told by one look at the filter; searching the row costs more than the step itself.
  [[nodiscard]] bool has(Index user, Index item) const {
    const std::size_t at = place(user, item);
    if ((taken_[at / 64] >> at % 64 & 1) == 0) return false;
    return std::ranges::binary_search(x_[user].columns, item);
  }

  Interactions x_;
  std::vector<Index> user_;  // of each interaction
  int shift_ = 64;
  std::vector<std::uint64_t> taken_;  // a bit for (the hash of) each pair in x_
};

/// Step width and L2 regularization of each part.
struct PairwiseRates {
  float step, user, positive, negative, bias;

  /// By the parameters learning_rate, decay, user_l2, positive_l2, negative_l2 and bias_l2 of a model, in epoch 0, 1, …
  template <class Params>
  static PairwiseRates at(const Params& p, int epoch) {
    return {static_cast<float>(p.learning_rate / (1 + p.decay * epoch)), static_cast<float>(p.user_l2),
            static_cast<float>(p.positive_l2), static_cast<float>(p.negative_l2), static_cast<float>(p.bias_l2)};
  }
};

/// x̂_ui = b_i + p_u · q_i, and p of users never seen: a linear map of n^-½ Σ q_i over their profile, fitted to the
/// vectors of those who were trained. Inline: it lives in the plugin.
class PairwiseFactors {
 public:
  /// Vectors from N(0, deviation²), biases 0. Streams "users" and "items". Throws Cancelled.
  PairwiseFactors() = default;
  PairwiseFactors(std::int64_t users, std::int64_t items, int factors, double deviation, const Run& run)
      : users_(users, factors),
        items_(items, factors),
        fold_(factors + 1, factors),
        bias_(static_cast<std::size_t>(items), 0) {
    draw_normal(users_, factors, run, "users", deviation);
    draw_normal(items_, factors, run, "items", deviation);
    pack();
  }

  /// Shortens the vectors of a user and two items that are longer than `limit`.
  void shorten(Index u, Index i, Index j, float limit) {
    for (const std::span<float> row : {users_.row(u), items_.row(i), items_.row(j)}) {
      const float squares = dot(row.data(), row.data(), items_.columns());
      if (squares <= limit * limit) continue;
      for (float& value : row) value *= limit / std::sqrt(squares);
    }
  }
  void prefetch(Index u, Index i, Index j) const {
    for (const float* row : {users_.row(u).data(), items_.row(i).data(), items_.row(j).data()})
      for (std::int64_t k = 0; k < items_.columns(); k += 16) __builtin_prefetch(row + k);
  }

  /// x̂_ui.
  [[nodiscard]] float score(Index u, Index i) const {
    return bias_[static_cast<std::size_t>(i)] + dot(users_.row(u).data(), items_.row(i).data(), items_.columns());
  }

  /// x̂_ui - x̂_uj.
  [[nodiscard]] float difference(Index u, Index i, Index j) const {
    const float *p = users_.row(u).data(), *q = items_.row(i).data(), *r = items_.row(j).data();
    Lanes even{}, odd{};
    for (std::int64_t k = 0; k < items_.columns(); k += 16) {
      even += lanes_at(p + k) * (lanes_at(q + k) - lanes_at(r + k));
      odd += lanes_at(p + k + 8) * (lanes_at(q + k + 8) - lanes_at(r + k + 8));
    }
    even += odd;
    return bias_[static_cast<std::size_t>(i)] - bias_[static_cast<std::size_t>(j)] + sum_of(even);
  }

  /// One step up the gradient of weight · (x̂_ui - x̂_uj), with all parts as they were before it, less their
  /// regularization.
  void step(Index u, Index i, Index j, float weight, const PairwiseRates& rates) {
    float *p = users_.row(u).data(), *q = items_.row(i).data(), *r = items_.row(j).data();
    const float gain = rates.step * weight, keep_user = 1 - rates.step * rates.user,
                keep_positive = 1 - rates.step * rates.positive, keep_negative = 1 - rates.step * rates.negative;
    for (std::int64_t k = 0; k < items_.columns(); k += 8) {  // the padding is 0 and stays so
      const Lanes a = lanes_at(p + k), b = lanes_at(q + k), c = lanes_at(r + k);
      lanes_at(p + k) = keep_user * a + gain * (b - c);
      lanes_at(q + k) = keep_positive * b + gain * a;
      lanes_at(r + k) = keep_negative * c - gain * a;
    }
    float &bi = bias_[static_cast<std::size_t>(i)], &bj = bias_[static_cast<std::size_t>(j)];
    bi += gain - rates.step * rates.bias * bi;
    bj += -gain - rates.step * rates.bias * bj;
  }

  /// To be called when factors have changed and before they are used: lays the items out, fits the strangers' map.
  void settle(const Interactions& by_user, Executor& executor) {
    pack();
    const std::int64_t d = items_.columns();
    FactorMatrix known(by_user.rows, d + 1), gram(d + 1, d + 1), map(d, d + 1);  // the transpose of fold_
    for_ranges(executor, by_user.rows, 256, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t u = begin; u < end; ++u) describe(by_user[static_cast<Index>(u)], known.row(u));
    });
    gemm(executor, true, false, 1, known.view(), known.view(), 0, gram.view());
    gemm(executor, true, false, 1, users_.view(), known.view(), 0, map.view());
    double trace = 0;
    for (std::int64_t k = 0; k <= d; ++k) trace += static_cast<double>(gram.row(k)[static_cast<std::size_t>(k)]);
    const auto ridge = static_cast<float>(1e-3 * trace / static_cast<double>(d + 1) + 1e-12);
    if (!std::isfinite(trace)) return;  // diverged: the loss says so
    for (std::int64_t k = 0; k <= d; ++k) gram.row(k)[static_cast<std::size_t>(k)] += ridge;
    solve_spd(executor, gram.view(), map.view());
    transpose(executor, map.view(), fold_.view());
  }

  void score(const Profiles& profiles, Scores out) const {
    FactorMatrix strangers(out.users, items_.columns());
    std::vector<float> known(static_cast<std::size_t>(items_.columns()) + 1);
    std::vector<const float*> rows;
    for (Index r = 0; r < out.users; ++r) {
      const Index u = profiles.user[static_cast<std::size_t>(r)];
      rows.push_back(u == kUnknown ? strangers.row(r).data() : users_.row(u).data());
      if (u != kUnknown || profiles.known[r].columns.empty()) continue;
      describe(profiles.known[r], known);
      for (std::size_t k = 0; k < known.size(); ++k)
        for (std::size_t c = 0; c + 1 < known.size(); ++c)
          strangers.row(r)[c] += known[k] * fold_.row(static_cast<std::int64_t>(k))[c];
    }
    panels_.score(rows, out);
  }

  void save(Writer& writer) const {
    const std::int64_t shape[] = {static_cast<std::int64_t>(bias_.size())};
    users_.save(writer, "users");
    items_.save(writer, "items");
    fold_.save(writer, "fold_in");
    writer.tensor("bias", {bias_.data(), Element::f32, shape});
  }
  /// Throws DataError where the parts do not fit together, the data, or so many factors.
  void load(const Reader& reader, std::int64_t factors = kAny) {
    const Extents data = extents_of(reader);
    users_ = items_ = {};  // what there was goes first
    users_ = FactorMatrix::load(reader, "users", data.users, factors);
    items_ = FactorMatrix::load(reader, "items", data.items, users_.columns());
    fold_ = FactorMatrix::load(reader, "fold_in", users_.columns() + 1, users_.columns());
    const auto bias = stored_list<float>(reader, "bias", items_.rows());
    bias_.assign(bias.begin(), bias.end());
    pack();
  }

  [[nodiscard]] static Need need(const TaskShape& task, int factors) {
    const std::int64_t floats = sizeof(float), small = 4 * FactorMatrix::bytes(factors + 1, factors + 1);
    const std::int64_t vectors = FactorMatrix::bytes(task.users + task.items, factors) + task.items * floats;
    const std::int64_t settled = FactorMatrix::bytes(task.users, factors + 1) + ItemPanels::bytes(task.items, factors) +
                                 small + FactorMatrix::saving_bytes(std::max(task.users, task.items), factors);
    return {.memory = vectors + settled + PairSampler::bytes(task.interactions) + (1 << 20),
            .saved = (task.users + task.items) * factors * floats + task.items * floats + small};
  }

 private:
  /// n^-½ Σ q_i over the profile, and a 1.
  void describe(const Row& profile, std::span<float> out) const {
    std::ranges::fill(out, 0.F);
    if (profile.columns.empty()) return;
    for (const Index i : profile.columns) {
      const auto q = items_.row(i);
      for (std::size_t k = 0; k < q.size(); ++k) out[k] += q[k];
    }
    const float norm = 1 / std::sqrt(static_cast<float>(profile.columns.size()));
    for (float& value : out) value *= norm;
    out.back() = 1;
  }

  void pack() { panels_.assign(items_.view(), bias_); }

  FactorMatrix users_, items_, fold_;  // fold_: [factors + 1 × factors]
  std::vector<float> bias_;
  ItemPanels panels_;
};

}  // namespace assay
