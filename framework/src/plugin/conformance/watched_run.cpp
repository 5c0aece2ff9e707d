// A Run that watches the model that trains in it.

#include "plugin/conformance/watched_run.hpp"

#include <cmath>

#include "assay/errors.hpp"

#include "base/text.hpp"

namespace assay::conformance {
namespace {

class Alone final : public Group {
 public:
  [[nodiscard]] int rank() const noexcept override { return 0; }
  [[nodiscard]] int size() const noexcept override { return 1; }
  void sum(std::span<float>) override {}
  void broadcast(std::span<std::byte>, int) override {}
};

void note(std::string& place, const std::string& what) {
  if (place.empty()) place = what;
}

}  // namespace

WatchedRun::WatchedRun(RunOptions options) : options_(std::move(options)), epoch_(options_.first_epoch) {}

int WatchedRun::threads() const noexcept { return options_.executor ? options_.executor->threads() : 1; }

bool WatchedRun::told_to_stop() const noexcept { return options_.cancel_after >= 0 && calls_ > options_.cancel_after; }

bool WatchedRun::cancelled() const noexcept {
  call();
  return stopped_ || told_to_stop();
}

struct WatchedRun::Piece {
  const WatchedRun& run;
  void (*body)(void*, std::int64_t);
  void* context;
  static void work(void* raw, std::int64_t chunk) {
    const Piece& piece = *static_cast<const Piece*>(raw);
    piece.run.call();
    if (!piece.run.begun_ && piece.run.told_to_stop()) throw Cancelled();
    piece.body(piece.context, chunk);
  }
};

void WatchedRun::parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) {
  Piece piece{*this, body, context};
  (options_.executor ? *options_.executor : serial_executor()).parallel(chunks, &Piece::work, &piece);
}

int WatchedRun::begin(int /*epochs*/) {
  if (begun_) note(bad_loop_, "begin() was called twice");
  begun_ = true;
  if (options_.restore) options_.restore();
  return options_.first_epoch;
}

bool WatchedRun::next() {
  if (!begun_) note(bad_loop_, "next() was called before begin()");
  if (stopped_) note(bad_loop_, "training went on after next() returned false");
  ++epoch_;
  call();
  if (options_.validate) options_.validate();
  if (epoch_ >= options_.stop_after || told_to_stop()) stopped_ = true;
  return !stopped_;
}

void WatchedRun::progress(std::int64_t done, std::int64_t total) {
  call();
  if (done < 0 || total < 0 || done > total)
    note(bad_report_, "progress(" + std::to_string(done) + ", " + std::to_string(total) + ")");
}

void WatchedRun::loss(std::string_view series, double value) {
  ++losses_;
  call();
  if (!begun_ && !outside_.emplace(series).second) note(repeated_outside_, std::string(series));
  if (series.empty()) note(bad_report_, "a loss without a name");
  if (!std::isfinite(value))
    note(bad_report_,
         "loss \"" + std::string(series) + "\" is " + shortest(value) + " in epoch " + std::to_string(epoch_ + 1));
}

void WatchedRun::measure(std::string_view series, double) {
  if (series.empty()) note(bad_report_, "a measure without a name");
}

Random WatchedRun::random(std::string_view purpose, std::uint64_t index) const {
  call();
  std::uint64_t key = 14695981039346656037U;  // FNV-1a over the purpose, then the mixer of Random's own first draws
  for (const char c : purpose) key = (key ^ static_cast<unsigned char>(c)) * 1099511628211U;
  key = Random(key ^ options_.seed * 0x9E3779B97F4A7C15U).bits();
  return Random(Random(key ^ index).bits());
}

void WatchedRun::artifact(std::string_view name, std::span<const std::byte>) {
  if (name.empty()) note(bad_report_, "an artifact without a name");
}

Group& WatchedRun::group() {
  static Alone alone;
  return alone;
}

}  // namespace assay::conformance
