// Preparing: what comes out, what the cache keeps, what happens to damaged files, and several processes at once.

#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "data/json.hpp"
#include "support.hpp"

namespace assay {
namespace {

using namespace test;

struct Lab {
  Folder folder;
  DatasetSpec dataset;
  FilterSpec filter;
  SplitSpec split;
  Samples samples = random_samples(1, 400, 20, 60);
  Delivery how;
  int reads = 0;

  Lab() {
    dataset.name = dataset.plugin = "toy";
    dataset.params = R"({"seed":1})";
  }
  PreparedInfo run() {
    return prepare(dataset, filter, split, folder.path(), [this](DatasetSink& sink) {
      ++reads;
      deliver(samples, sink, how);
    });
  }
};

std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Prepare, GivesEveryInteractionToExactlyOnePart) {
  Lab lab;
  lab.split.validation = 0.1;
  const auto info = lab.run();
  const auto task = PreparedTask::open(info.file);
  Samples found;
  for (const auto& part : {task.train(), task.validation(), task.test()})
    for (Index u = 0; u < part.rows; ++u) {
      const Row row = part[u];
      for (std::size_t i = 0; i < row.columns.size(); ++i)
        found.push_back(
            {std::stoll(task.user_id(u)), std::stoll(task.item_id(row.columns[i])), row.values[i], row.times[i]});
    }
  Samples expected = lab.samples;
  for (auto& s : expected) s.part = Part::all;
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_TRUE(found == expected);
  EXPECT_EQ(info.train + info.validation + info.test, 400);
  EXPECT_EQ(info.interactions, 400);
}

TEST(Prepare, StoresTheTransposeOfTrain) {
  Lab lab;
  const auto task = PreparedTask::open(lab.run().file);
  std::set<std::tuple<Index, Index, float, std::int64_t>> by_user, by_item;
  for (Index u = 0; u < task.users(); ++u)
    for (std::size_t i = 0; i < task.train()[u].columns.size(); ++i)
      by_user.emplace(u, task.train()[u].columns[i], task.train()[u].values[i], task.train()[u].times[i]);
  const auto transposed = task.train_by_item();
  for (Index i = 0; i < task.items(); ++i) {
    EXPECT_TRUE(std::is_sorted(transposed[i].columns.begin(), transposed[i].columns.end()));
    for (std::size_t k = 0; k < transposed[i].columns.size(); ++k)
      by_item.emplace(transposed[i].columns[k], i, transposed[i].values[k], transposed[i].times[k]);
  }
  EXPECT_EQ(by_user, by_item);
}

TEST(Prepare, UnitesTrainAndValidation) {
  Lab lab;
  lab.split.validation = 0.3;
  const auto task = PreparedTask::open(lab.run().file);
  const auto all = task.train_and_validation();
  EXPECT_EQ(all.size(), task.train().size() + task.validation().size());
  EXPECT_EQ(task.train_and_validation_by_item().size(), all.size());
  for (Index u = 0; u < task.users(); ++u) {
    std::set<Index> expected(task.train()[u].columns.begin(), task.train()[u].columns.end());
    expected.insert(task.validation()[u].columns.begin(), task.validation()[u].columns.end());
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), all[u].columns.begin(), all[u].columns.end()));
  }
}

TEST(Prepare, GivesAFilterThatRemovesNothingTheFingerprintOfTheRawData) {
  Lab lab;
  const auto whole = lab.run();
  EXPECT_EQ(whole.dataset_fingerprint, whole.raw_fingerprint);
  lab.samples.push_back(lab.samples.front());
  lab.samples.back().value = 0.25f;  // the filter removes it again, by another way
  lab.dataset.params = R"({"seed":2})";
  const auto repeated = lab.run();
  EXPECT_NE(repeated.raw_fingerprint, whole.raw_fingerprint);
  EXPECT_EQ(repeated.dataset_fingerprint, whole.dataset_fingerprint);
  EXPECT_EQ(repeated.interactions, whole.interactions);
}

