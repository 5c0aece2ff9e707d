// The code that docs/write-a-model.md shows is the template's, which a test builds and runs.

#include <gtest/gtest.h>
#include <sstream>
#include <vector>

#include "base/files.hpp"

namespace assay {
namespace {

/// Without indentation: the page shows members of a class.
std::string flush_left(const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(' ');
    out += (begin == std::string::npos ? "" : line.substr(begin)) + "\n";
  }
  return out;
}

/// The paragraphs of every code block that is marked as a snippet.
std::vector<std::string> snippets(const std::string& page) {
  std::vector<std::string> out;
  const std::string mark = "<!-- snippet: ", fence = "```cpp\n";
  for (std::size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
    const std::size_t begin = page.find(fence, at) + fence.size();
    std::istringstream lines(page.substr(begin, page.find("```", begin) - begin));
    out.emplace_back();
    for (std::string line; std::getline(lines, line);) {
      if (line.empty())
        out.emplace_back();
      else
        out.back() += line + "\n";
    }
  }
  return out;
}

TEST(Tutorial, ShowsTheTemplatesOwnCode) {
  const std::filesystem::path root = ASSAY_SOURCE_DIR;
  const std::string code = flush_left(read_file(root / "plugins" / "template" / "recent_popularity.cpp"));
  const auto shown = snippets(read_file(root / "docs" / "write-a-model.md"));
  ASSERT_GE(shown.size(), 6u);
  for (const auto& snippet : shown) EXPECT_NE(code.find(flush_left(snippet)), std::string::npos) << snippet;
}

}  // namespace
}  // namespace assay
