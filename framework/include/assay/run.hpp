#pragma once  // What a model sees of the outside while it trains: epochs, losses, randomness, threads, stored state.
#include "assay/export.hpp"
#include "assay/interactions.hpp"
#include "assay/random.hpp"

namespace assay {

class ASSAY_EXPORT Writer {  ///< becomes one safetensors file
 public:
  virtual ~Writer();
  virtual void tensor(std::string_view name, const Tensor&) = 0;
  virtual void text(std::string_view name, std::string_view) = 0;
};
class ASSAY_EXPORT Reader {  ///< views live as long as the Reader; a missing name throws DataError
 public:
  virtual ~Reader();
  [[nodiscard]] virtual Tensor tensor(std::string_view name) const = 0;
  [[nodiscard]] virtual std::string_view text(std::string_view name) const = 0;
};

/// The processes that train one model together; alone, size() is 1. Sums are made in rank order.
class ASSAY_EXPORT Group {
 public:
  virtual ~Group();
  [[nodiscard]] virtual int rank() const noexcept = 0;
  [[nodiscard]] virtual int size() const noexcept = 0;
  virtual void sum(std::span<float>) = 0;
  virtual void broadcast(std::span<std::byte>, int root) = 0;
};

/// Threads that share work; one pool a process.
class ASSAY_EXPORT Executor {
 public:
  virtual ~Executor();
  [[nodiscard]] virtual int threads() const noexcept = 0;
  /// body(context, chunk) for every chunk once, in any order, on the one pool. Cut by size, never by threads(); nested:
  /// serial. An exception of a body is rethrown here after the others ended.
  virtual void parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) = 0;
};
/// An executor that does everything on the calling thread.
[[nodiscard]] ASSAY_EXPORT Executor& serial_executor() noexcept;

/// body(begin, end) for consecutive ranges of at most `grain` that cover [0, count).
template <class Body>
void for_ranges(Executor& executor, std::int64_t count, std::int64_t grain, Body&& body) {
  struct Context {
    Body& body;
    std::int64_t count, grain;
  } context{body, count, grain};
  executor.parallel((count + grain - 1) / grain,
                    [](void* raw, std::int64_t chunk) {
                      auto& c = *static_cast<Context*>(raw);
                      const std::int64_t begin = chunk * c.grain;
                      c.body(begin, begin + c.grain < c.count ? begin + c.grain : c.count);
                    },
                    &context);
}

/// A model's window on the outside, one per attempt; for fit()'s thread. Cancelled, parallel() throws outside epochs.
class ASSAY_EXPORT Run : public Executor {
 public:
  ~Run() override;
  /// Begins iterative training. Returns the epochs already done: 0, or those of the checkpoint just loaded into the
  /// model.
  [[nodiscard]] virtual int begin(int epochs) = 0;
  /// Ends an epoch: progress, checkpoint, validation when due (calls the model's score() and save()), early stopping,
  /// cancellation, divergence. False: leave fit() by return; the framework then loads the best checkpoint.
  [[nodiscard]] virtual bool next() = 0;
  virtual void progress(std::int64_t done, std::int64_t total) = 0;  ///< of a fit without epochs, which tell their own
  [[nodiscard]] virtual bool cancelled() const noexcept = 0;         ///< for loops inside a long epoch; any thread
  virtual void loss(std::string_view series, double value) = 0;  ///< of this epoch; not finite: the run is `diverged`
  virtual void measure(std::string_view series, double value) = 0;  ///< any other curve; NaN is just stored
  /// A fresh stream, fixed by (seed, purpose, index). Nothing to checkpoint: ask again with the epoch or step as index.
  [[nodiscard]] virtual Random random(std::string_view purpose, std::uint64_t index) const = 0;
  [[nodiscard]] virtual const Reader* input(
      std::string_view name) const = 0;  ///< another run's model (transfer, distillation) or null
  virtual void artifact(std::string_view name, std::span<const std::byte>) = 0;  ///< again with the same name: appends
  [[nodiscard]] virtual Group& group() = 0;
};

}  // namespace assay
