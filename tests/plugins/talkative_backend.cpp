// A backend that prints, in the controller's own process: runs one worker at a time, while submit() waits.

#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "assay/backend.hpp"
#include "assay/plugin.hpp"

namespace {

class TalkativeBackend final : public assay::Backend {
 public:
  TalkativeBackend() { std::puts("{\"made\":"); }
  assay::Resources capacity() override { return std::puts("{\"capacity\":"), assay::Resources{1, 1, 0, 0}; }
  void submit(const assay::Attempt& attempt) override {
    std::puts("{\"submit\":");
    const pid_t child = ::fork();
    if (child == 0) work(attempt);
    int status = 0;
    ::waitpid(child, &status, 0);
    ended_.push_back({std::string(attempt.id), std::string(attempt.folder), WEXITSTATUS(status)});
  }
  void list(std::string_view, assay::StatusSink& sink) override {
    for (const Ended& e : ended_) sink.status({e.id, assay::AttemptState::ended, e.exit_code, 0, "", "here"});
  }
  void cancel(std::string_view, bool) override {}
  void read(std::string_view id, std::string_view file, std::int64_t offset, assay::ByteSink& sink) override {
    for (const Ended& e : ended_) {
      std::ifstream in(e.folder + "/" + std::string(file), std::ios::binary);
      if (e.id != id || !in.seekg(offset)) continue;
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      sink.bytes(std::as_bytes(std::span(text)));
    }
  }
  void forget(std::string_view id) override {
    std::erase_if(ended_, [&](const Ended& e) { return e.id == id; });
  }

 private:
  struct Ended {
    std::string id, folder;
    int exit_code;
  };
  [[noreturn]] static void work(const assay::Attempt& attempt) {
    const std::string folder(attempt.folder);
    const int log = ::open((folder + "/log.txt").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log, 1), ::dup2(log, 2);
    std::vector<std::string> words;
    for (const auto word : attempt.command) words.push_back(word == "{folder}" ? folder : std::string(word));
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  std::vector<Ended> ended_;
};

}  // namespace
ASSAY_PLUGIN("talkative_backend", "1.0.0",
             assay::component<assay::Backend, TalkativeBackend>("talkative_backend", "Prints in the controller."));
