// Profiles of some users, copied together.

#include "eval/profile_batch.hpp"

#include "eval/metrics.hpp"

namespace assay {
namespace {

template <class T>
void append(std::vector<T>& to, std::span<const T> from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

void ProfileBatch::add(const EvaluationInput& input, Index user) {
  const Row profile = row_of(input.profiles, user);
  append(columns_, profile.columns);
  append(values_, profile.values);
  append(times_, profile.times);
  offsets_.push_back(static_cast<std::int64_t>(columns_.size()));
  user_.push_back(row_of(input.train, user).columns.empty() ? kUnknown : user);
}

}  // namespace assay
