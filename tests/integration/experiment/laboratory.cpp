// A folder with small data.

#include "laboratory.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/random.hpp"

#include "base/hash.hpp"
#include "plugin/child.hpp"
#include "results/database.hpp"

namespace assay {

void Laboratory::SetUp() {
  ::setenv("ASAN_OPTIONS", "handle_segv=0", 1);  // the runner's: a crash of a worker must be one
  folder_ = std::filesystem::path(testing::TempDir()) / ("assay-" + make_uid());
  std::filesystem::create_directories(folder_);
  std::ofstream shop(folder_ / "shop.csv");
  shop << "user,item\n";
  Random random(5);
  for (int user = 0; user < 60; ++user)
    for (int n = 0; n < 12; ++n) {
      const double u = random.uniform();
      shop << "u" << user << ",i" << static_cast<int>(40 * u * u) << "\n";
    }
}

void Laboratory::TearDown() {
  if (!earlier_.empty()) {
    EXPECT_EQ(earlier(), earlier_) << "a run that was committed before has changed or is gone";
  }
  std::filesystem::remove_all(folder_);
}

void Laboratory::begin_with_a_finished_run() {
  experiment("earlier", {R"({"plugin": "popularity"})"});
  const Finished run = runner({"run", (folder_ / "earlier.json").string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  earlier_ = earlier();
  ASSERT_EQ(earlier_.size(), 1U);
}

std::vector<std::string> Laboratory::earlier() const {
  return ask(
      "SELECT r.uid || ' ' || r.status || ' ' || r.result_sha256 FROM runs r JOIN experiments e ON e.id = "
      "r.experiment_id WHERE e.name = 'earlier'");
}

void Laboratory::experiment(const std::string& name, const std::vector<std::string>& models,
                            const std::string& more) const {
  std::ofstream out(folder_ / (name + ".json"));
  out << R"({"name": ")" << name << R"(",
 "datasets": [{"plugin": "csv", "params": {"path": "shop.csv", "user": "user", "item": "item"}}],
 "split": {"strategy": "random_holdout", "test": 0.2, "validation": 0.2, "seed": 1},
 "models": [)";
  for (std::size_t i = 0; i < models.size(); ++i) out << (i ? ", " : "") << models[i];
  out << "]" << (more.empty() ? "" : ", ") << more << "}\n";
}

std::vector<std::string> Laboratory::command(std::vector<std::string> words) const {
  std::vector<std::string> out{ASSAY_RUNNER};
  out.insert(out.end(), words.begin(), words.end());
  for (const std::string& word : {std::string("--db"), database().string(), std::string("--cache-dir"),
                                  cache().string(), std::string("--plugin-path"), std::string(ASSAY_BAD_PLUGINS)})
    out.push_back(word);
  return out;
}

Finished Laboratory::runner(std::vector<std::string> words) const {
  const auto argv = command(std::move(words));
  const ChildResult child = run_child(argv, 120);
  return {child.exit_code, child.out, child.err};
}

pid_t Laboratory::start_runner(std::vector<std::string> words,
                               const std::map<std::string, std::string>& variables) const {
  const auto argv = command(std::move(words));
  const pid_t process = ::fork();
  if (process != 0) return process;
  ::signal(SIGINT, SIG_DFL);  // the shell that started the tests may have it ignored
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  const int err = ::open((folder_ / "runner.err").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(err, 1);
  ::dup2(err, 2);
  std::vector<char*> pointers;
  for (const std::string& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  ::execv(pointers[0], pointers.data());
  ::_exit(127);
}

int wait_for(pid_t process) {
  int status = 0;
  ::waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> Laboratory::ask(const std::string& sql) const {
  Database db(database(), Database::Access::read);
  Statement& rows = db.prepare(sql);
  std::vector<std::string> out;
  while (rows.step()) out.push_back(rows.text(0));
  return out;
}

std::map<std::string, std::string> Laboratory::statuses() const {
  std::map<std::string, std::string> out;
  for (const std::string& line :
       ask("SELECT er.label || '=' || r.status FROM experiment_runs er JOIN runs r ON r.id = er.run_id "
           "WHERE er.experiment_id = (SELECT max(id) FROM experiments)")) {
    const auto sign = line.find('=');
    out[line.substr(0, sign)] = line.substr(sign + 1);
  }
  return out;
}

}  // namespace assay
