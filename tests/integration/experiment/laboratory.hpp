#pragma once  // A folder with small data, where experiments are run by the real `runner`.

#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace assay {

struct Finished {
  int exit_code = -1;
  std::string out, err;
};

class Laboratory : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  /// Writes NAME.json: the shop, a split with validation, these models (JSON texts), and more members.
  void experiment(const std::string& name, const std::vector<std::string>& models, const std::string& more = "") const;
  /// Stores a finished run of an experiment `earlier`. TearDown sees that whatever happened later left it as it was.
  void begin_with_a_finished_run();
  /// `runner WORDS --db … --cache-dir … --plugin-path …`, in the folder.
  Finished runner(std::vector<std::string> words) const;
  /// The same without waiting; its stderr goes to runner.err. The variables are set for it.
  pid_t start_runner(std::vector<std::string> words, const std::map<std::string, std::string>& variables) const;
  /// First column of the rows of a query; NULL is "".
  [[nodiscard]] std::vector<std::string> ask(const std::string& sql) const;
  /// Status by label, of the newest experiment.
  [[nodiscard]] std::map<std::string, std::string> statuses() const;
  [[nodiscard]] virtual std::filesystem::path database() const { return folder_ / "r.db"; }
  [[nodiscard]] virtual std::filesystem::path cache() const { return folder_ / "cache"; }

  /// The words of such a command line.
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> words) const;

  std::filesystem::path folder_;

 private:
  [[nodiscard]] std::vector<std::string> earlier() const;
  std::vector<std::string> earlier_;
};

/// Waits for the process; its exit code, or 128 + signal.
int wait_for(pid_t process);

}  // namespace assay
