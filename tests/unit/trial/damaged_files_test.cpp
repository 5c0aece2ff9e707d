// Files of an attempt as no worker of ours writes them: each is a DataError that names the file, or no event.

#include <cstring>
#include <functional>
#include <sys/stat.h>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "scratch_folder.hpp"
#include "trial/attempt.hpp"
#include "trial/checkpoint.hpp"
#include "trial/events.hpp"
#include "trial/manifest.hpp"
#include "trial/observer.hpp"
#include "trial/safetensors.hpp"

namespace assay {
namespace {

/// A file that is read from its folder.
struct Target {
  const char *name, *file;
  std::function<void(const std::filesystem::path&)> read;
};
void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

class DamagedFile : public ScratchFolder, public testing::WithParamInterface<Target> {
 protected:
  std::string complaint() const {
    try {
      GetParam().read(folder_);
      return "accepted";
    } catch (const DataError& e) {
      return e.what();
    }
  }
  std::string complaint(std::string_view content) const {
    write_file_atomically(folder_ / GetParam().file, content);
    return complaint();
  }
  [[nodiscard]] std::string name() const { return (folder_ / GetParam().file).string() + ": "; }
};

INSTANTIATE_TEST_SUITE_P(
    Files, DamagedFile,
    testing::Values(Target{"Manifest", kManifestFile, [](const auto& folder) { (void)read_manifest(folder); }},
                    Target{"Attempt", kAttemptFile, [](const auto& folder) { (void)read_attempt(folder); }},
                    Target{"AttemptId", kAttemptFile, [](const auto& folder) { (void)read_attempt_id(folder); }},
                    Target{"Model", kModelSideFile, [](const auto& folder) { (void)read_saved_model(folder); }},
                    Target{"Tensors", kModelFile,
                           [](const auto& folder) { const SafetensorsFile file(folder / kModelFile); }}),
    [](const auto& test) { return test.param.name; });

TEST_P(DamagedFile, ThatIsNoOrdinaryFileIsRefusedAtOnce) {
  EXPECT_TRUE(complaint().starts_with(name())) << complaint();
  std::filesystem::create_directory(folder_ / GetParam().file);
  EXPECT_TRUE(complaint().starts_with(name())) << complaint();
  std::filesystem::remove(folder_ / GetParam().file);
  ASSERT_EQ(::mkfifo((folder_ / GetParam().file).c_str(), 0600), 0);
  EXPECT_TRUE(complaint().starts_with(name())) << complaint();
}

TEST_P(DamagedFile, ThatHoldsSomethingElseIsRefusedInAShortMessage) {
  std::string header(8, '\0');  // of a safetensors file: the length of the JSON that follows
  const auto framed = [&](const std::string& json) {
    const std::uint64_t size = json.size();
    std::memcpy(header.data(), &size, 8);
    return std::strcmp(GetParam().name, "Tensors") == 0 ? header + json : json;
  };
  const std::string ten_million(10'000'000, 'x');
  for (const std::string& json :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string("7"),
        std::string(R"({"format":1})") + '\0', std::string("{\"format\":1,\"format\":1}"),
        std::string("{\"format\":\"\xff\xfe\"}"), "\"" + ten_million, "{\"format\":" + std::string(1'000'000, '['),
        "{\"format\":{\"a\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}}",
        std::string(R"({"format":1e400})"), std::string(R"({"format":-99999999999999999999})"), ten_million}) {
    const std::string why = complaint(framed(json));
    EXPECT_TRUE(why.starts_with(name())) << json.substr(0, 60) << " -> " << why.substr(0, 500);
    EXPECT_LT(why.size(), 1000U) << json.substr(0, 60);
  }
}

class DamagedManifest : public ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    Manifest manifest;
    manifest.run.status = RunStatus::failed;
    manifest.run.tags = {{"a", "b"}};
    write_manifest(folder_, manifest);
    text_ = read_file(folder_ / kManifestFile);
  }
  std::string complaint(const std::string& from, const std::string& to) const {
    std::string text = text_;
    const auto at = text.find(from);
    if (at == std::string::npos) return "there is no " + from;
    write_file_atomically(folder_ / kManifestFile, text.replace(at, from.size(), to));
    try {
      (void)read_manifest(folder_);
      return "accepted";
    } catch (const DataError& e) {
      return e.what();
    }
  }
  std::string text_;
};

TEST_F(DamagedManifest, NumbersOutsideOfTheirTypesAreRefused) {
  for (const char* key : {"epochs", "best_epoch", "peak_bytes", "time", "cores"})
    for (const char* value : {"1e300", "0.5", "9223372036854775808", "\"7\"", "null"}) {
      const std::string why =
          complaint("\"" + std::string(key) + "\": ", "\"" + std::string(key) + "\": " + value + ", \"x\": ");
      EXPECT_NE(why.find("is damaged"), std::string::npos) << key << value << why;
    }
  EXPECT_NE(complaint("\"epochs\": ", "\"epochs\": 2147483648, \"x\": ").find("is damaged"), std::string::npos);
}

TEST_F(DamagedManifest, OfANewerFormatNamesBothFormats) {
  EXPECT_EQ(complaint("\"format\": 1", "\"format\": 2"), (folder_ / kManifestFile).string() + ": has format 2, not 1");
}

TEST_F(DamagedManifest, AKeyGivenTwiceIsRefused) {
  EXPECT_NE(complaint("\"reason\": ", "\"status\": \"done\", \"reason\": ").find("the key \"status\" is given twice"),
            std::string::npos);
}

TEST_F(DamagedManifest, AStatusThatDoesNotExistNamesTheFile) {
  const std::string why = complaint("\"failed\"", "\"splendid\"");
  EXPECT_TRUE(why.starts_with((folder_ / kManifestFile).string() + ": ")) << why;
}

TEST(DamagedEvents, AreNoEventsAndHarmNothing) {
  for (const std::string& line :
       {std::string(), std::string("[]"), std::string("{}"), std::string("{\"event\":7}"), std::string(1, '\0'),
        std::string(R"({"event":"points","epoch":1e300,"kind":"loss","values":{"g":1},"time":1})"),
        std::string(R"({"event":"points","epoch":2147483648,"kind":"loss","values":{"g":1},"time":1})"),
        std::string(R"({"event":"points","epoch":1,"kind":"loss","values":{"g":1,"g":2},"time":1})"),
        std::string(R"({"event":"points","epoch":1,"kind":"loss","values":{"g":1,"d":"much"},"time":1})"),
        std::string(R"({"event":"points","epoch":1,"kind":"loss","values":[1],"time":-1e99})"),
        std::string(R"({"event":"progress","phase":"fit","done":1e300,"total":1,"time":1})"),
        std::string(R"({"event":"restored","epoch":"three","time":1})"), std::string(10'000'000, '['),
        "{\"event\":\"" + std::string(10'000'000, 'x'), std::string("{\"event\":\"points\xff\"}")}) {
    const Event event = parse_event(line);
    EXPECT_EQ(event.kind, Event::Kind::unknown) << line.substr(0, 80);
    EXPECT_TRUE(event.points.empty()) << line.substr(0, 80);
  }
}

}  // namespace
}  // namespace assay