TEST(Prepare, FindsKnownDataWithoutReading) {
  Lab lab;
  const auto first = lab.run();
  const std::string bytes = read_file(first.file);
  const auto second = lab.run();
  EXPECT_EQ(lab.reads, 1);
  EXPECT_FALSE(first.from_cache);
  EXPECT_TRUE(second.from_cache);
  EXPECT_EQ(second.read_seconds, 0);
  EXPECT_EQ(second.file, first.file);
  EXPECT_EQ(read_file(second.file), bytes);
}

TEST(Prepare, SplitsKnownDataAnewWithoutReading) {
  Lab lab;
  const auto first = lab.run();
  lab.split.seed = 43;
  const auto second = lab.run();
  EXPECT_EQ(lab.reads, 1);
  EXPECT_NE(second.file, first.file);
  EXPECT_NE(second.split_fingerprint, first.split_fingerprint);
  EXPECT_EQ(second.dataset_fingerprint, first.dataset_fingerprint);
}

TEST(Prepare, ReadsAgainWhenAFileOfTheSourceChanges) {
  Lab lab;
  Folder data;
  const auto file = data.path() / "ratings";
  write_file_atomically(file, "1");
  lab.dataset.params = R"({"path":")" + file.string() + R"("})";
  const auto first = lab.run();
  write_file_atomically(file, "2");
  const auto second = lab.run();
  EXPECT_EQ(lab.reads, 2);
  EXPECT_NE(first.source_key, second.source_key);
  EXPECT_EQ(first.raw_fingerprint, second.raw_fingerprint);
  EXPECT_EQ(first.file, second.file) << "equal content shares its prepared task";
}

TEST(Prepare, ReadsAgainWhenAFileBesideTheSourceChangesOrAppears) {
  Lab lab;
  Folder data;
  const std::string movies = data.path() / "movies.dat", absent = data.path() / "users.dat";
  write_file_atomically(movies, "1");
  const auto run = [&] {
    return prepare(lab.dataset, lab.filter, lab.split, lab.folder.path(), [&](DatasetSink& sink) {
      ++lab.reads;
      for (const auto& file : {movies, absent, movies}) sink.companion(file);
      deliver(lab.samples, sink);
    });
  };
  (void)run();
  EXPECT_TRUE(run().from_cache);
  write_file_atomically(movies, "2");
  EXPECT_FALSE(run().from_cache);
  EXPECT_TRUE(run().from_cache);
  write_file_atomically(absent, "");
  EXPECT_FALSE(run().from_cache);
  std::filesystem::remove(movies);
  EXPECT_FALSE(run().from_cache);
  EXPECT_EQ(lab.reads, 4);
}

TEST(Prepare, BuildsADamagedFileAgain) {
  for (const char* prefix : {"task-", "content-"}) {
    for (const int damage : {0, 1, 2}) {
      Lab lab;
      const auto first = lab.run();
      const std::string good = read_file(first.file);
      if (std::string(prefix) == "content-") std::filesystem::remove(first.file);
      for (const auto& entry : std::filesystem::directory_iterator(lab.folder.path())) {
        if (!entry.path().filename().string().starts_with(prefix)) continue;
        std::string bytes = read_file(entry.path());
        if (damage == 0) bytes.resize(bytes.size() / 2);
        if (damage == 1) bytes = "something else";
        if (damage == 2) bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
        write_file_atomically(entry.path(), bytes);
      }
      EXPECT_EQ(read_file(lab.run().file), good) << prefix << damage;
    }
  }
}

