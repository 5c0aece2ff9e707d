// Splits over a log in canonical order.

#include "data/split.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "assay/errors.hpp"
#include "assay/random.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "data/json.hpp"

namespace assay {
namespace {

using Place = std::size_t;

/// Draws of one purpose: Philox keyed by the first eight bytes (little-endian) of SHA-256("assay split PURPOSE SEED").
/// User u draws from position u·2^32 on, so that users do not disturb each other.
class Streams {
 public:
  Streams(const SplitSpec& split, const char* purpose) {
    const std::string digest = sha256_hex(std::string("assay split ") + purpose + " " + std::to_string(split.seed));
    for (unsigned i = 0; i < 8; ++i) key_ |= std::uint64_t{std::stoul(digest.substr(2 * i, 2), nullptr, 16)} << (8 * i);
  }
  [[nodiscard]] Random of(Place user) const { return Random(key_, static_cast<std::uint64_t>(user) << 32); }

 private:
  std::uint64_t key_ = 0;
};

struct Held {
  Place test, validation;
};

/// Rounded shares of `all`; of the `available` ones at least one stays in train, and validation gives way first.
Held held_out(Place all, Place available, double test, double validation) {
  const auto share = [&](double p) { return static_cast<Place>(std::floor(static_cast<double>(all) * p + .5)); };
  const Place most = available > 0 ? available - 1 : 0, tests = std::min(share(test), most);
  return {tests, std::min(share(validation), most - tests)};
}

Held held_out(Place n, const SplitSpec& split) {
  if (split.strategy != SplitStrategy::leave_one_out) return held_out(n, n, split.test, split.validation);
  const Place test = n >= 2 ? 1 : 0;
  return {test, split.validation > 0 && n >= 3 ? Place{1} : Place{0}};
}

/// body(user, first place, number of places)
template <class Body>
void for_users(const LogView& log, Body&& body) {
  for (Place u = 0; u + 1 < log.offsets.size(); ++u) {
    const auto begin = static_cast<Place>(log.offsets[u]);
    body(u, begin, static_cast<Place>(log.offsets[u + 1]) - begin);
  }
}

/// Brings `count` of the places, drawn at random, to the front (the first steps of Fisher–Yates).
void draw(std::span<Place> places, Place count, Random random) {
  for (Place i = 0; i < count; ++i) std::swap(places[i], places[i + random.below(places.size() - i)]);
}

void mark(std::vector<Part>& parts, std::span<const Place> places, const Held& held) {
  for (Place i = 0; i < held.test; ++i) parts[places[i]] = Part::test;
  for (Place i = held.test; i < held.test + held.validation; ++i) parts[places[i]] = Part::validation;
}

void random_by_user(const LogView& log, const SplitSpec& split, std::vector<Part>& parts) {
  const Streams streams(split, "user");
  std::vector<Place> places;
  for_users(log, [&](Place user, Place begin, Place n) {
    const Held held = held_out(n, split);
    places.resize(n);
    std::iota(places.begin(), places.end(), begin);
    draw(places, held.test + held.validation, streams.of(user));
    mark(parts, places, held);
  });
}

/// Selection sampling: exact counts in one pass without memory (Knuth, TAOCP 2, 3.4.2, algorithm S).
void random_over_all(const SplitSpec& split, std::vector<Part>& parts) {
  Held left = held_out(parts.size(), split);
  Random random = Streams(split, "all").of(0);
  for (Place i = 0; i < parts.size(); ++i) {
    const auto drawn = static_cast<Place>(random.below(parts.size() - i));
    if (drawn < left.test) {
      parts[i] = Part::test;
      --left.test;
    } else if (drawn < left.test + left.validation) {
      parts[i] = Part::validation;
      --left.validation;
    }
  }
}

/// The last of each user by (time, item).
void latest_by_user(const LogView& log, const SplitSpec& split, std::vector<Part>& parts) {
  std::vector<Place> places;
  for_users(log, [&](Place, Place begin, Place n) {
    places.resize(n);
    std::iota(places.begin(), places.end(), begin);
    std::sort(places.begin(), places.end(), [&](Place a, Place b) {  // places of a user ascend with the item
      return std::tuple(log.time[a], a) > std::tuple(log.time[b], b);
    });
    mark(parts, places, held_out(n, split));
  });
}

/// Moves the `count` last train interactions, by (time, item, user), to another part.
void move_latest(const LogView& log, std::vector<Part>& parts, Place count, Part to) {
  if (count == 0) return;
  std::vector<std::int64_t> times;
  for (Place i = 0; i < parts.size(); ++i)
    if (parts[i] == Part::train) times.push_back(log.time[i]);
  const auto cut = times.end() - static_cast<std::ptrdiff_t>(count);
  std::nth_element(times.begin(), cut, times.end());
  const std::int64_t limit = *cut;
  std::vector<std::pair<Index, Place>> ties;  // places ascend with the user
  for (Place i = 0; i < parts.size(); ++i) {
    if (parts[i] != Part::train || log.time[i] < limit) continue;
    if (log.time[i] == limit) {
      ties.emplace_back(log.item[i], i);
    } else {
      parts[i] = to;
      --count;
    }
  }
  std::sort(ties.begin(), ties.end());
  for (Place i = ties.size() - count; i < ties.size(); ++i) parts[ties[i].second] = to;
}

void by_global_time(const LogView& log, const SplitSpec& split, std::vector<Part>& parts) {
  if (!split.test_from_ms) {
    const Held held = held_out(parts.size(), split);
    move_latest(log, parts, held.test, Part::test);
    move_latest(log, parts, held.validation, Part::validation);
    return;
  }
  for (Place i = 0; i < parts.size(); ++i) {
    if (log.time[i] >= *split.test_from_ms)
      parts[i] = Part::test;
    else if (split.validation_from_ms && log.time[i] >= *split.validation_from_ms)
      parts[i] = Part::validation;
  }
}

/// The reader's parts; a validation part is cut from train where one is asked for and the data has none.
void by_given_parts(const LogView& log, const SplitSpec& split, std::vector<Part>& parts) {
  if (log.part.empty())
    throw DataError(
        "the split is \"given\", but the data does not say which interactions are train and which are test: "
        "name a test file in the dataset's parameters, or choose another split");
  bool has_validation = false;
  for (Place i = 0; i < parts.size(); ++i) {
    if (log.part[i] != Part::all) parts[i] = log.part[i];
    has_validation |= parts[i] == Part::validation;
  }
  if (has_validation || split.validation <= 0) return;
  const Streams streams(split, "user");
  std::vector<Place> places;
  for_users(log, [&](Place user, Place begin, Place n) {
    places.clear();
    for (Place i = begin; i < begin + n; ++i)
      if (parts[i] == Part::train) places.push_back(i);
    const Held held = held_out(n, places.size(), 0, split.validation);
    draw(places, held.validation, streams.of(user));
    mark(parts, places, held);
  });
}

void check_definition(const LogView& log, const SplitSpec& split) {
  const bool shares = split.test >= 0 && split.validation >= 0 && split.test + split.validation < 1;
  if (!shares && split.strategy != SplitStrategy::leave_one_out)
    throw ConfigError("split: test (" + shortest(split.test) + ") and validation (" + shortest(split.validation) +
                      ") are shares: neither is below 0, and together they are below 1");
  if (split.validation_from_ms && (!split.test_from_ms || *split.validation_from_ms >= *split.test_from_ms))
    throw ConfigError("split: \"validation_from\" needs a later \"test_from\"");
  const bool timely = split.strategy == SplitStrategy::temporal_user ||
                      split.strategy == SplitStrategy::temporal_global ||
                      (split.strategy == SplitStrategy::leave_one_out && split.last_by_time);
  if (timely && log.time.empty())
    throw DataError(
        "the split goes by time, but the data has no times: name the column of times in the dataset's "
        "parameters, or choose a random split");
}

void check_result(const SplitSpec& split, std::span<const Part> parts) {
  const auto train = std::count(parts.begin(), parts.end(), Part::train);
  const auto test = std::count(parts.begin(), parts.end(), Part::test);
  const bool wanted = split.test > 0 || split.strategy == SplitStrategy::given || split.test_from_ms;
  if (train > 0 && (test > 0 || !wanted)) return;
  std::string text = "the split leaves nothing to " + std::string(train == 0 ? "train" : "test") + " of " +
                     std::to_string(parts.size()) + " interactions: ";
  if (split.strategy == SplitStrategy::given)
    text += "the data has no such part";
  else if (split.test_from_ms)
    text += "\"test_from\" lies outside the data's times";
  else
    text +=
        "users have too few interactions for shares of their own. Filter with a user_core, or split over all "
        "interactions (\"per_user\": false)";
  throw DataError(text);
}

}  // namespace

std::vector<Part> assign_parts(const LogView& log, const SplitSpec& split) {
  check_definition(log, split);
  std::vector<Part> parts(static_cast<Place>(log.size()), Part::train);
  switch (split.strategy) {
    case SplitStrategy::given:
      by_given_parts(log, split, parts);
      break;
    case SplitStrategy::random_holdout:
      split.per_user ? random_by_user(log, split, parts) : random_over_all(split, parts);
      break;
    case SplitStrategy::leave_one_out:
      split.last_by_time ? latest_by_user(log, split, parts) : random_by_user(log, split, parts);
      break;
    case SplitStrategy::temporal_user:
      latest_by_user(log, split, parts);
      break;
    case SplitStrategy::temporal_global:
      by_global_time(log, split, parts);
      break;
  }
  check_result(split, parts);
  return parts;
}

SplitSpec normalised(const SplitSpec& split) {
  SplitSpec out;
  out.strategy = split.strategy;
  out.validation = split.validation;
  const bool points = split.strategy == SplitStrategy::temporal_global && split.test_from_ms;
  bool random = split.strategy == SplitStrategy::random_holdout;
  if (split.strategy == SplitStrategy::given) random = split.validation > 0;
  if (split.strategy == SplitStrategy::leave_one_out) {
    out.last_by_time = split.last_by_time;
    out.validation = split.validation > 0 ? 1 : 0;
    random = !split.last_by_time;
  } else if (split.strategy != SplitStrategy::given && !points) {
    out.test = split.test;
  }
  if (points) {
    out.validation = 0;
    out.test_from_ms = split.test_from_ms;
    out.validation_from_ms = split.validation_from_ms;
  }
  if (split.strategy == SplitStrategy::random_holdout) out.per_user = split.per_user;
  if (random) out.seed = split.seed;
  return out;
}

std::string fingerprint(const SplitSpec& split) { return sha256_hex("assay split 1\n" + to_json(normalised(split))); }

}  // namespace assay
