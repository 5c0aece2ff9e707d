// Small experiments that are disturbed, and the processes around them.

#include "faults.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.hpp"

namespace assay {

void Faults::SetUp() {
  Laboratory::SetUp();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  experiment("small", {R"({"plugin": "walker", "params": {"epochs": 12}})", R"({"plugin": "popularity"})"},
             R"("seeds": [1, 2], "training": {"validate_every": 2, "patience": 0, "checkpoint_every": 1},
                "backend": {"plugin": "local", "params": {"jobs": 2}})");
  ASSERT_EQ(::mkfifo(gate().c_str(), 0600), 0);
}

pid_t Faults::start_until_the_gate(const Variables& more) const {
  Variables variables = more;
  variables["ASSAY_TEST_GATE"] = gate();
  const pid_t runner = start_runner({"run", file(), "seeds=[1]", "backend.params.jobs=1"}, variables);
  wait_at_the_gate();
  return runner;
}

void Faults::wait_at_the_gate() const {
  const int fd = ::open(gate().c_str(), O_RDONLY);
  char byte = 0;
  EXPECT_EQ(::read(fd, &byte, 1), 1);
  ::close(fd);
  while (statuses()["walker"] != "running") {  // the recorder writes a few times a second
  }
}

pid_t Faults::worker_of(pid_t runner) const {
  for (const pid_t child : children_of(runner)) return child;
  ADD_FAILURE() << "there is no worker";
  return -1;
}

std::string Faults::said() const {
  const auto log = folder_ / "runner.err";
  return std::filesystem::exists(log) ? read_file(log) : "";
}

void Faults::await(const std::string& words) const {
  while (said().find(words) == std::string::npos) {
  }
}

std::vector<std::string> Faults::results() const {
  return ask(
      "SELECT er.label || ' ' || coalesce(r.seed, '-') || ' ' || r.result_sha256 || ' ' || coalesce((SELECT "
      "group_concat(p.kind || p.series || p.epoch || '=' || coalesce(p.value, p.code), ';') FROM (SELECT * FROM points "
      "WHERE run_id = r.id ORDER BY kind, series, epoch) p), '') FROM experiment_runs er JOIN runs r ON r.id = "
      "er.run_id "
      "WHERE r.status = 'done' AND er.experiment_id = (SELECT max(id) FROM experiments) ORDER BY er.label, r.seed");
}

void await_orphans() {
  while (::wait(nullptr) > 0 || errno == EINTR) {
  }
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string line;
    if (!std::isdigit(entry.path().filename().string()[0]) || !std::getline(stat, line)) continue;
    const auto end = line.rfind(") ");  // the name before it may hold anything
    if (end != std::string::npos && std::stoi(line.substr(end + 4)) == parent)
      out.push_back(std::stoi(entry.path().filename().string()));
  }
  return out;
}

std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out[entry.path().string()] = read_file(entry.path());
  return out;
}

}  // namespace assay
