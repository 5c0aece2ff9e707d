// Judges how an attempt went.

#include "jobs/trial_outcome.hpp"

#include <csignal>
#include <cstring>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "jobs/event_tail.hpp"
#include "trial/attempt.hpp"
#include "trial/manifest.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kLogTail = 4096;
constexpr std::uintmax_t kNoRoom = 65536;  // bytes

/// Files that a backend elsewhere has and we do not see.
void fetch(Backend& backend, const AttemptOrder& attempt) {
  for (const char* name : {kManifestFile, kEvaluationFile, kModelFile, kModelSideFile, kLogFile}) {
    if (fs::exists(attempt.folder / name)) continue;
    const std::string content = read_through(backend, attempt.id, name, 0);
    if (!content.empty()) write_file_atomically(attempt.folder / name, content);
  }
}

std::string log_tail(const fs::path& folder) {
  if (!fs::exists(folder / kLogFile)) return {};
  const std::string text = read_end(folder / kLogFile, kLogTail + 1);
  if (text.size() <= kLogTail) return text;
  const auto line = text.find('\n');  // the byte too many may be the end of the line before
  return text.substr(line == std::string::npos || line + 1 == text.size() ? 1 : line + 1);
}

/// A worker on a full disk can neither write its manifest nor say why.
bool disk_is_full(const fs::path& folder) {
  std::error_code unknown;
  const fs::space_info space = fs::space(folder, unknown);
  return !unknown && space.available < kNoRoom;
}

std::string signal_text(int signal) {
  const char* name = ::sigabbrev_np(signal);
  const char* meaning = ::sigdescr_np(signal);
  return (name ? "SIG" + std::string(name) : "signal " + std::to_string(signal)) +
         (meaning ? " (" + std::string(meaning) + ")" : "");
}

/// Of an attempt without a manifest.
void explain(const AttemptOrder& attempt, const AttemptEnd& end, bool stopping, RunEnded& run) {
  const auto is = [&](RunStatus status, std::string reason) {
    run.status = status;
    run.reason = std::move(reason);
  };
  if (end.state == AttemptState::lost) return is(RunStatus::lost, "the backend lost it: " + end.reason);
  if (end.state == AttemptState::preempted)
    return is(RunStatus::lost, "the backend took its place away: " + end.reason);
  if (end.reason == "timeout") return is(RunStatus::timeout, "took longer than its time limit and was ended");
  if (end.reason == "out of memory")
    return is(RunStatus::out_of_memory, "the machine ran out of memory, and the kernel ended it");
  if (stopping && end.signal == SIGTERM) return is(RunStatus::cancelled, "cancelled as it began");
  if (stopping) return is(RunStatus::cancelled, "cancelled; it did not stop by itself and was ended");
  if (end.signal != 0) return is(RunStatus::crashed, "crashed with " + signal_text(end.signal));
  if (disk_is_full(attempt.folder))
    return is(RunStatus::failed, "the disk is full: No space left for the files in " + attempt.folder.string());
  is(RunStatus::crashed, "ended with exit code " + std::to_string(end.exit_code) + " and left no manifest" +
                             (end.reason.empty() ? "" : ": " + end.reason));
}

void judge(const AttemptOrder& attempt, const AttemptEnd& end, bool stopping, RunEnded& run) {
  if (!fs::exists(attempt.folder / kManifestFile)) return explain(attempt, end, stopping, run);
  try {
    Manifest manifest = read_manifest(attempt.folder);
    if (manifest.attempt != attempt.id)
      throw DataError((attempt.folder / kManifestFile).string(), 0, "is of attempt " + manifest.attempt);
    run = std::move(manifest.run);
    if (run.status == RunStatus::cancelled && end.reason == "timeout") {
      run.status = RunStatus::timeout;
      run.reason = "took longer than its time limit and stopped";
    }
    if (end.signal != 0) run.tags.emplace_back("worker_signal", std::to_string(end.signal));
  } catch (const DataError& e) {
    run = {};
    run.status = RunStatus::failed;
    run.reason = e.what();
  }
}

}  // namespace

RunEnded outcome_of(Backend& backend, const AttemptOrder& attempt, const AttemptEnd& end, bool stopping) {
  RunEnded run;
  fetch(backend, attempt);
  judge(attempt, end, stopping, run);
  run.time_ms = now_ms();
  if (run.status != RunStatus::done) run.log_tail = log_tail(attempt.folder);
  return run;
}

}  // namespace assay
