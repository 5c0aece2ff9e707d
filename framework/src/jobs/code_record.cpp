// Asks git.

#include "jobs/code_record.hpp"

#include "assay/errors.hpp"

#include "plugin/child.hpp"

namespace assay {
namespace {

constexpr int kSeconds = 10;

ChildResult git(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  std::vector<std::string> command{"/usr/bin/env", "git", "-C", folder.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_child(command, kSeconds);
}

}  // namespace

CodeRecord code_record(const std::filesystem::path& folder) {
  CodeRecord out;
  try {
    ChildResult commit = git(folder.empty() ? "." : folder, {"rev-parse", "HEAD"});
    if (commit.exit_code != 0) return out;
    while (!commit.out.empty() && commit.out.back() == '\n') commit.out.pop_back();
    out.commit = std::move(commit.out);
    out.diff = git(folder.empty() ? "." : folder, {"diff", "--no-color", "--no-ext-diff", "HEAD"}).out;
    out.dirty = !out.diff.empty();
  } catch (const Error&) {
    return out;  // no git on this machine: nothing to record
  }
  return out;
}

}  // namespace assay
