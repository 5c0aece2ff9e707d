// Fuzz target of the movielens reader: the first byte says which of its three kinds of files the rest is.
#include "memory_file.hpp"
#include "reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using assay::fuzz::MemoryFile;
  static MemoryFile file;
  static const MemoryFile ratings("1\t2\t3\t881250949\n2\t1\t4\t881250950\n");
  static const MemoryFile movies("1::Toy Story (1995)::Animation|Comedy\n"), users("1::F::1::10::48067\n");
  if (size == 0) return 0;
  file.set(assay::fuzz::text_of(data + 1, size - 1));
  const unsigned kind = data[0] % 4;
  const auto path = [&](unsigned wanted, const MemoryFile& other) {
    return kind == wanted ? file.path() : other.path();
  };
  std::string params = R"({"path":")" + path(0, ratings) + R"(","movies_path":")" + path(1, movies) +
                       R"(","users_path":")" + path(2, users) + "\"";
  if (kind == 3) params += R"(,"test_path":")" + file.path() + "\"";
  assay::fuzz::read_with_plugin(params + "}", (data[0] & 64U) != 0);
  return 0;
}
