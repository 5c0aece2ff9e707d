#pragma once  // A backend without processes: the test says what becomes of an attempt.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "assay/backend.hpp"
#include "assay/errors.hpp"

namespace assay {

class FakeBackend final : public Backend {
 public:
  struct Job {
    AttemptState state = AttemptState::running;
    int exit_code = 0, signal = 0;
    std::string reason;
    bool hidden = false;  // the listing does not name it
    Resources resources{};
  };
  Resources capacity_{2, 2, 0, 0};
  std::map<std::string, Job> jobs;
  std::map<std::string, std::string> files;  // "id/name"
  std::vector<std::string> submitted, cancelled, killed, forgotten;
  int unavailable = 0;  // so many submits fail
  bool refuses = false, deaf = false;

  Resources capacity() override { return capacity_; }
  void submit(const Attempt& a) override {
    if (unavailable > 0 && unavailable--) throw Unavailable("busy");
    if (refuses) throw PluginError("no such queue");
    submitted.emplace_back(a.id);
    jobs[std::string(a.id)].resources = a.resources;
  }
  void list(std::string_view, StatusSink& sink) override {
    if (deaf) throw Unavailable("the network is down");
    for (const auto& [id, job] : jobs)
      if (!job.hidden) sink.status({id, job.state, job.exit_code, job.signal, job.reason, "node7"});
  }
  void cancel(std::string_view id, bool by_force) override { (by_force ? killed : cancelled).emplace_back(id); }
  void read(std::string_view id, std::string_view file, std::int64_t offset, ByteSink& sink) override {
    const auto found = files.find(std::string(id) + "/" + std::string(file));
    if (found == files.end() || offset >= static_cast<std::int64_t>(found->second.size())) return;
    sink.bytes(std::as_bytes(std::span(found->second)).subspan(static_cast<std::size_t>(offset)));
  }
  void forget(std::string_view id) override {
    forgotten.emplace_back(id);
    jobs.erase(std::string(id));
  }

  void end(const std::string& id, AttemptState state = AttemptState::ended) { jobs.at(id).state = state; }
  [[nodiscard]] std::int64_t running() const {
    return std::ranges::count(jobs, AttemptState::running, [](const auto& entry) { return entry.second.state; });
  }
};

}  // namespace assay
