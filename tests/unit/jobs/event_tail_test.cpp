// Following a file that grows in arbitrary pieces.

#include "jobs/event_tail.hpp"

#include <gtest/gtest.h>

#include "fake_backend.hpp"

namespace assay {
namespace {

TEST(EventTail, TellsEveryEventOnceHoweverTheFileGrows) {
  const std::string line = R"({"event":"progress","phase":"fit","done":1,"total":2,"time":3})"
                           "\n";
  const std::string whole = line + line + line;
  for (std::size_t piece = 1; piece <= whole.size(); piece += 7) {
    FakeBackend backend;
    EventTail tail;
    std::size_t events = 0;
    for (std::size_t size = 0; size < whole.size() + piece; size += piece) {
      backend.files["a/events.ndjson"] = whole.substr(0, size);
      events += tail.read(backend, "a").size();
    }
    EXPECT_EQ(events, 3u) << piece;
  }
}

TEST(EventTail, AnAttemptWithoutAFileHasNoEvents) {
  FakeBackend backend;
  EXPECT_TRUE(EventTail().read(backend, "a").empty());
}

}  // namespace
}  // namespace assay