TEST(Prepare, LetsOneProcessBuildAndOthersWait) {
  Lab lab;
  lab.samples = random_samples(3, 20000, 300, 400);
  const auto log = lab.folder.path() / "reads";
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto info =
          prepare(lab.dataset, lab.filter, lab.split, lab.folder.path() / "cache", [&](DatasetSink& sink) {
            std::filesystem::create_directories(log / std::to_string(::getpid()));
            deliver(lab.samples, sink);
          });
      ::_exit(PreparedTask::open(info.file).info().train == info.train ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const auto count = [](const std::filesystem::path& folder) {
    return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
  };
  EXPECT_EQ(count(log), 1);
  EXPECT_EQ(count(lab.folder.path() / "cache"), 3) << "a content file, a task file, the folder of hashes, no litter";
}

TEST(Prepare, ShowsBothSidesWhenTheDataIsNotWhatTheCardPromises) {
  Lab lab;
  lab.dataset.expected_interactions = 401;
  lab.dataset.expected_fingerprint = "0000";
  lab.dataset.obtain = "apt install toy";
  const auto text = message([&] { (void)lab.run(); });
  EXPECT_NE(text.find("dataset \"toy\" is not what its card promises"), std::string::npos) << text;
  EXPECT_NE(text.find("interactions: expected 401, found 400"), std::string::npos) << text;
  EXPECT_NE(text.find("fingerprint: expected 0000, found "), std::string::npos) << text;
  EXPECT_NE(text.find("apt install toy"), std::string::npos) << text;
}

TEST(Prepare, NamesDatasetAndFilesWhereNoLineIsAtFault) {
  Lab lab;
  const auto shop = lab.folder.path() / "shop.csv";
  std::ofstream(shop) << "user,item\n";
  lab.dataset.params = R"({"path":")" + shop.string() + R"("})";
  const std::string whose = "dataset \"toy\" (" + shop.string() + "): ";
  const auto told = [&](const auto& reader) {
    return message([&] { (void)prepare(lab.dataset, lab.filter, lab.split, lab.folder.path(), reader); });
  };
  EXPECT_EQ(told([](DatasetSink&) {}), whose + "the data has no interactions");
  const auto fifty_times_one = [](DatasetSink& sink) {
    const std::vector<std::int64_t> same(50, 1);
    sink.interactions({Part::all, {same, {}}, {same, {}}, {}, {}, {}});
  };
  EXPECT_TRUE(told(fifty_times_one).starts_with(whose + "the split leaves nothing to test of 1 interaction"))
      << told(fifty_times_one);
  lab.filter.min_rating = 5;
  EXPECT_TRUE(told(fifty_times_one).starts_with(whose + "the filter leaves nothing of 50 interactions"))
      << told(fifty_times_one);
}

TEST(Prepare, LeavesNothingBehindWhenTheReaderFails) {
  Lab lab;
  const auto failing = [](DatasetSink& sink) { sink.bad_line("ratings.csv", 14, "three fields, two expected"); };
  const auto text =
      message([&] { (void)prepare(lab.dataset, lab.filter, lab.split, lab.folder.path() / "cache", failing); });
  EXPECT_TRUE(text.starts_with("ratings.csv:14: three fields, two expected")) << text;
  for (const auto& entry : std::filesystem::directory_iterator(lab.folder.path() / "cache"))
    EXPECT_EQ(entry.path().filename(), "hashes");
}

TEST(Prepare, CountsSkippedLinesAlsoFromTheCache) {
  Lab lab;
  lab.dataset.skip_bad_lines = true;
  const auto reader = [&](DatasetSink& sink) {
    sink.bad_line("a", 1, "why");
    deliver(lab.samples, sink);
    sink.bad_line("a", 9, "why");
  };
  EXPECT_EQ(prepare(lab.dataset, lab.filter, lab.split, lab.folder.path(), reader).skipped_lines, 2);
  EXPECT_EQ(prepare(lab.dataset, lab.filter, lab.split, lab.folder.path(), reader).skipped_lines, 2);
}

TEST(Prepare, StopsTheReaderWhenProgressSaysSo) {
  Lab lab;
  const auto reader = [&](DatasetSink& sink) {
    EXPECT_FALSE(sink.progress(1, 2));
    deliver(lab.samples, sink);
  };
  EXPECT_THROW((void)prepare(lab.dataset, lab.filter, lab.split, lab.folder.path(), reader,
                             [](std::int64_t, std::int64_t) { return false; }),
               Cancelled);
}

}  // namespace
}  // namespace assay
