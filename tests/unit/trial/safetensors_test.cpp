// The safetensors format: golden bytes, round trips, damaged files.

#include "trial/safetensors.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <vector>

#include "assay/errors.hpp"

#include "scratch_folder.hpp"

namespace assay {
namespace {

using Safetensors = ScratchFolder;

template <class T>
Tensor tensor_of(const std::vector<T>& values, Element element, std::span<const std::int64_t> shape) {
  return {values.data(), element, shape};
}

/// A file put together from its parts, as the format's own page describes it.
std::string file_of(const std::string& header, const std::string& data) {
  std::string out(8, '\0');
  const std::uint64_t length = header.size();
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(length >> (8 * i));
  return out + header + data;
}

TEST_F(Safetensors, AFileHasTheBytesThatTheFormatPrescribes) {
  const std::vector<float> floats{1.0f, -2.0f};
  const std::vector<std::uint8_t> bytes{7, 8, 9};
  const std::array<std::int64_t, 2> row{1, 2};
  const std::array<std::int64_t, 1> three{3};
  save_safetensors(folder_ / "a.safetensors", [&](Writer& to) {
    to.tensor("b", tensor_of(bytes, Element::u8, three));
    to.tensor("a", tensor_of(floats, Element::f32, row));
    to.text("note", "x");
  });
  std::string header = R"({"__metadata__":{"note":"x"},"a":{"data_offsets":[0,8],"dtype":"F32","shape":[1,2]},)"
                       R"("b":{"data_offsets":[8,11],"dtype":"U8","shape":[3]}})";
  header.resize(184, ' ');  // so that the data begin at a multiple of 64
  const std::string data("\x00\x00\x80\x3f\x00\x00\x00\xc0\x07\x08\x09", 11);
  EXPECT_EQ(read_file(folder_ / "a.safetensors"), file_of(header, data));
}

TEST_F(Safetensors, EveryElementTypeAndShapeComesBack) {
  const std::vector<double> doubles{0.1, -0.0, 1e300};
  const std::vector<std::int64_t> longs{1, -1, std::int64_t{1} << 60};
  const std::vector<std::int32_t> ints{5};
  const std::array<std::int64_t, 3> cube{1, 3, 1};
  const std::array<std::int64_t, 2> none{0, 4};
  save_safetensors(folder_ / "a", [&](Writer& to) {
    to.tensor("ints", tensor_of(ints, Element::i32, {}));
    to.tensor("doubles", tensor_of(doubles, Element::f64, cube));
    to.tensor("longs", tensor_of(longs, Element::i64, std::span(cube).first(2)));
    to.tensor("nothing", {nullptr, Element::f32, none});
    to.text("text", "ünïcode \"quoted\" \n line");
  });
  const SafetensorsFile file(folder_ / "a");
  const Tensor d = file.tensor("doubles");
  ASSERT_EQ(std::vector(d.shape.begin(), d.shape.end()), std::vector(cube.begin(), cube.end()));
  EXPECT_EQ(std::memcmp(d.data, doubles.data(), 24), 0);
  EXPECT_EQ(std::memcmp(file.tensor("longs").data, longs.data(), 24), 0);
  EXPECT_EQ(*static_cast<const std::int32_t*>(file.tensor("ints").data), 5);
  EXPECT_TRUE(file.tensor("ints").shape.empty());
  EXPECT_EQ(file.tensor("nothing").shape[0], 0);
  EXPECT_EQ(file.text("text"), "ünïcode \"quoted\" \n line");
}

TEST_F(Safetensors, AMissingNameIsADataErrorThatNamesFileAndTensor) {
  save_safetensors(folder_ / "a", [](Writer&) {});
  const SafetensorsFile file(folder_ / "a");
  try {
    static_cast<void>(file.tensor("weights"));
    FAIL();
  } catch (const DataError& e) {
    EXPECT_NE(std::string(e.what()).find("weights"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find((folder_ / "a").string()), std::string::npos);
  }
}

TEST_F(Safetensors, AWriterThatSaysSomethingElseTheSecondTimeIsFoundOut) {
  int call = 0;
  const std::vector<float> values{1, 2};
  const auto save = [&](Writer& to) {
    const std::array<std::int64_t, 1> shape{++call};
    to.tensor("a", tensor_of(values, Element::f32, shape));
  };
  EXPECT_THROW(save_safetensors(folder_ / "a", save), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(Safetensors, TheSameNameTwiceIsAnError) {
  const std::vector<float> values{1};
  const std::array<std::int64_t, 1> one{1};
  EXPECT_THROW(save_safetensors(folder_ / "a",
                                [&](Writer& to) {
                                  to.tensor("a", tensor_of(values, Element::f32, one));
                                  to.tensor("a", tensor_of(values, Element::f32, one));
                                }),
               Error);
}

TEST_F(Safetensors, DamagedFilesAreRefused) {
  const std::string good = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} )";
  const std::vector<std::string> damaged{
      "",
      "short",
      file_of(good, "abc"),                                                           // cut
      std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8) + good,                      // endless header
      file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "abcd"),   // other size
      file_of(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "abcd"),  // negative
      file_of(R"({"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,4]}})", "abcd"),
      file_of(R"({"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}})", "abcd"),  // type
      file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", "abcd"),   // order
      file_of(R"({"a":{"dtype":"F32"}})", ""),
      file_of("[1,2", ""),
  };
  for (const std::string& content : damaged) {
    std::ofstream(folder_ / "a", std::ios::binary) << content;
    EXPECT_THROW(SafetensorsFile(folder_ / "a"), DataError) << content;
  }
}

TEST_F(Safetensors, PrefixesKeepTheNamesOfTwoWritersApart) {
  save_safetensors(folder_ / "a", [](Writer& to) {
    PrefixWriter one(to, "one/"), two(to, "two/");
    one.text("name", "1");
    two.text("name", "2");
  });
  const SafetensorsFile file(folder_ / "a");
  EXPECT_EQ(PrefixReader(file, "two/").text("name"), "2");
  EXPECT_EQ(file.text("one/name"), "1");
}

TEST_F(Safetensors, WhatIsLoadedKnowsItsDataAndErrorsNameTheFile) {
  const std::vector<float> values{1, 2};
  const std::array<std::int64_t, 1> two{2};
  save_safetensors(folder_ / "a", [&](Writer& to) { to.tensor("model/a", tensor_of(values, Element::f32, two)); });
  const auto said = [&](const char* name, std::int64_t items) -> std::string {
    try {
      load_safetensors(folder_ / "a", {7, items}, [&](Reader& from) {
        const PrefixReader part(from, "model/");
        EXPECT_EQ(extents_of(part).users, 7);
        static_cast<void>(stored_list<float>(part, name, extents_of(part).items));
      });
      return "accepted";
    } catch (const DataError& e) {
      return e.what();
    }
  };
  EXPECT_EQ(said("a", 2), "accepted");
  EXPECT_EQ(said("a", 3), (folder_ / "a").string() +
                              ": the stored tensor a should be float32 [3] and is float32 [2]. The model file is "
                              "damaged, or belongs to other parameters or other data.");
  EXPECT_EQ(said("b", 3), (folder_ / "a").string() + ": has no tensor \"model/b\"");
}

}  // namespace
}  // namespace assay
