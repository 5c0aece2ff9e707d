// Stdout while a plugin's code runs.

#include "base/guarded_stdout.hpp"

#include <cstdio>
#include <gtest/gtest.h>
#include <iostream>
#include <unistd.h>

namespace assay {
namespace {

TEST(GuardedStdout, WhateverIsPrintedMeanwhileGoesToStderr) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  std::cout << "before|";
  {
    const GuardedStdout real;
    std::cout << "stream ";
    std::printf("stdio ");
    static_cast<void>(!::write(1, "descriptor ", 11));
    real.tell("answer|");
  }
  std::cout << "after";
  const std::string out = testing::internal::GetCapturedStdout(), err = testing::internal::GetCapturedStderr();
  EXPECT_EQ(out, "before|answer|after");
  for (const char* word : {"stream ", "stdio ", "descriptor "}) EXPECT_NE(err.find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace assay
