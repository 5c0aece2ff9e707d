// Detects and undoes changes of the floating point environment, without instructions of one processor.

#include "trial/float_environment.hpp"

#include <atomic>
#include <cfenv>
#include <latch>
#include <limits>

namespace assay {
namespace {

struct Visit {
  std::latch everyone;
  std::atomic<bool> changed{false};
};

void restore_here(void* context, std::int64_t) {
  Visit& visit = *static_cast<Visit*>(context);
  visit.everyone.arrive_and_wait();  // no thread can take a second chunk, so each takes one
  if (!float_environment_changed()) return;
  visit.changed.store(true);
  std::fesetenv(FE_DFL_ENV);
}

}  // namespace

bool float_environment_changed() noexcept {
  volatile float smallest_normal = std::numeric_limits<float>::min();
  volatile float denormal = smallest_normal * 0.5f;  // 0: results are flushed (FTZ)
  volatile float back = std::numeric_limits<float>::denorm_min();
  volatile float doubled = back * 0x1p+100f;  // 0: operands are flushed (DAZ)
  return denormal == 0.0f || doubled == 0.0f || std::fegetround() != FE_TONEAREST;
}

bool restore_float_environment(Executor& executor) {
  const int threads = executor.threads();
  Visit visit{std::latch(threads)};
  executor.parallel(threads, &restore_here, &visit);
  return visit.changed.load();
}

}  // namespace assay
