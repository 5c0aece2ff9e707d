#pragma once  // What the tests of faults share: small experiments, processes, and whether a database is sound.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "laboratory.hpp"

namespace assay {

using Variables = std::map<std::string, std::string>;

/// Orphans of what a test starts become the test's own children, so that it can wait for them.
class Faults : public Laboratory {
 protected:
  void SetUp() override;
  [[nodiscard]] std::string file() const { return (folder_ / "small.json").string(); }
  /// Starts it where the walker waits in its sixth epoch, and returns when it does.
  pid_t start_until_the_gate(const Variables& more = {}) const;
  void wait_at_the_gate() const;
  /// The worker that waits there.
  [[nodiscard]] pid_t worker_of(pid_t runner) const;
  /// What the runners that were started without waiting have said so far.
  [[nodiscard]] std::string said() const;
  /// Returns when one of them has said that.
  void await(const std::string& words) const;
  /// One line a trial of the newest experiment that is done: label, seed, result_sha256 and its whole curve.
  [[nodiscard]] std::vector<std::string> results() const;
  [[nodiscard]] std::string gate() const { return (folder_ / "gate").string(); }
};

/// Waits until no child is left: of those that the test started and of the orphans that it inherited.
void await_orphans();

/// Ids of the processes whose parent this is.
[[nodiscard]] std::vector<pid_t> children_of(pid_t parent);

/// What is wrong with a results database: SQLite's own checks, and rows that only half exist. Empty: it is sound.
[[nodiscard]] std::vector<std::string> faults_of(const std::filesystem::path& database);

/// Content of every file in a folder, by name.
[[nodiscard]] std::map<std::string, std::string> contents(const std::filesystem::path& folder);

}  // namespace assay
