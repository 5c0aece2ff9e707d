#pragma once  // Runs a verb of the real runner and reads what it prints.

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/wait.h>

namespace assay {

struct Outcome {
  int code;
  std::string out;
};

/// Runs `runner ARGUMENTS` in UTC; standard error is part of the output only where `errors` says so.
inline Outcome run(const std::string& arguments, bool errors = false) {
  const std::string command = "TZ=UTC NO_COLOR=1 '" ASSAY_RUNNER "' " + arguments + (errors ? " 2>&1" : " 2>/dev/null");
  FILE* pipe = ::popen(command.c_str(), "r");
  Outcome outcome{0, {}};
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) outcome.out.append(buffer.data(), n);
  outcome.code = WEXITSTATUS(::pclose(pipe));
  return outcome;
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace assay
