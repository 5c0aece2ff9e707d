#pragma once  // A backend runs worker processes somewhere. It knows nothing of models; the manifest tells how a trial
              // went.
#include "assay/component.hpp"
#include "assay/export.hpp"
#include "assay/interactions.hpp"

namespace assay {

struct Resources {
  int processes, threads;
  std::int64_t memory_bytes, seconds;
};  ///< processes > 1: a gang; 0: no limit
struct InputFile {
  std::string_view path, sha256;
  std::int64_t bytes;
};
struct Attempt {
  std::string_view id;      ///< globally unique, [a-z0-9-]{1,40}: good as a job's and as a folder's name
  std::string_view label;   ///< the controller's campaign: what list() finds again after a crash
  std::string_view folder;  ///< here; holds attempt.json
  std::span<const std::string_view> command,
      environment;                    ///< argv; NAME=value. "{folder}" and "{inputs}" are to be replaced
  std::span<const InputFile> inputs;  ///< plugins, libassay, prepared data: to be sent where our files cannot be seen
  Resources resources;
};

enum class AttemptState : std::uint8_t { queued, running, ended, preempted, lost };
/// `reason`: "timeout" and "out of memory" where the backend knows that; else empty or words for the user.
struct AttemptStatus {
  std::string_view id;
  AttemptState state;
  int exit_code, signal;
  std::string_view reason, host;
};
class ASSAY_EXPORT StatusSink {
 public:
  virtual ~StatusSink();
  virtual void status(const AttemptStatus&) = 0;
};
class ASSAY_EXPORT ByteSink {
 public:
  virtual ~ByteSink();
  virtual void bytes(std::span<const std::byte>) = 0;
};

/// Called from one thread of the framework, which may be blocked for seconds without harm. Failures that a retry may
/// cure throw Unavailable, others PluginError.
class ASSAY_EXPORT Backend {
 public:
  static constexpr Kind kKind = Kind::backend;
  static constexpr const char* kInterface = "backend";
  virtual ~Backend();
  [[nodiscard]] virtual Resources
  capacity() = 0;  ///< all that may run at once: the framework keeps Σ processes·threads below it
  virtual void submit(const Attempt&) = 0;  ///< a second time with the same id: does nothing
  virtual void list(std::string_view label,
                    StatusSink&) = 0;  ///< every attempt of the label it still knows, in one question
  virtual void cancel(std::string_view id,
                      bool by_force) = 0;  ///< asks (SIGTERM), or ends the whole process tree; unknown id: nothing
  /// Bytes of a file of the attempt's folder from `offset` on, also while it runs (events, manifest, log, checkpoint).
  /// Absent: none.
  virtual void read(std::string_view id, std::string_view file, std::int64_t offset, ByteSink&) = 0;
  virtual void forget(std::string_view id) = 0;  ///< free what it keeps; after the manifest was stored
};

}  // namespace assay
