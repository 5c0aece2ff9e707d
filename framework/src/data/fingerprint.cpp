// The fingerprint of a set of interactions: SHA-256 of a canonical byte stream.

#include "base/hash.hpp"
#include "data/log.hpp"

namespace assay {
namespace {

void add_number(Sha256& hash, std::int64_t number) { hash.add_values(std::span<const std::int64_t>(&number, 1)); }

void add_ids(Sha256& hash, const IdsView& ids) {
  hash.add(ids.numeric() ? "n" : "t");
  add_number(hash, ids.size());
  hash.add_values(ids.numbers);
  hash.add_values(ids.offsets);
  hash.add(ids.bytes);
}

/// A column that may be absent: "-", or "+" and the values.
template <class T>
void add_column(Sha256& hash, std::span<const T> values) {
  hash.add(values.empty() ? "-" : "+");
  hash.add_values(values);
}

}  // namespace

std::string fingerprint(const IdsView& users, const IdsView& items, const LogView& log,
                        std::span<const std::string> behaviours) {
  Sha256 hash;
  hash.add("assay interactions 1\n");
  add_ids(hash, users);
  add_ids(hash, items);
  add_number(hash, log.size());
  hash.add_values(log.offsets);
  hash.add_values(log.item);
  hash.add_values(log.value);
  add_column(hash, log.time);
  add_column(hash, log.part);
  add_column(hash, log.behaviour);
  if (!log.behaviour.empty()) {
    for (const auto& word : behaviours) {
      add_number(hash, static_cast<std::int64_t>(word.size()));
      hash.add(word);
    }
  }
  return hash.hex();
}

}  // namespace assay
