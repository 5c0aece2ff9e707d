// events.ndjson: what is written can be read, also from a file that ends in half a line.

#include "trial/events.hpp"

#include <cmath>
#include <fstream>
#include <limits>

#include "base/files.hpp"
#include "scratch_folder.hpp"
#include "trial/attempt.hpp"

namespace assay {
namespace {

using Events = ScratchFolder;

TEST_F(Events, PointsComeBackWithTheirBitsNaNAndInfinitiesToo) {
  {
    EventLog log(folder_);
    log.points(3, PointKind::loss, {{"a", 0.1}, {"b", std::nan("")}, {"c", -std::numeric_limits<double>::infinity()}});
  }
  const auto points = read_points(folder_, "fit", 3);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[0].value, 0.1);
  EXPECT_TRUE(std::isnan(points[1].value));
  EXPECT_EQ(points[2].value, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(points[2].series, "c");
  EXPECT_EQ(points[2].kind, PointKind::loss);
  EXPECT_EQ(points[2].epoch, 3);
}

TEST_F(Events, EveryLineIsJsonWithoutNaN) {
  EventLog(folder_).points(1, PointKind::measure, {{"x", std::nan("")}});
  const std::string text = read_file(folder_ / kEventsFile);
  EXPECT_NE(text.find(R"("x":"nan")"), std::string::npos);
  EXPECT_EQ(text.find("null"), std::string::npos);
}

TEST_F(Events, HalfALineAndForeignLinesAreNoEvents) {
  EXPECT_EQ(parse_event(R"({"event":"points","epo)").kind, Event::Kind::unknown);
  EXPECT_EQ(parse_event(R"({"event":"of another version"})").kind, Event::Kind::unknown);
  EXPECT_EQ(parse_event("Segmentation fault").kind, Event::Kind::unknown);
}

TEST_F(Events, ManyProgressCallsOfAPhaseWriteFewLines) {
  {
    EventLog log(folder_);
    for (int i = 0; i < 1000; ++i) log.progress("fit", i, 1000);
    log.progress("fit", 1000, 1000);
  }
  const std::string text = read_file(folder_ / kEventsFile);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 500);
  EXPECT_NE(text.find(R"("done":1000)"), std::string::npos) << "the end of a phase is always told";
}

TEST_F(Events, PointsOfARefitBelongToItsOwnEpochs) {
  {
    EventLog log(folder_);
    for (int epoch = 1; epoch <= 3; ++epoch) log.points(epoch, PointKind::loss, {{"g", epoch}});
    for (int epoch = 1; epoch <= 2; ++epoch) log.points(epoch, PointKind::loss, {{"refit/g", epoch}});
  }
  EXPECT_EQ(read_points(folder_, "fit", 2).size(), 2u);
  EXPECT_EQ(read_points(folder_, "refit", 1).size(), 4u);
  EXPECT_TRUE(read_points(folder_ / "absent", "fit", 9).empty());
}

TEST_F(Events, ARestoredAttemptRepeatsTheEarlierPoints) {
  {
    EventLog log(folder_);
    log.restored(2, {{1, PointKind::loss, "g", 0.5, 10}, {2, PointKind::validation, "ndcg@10", 0.25, 11}});
  }
  const auto points = read_points(folder_, "fit", 2);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].kind, PointKind::validation);
  EXPECT_EQ(points[1].time_ms, 11);
}

}  // namespace
}  // namespace assay
