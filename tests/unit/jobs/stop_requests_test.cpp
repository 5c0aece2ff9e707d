// Which signals stop, which kill, and which repeat what was said.

#include "jobs/stop_requests.hpp"

#include <csignal>
#include <gtest/gtest.h>

namespace assay {
namespace {

using Answer = StopRequests::Answer;

TEST(StopRequestsTest, TheFirstSignalStopsAndALaterOneKills) {
  StopRequests requests;
  EXPECT_FALSE(requests.stopping());
  EXPECT_EQ(requests.heed(SIGINT, 100), Answer::stop);
  EXPECT_TRUE(requests.stopping());
  EXPECT_EQ(requests.heed(SIGTERM, 101), Answer::kill);
  EXPECT_EQ(requests.signal(), SIGTERM) << "the exit code is that of what ended it";
}

TEST(StopRequestsTest, WhatTimeoutSendsToTheGroupIsTheSameRequest) {
  StopRequests requests;
  EXPECT_EQ(requests.heed(SIGTERM, 100), Answer::stop);
  EXPECT_EQ(requests.heed(SIGTERM, 100.000'1), Answer::nothing);
  EXPECT_EQ(requests.heed(SIGTERM, 100.999), Answer::nothing) << "counted from the first, whatever came between";
  EXPECT_EQ(requests.heed(SIGTERM, 101.5), Answer::kill);
}

TEST(StopRequestsTest, AClosedTerminalNeverKills) {
  StopRequests requests;
  EXPECT_EQ(requests.heed(SIGHUP, 100), Answer::stop);
  EXPECT_EQ(requests.heed(SIGHUP, 200), Answer::nothing);
  EXPECT_EQ(requests.signal(), SIGHUP);
  EXPECT_EQ(requests.heed(SIGINT, 201), Answer::kill);
}

}  // namespace
}  // namespace assay
