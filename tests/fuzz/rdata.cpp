// Fuzz target of the rdata reader. The first byte: even, the rest is an .rda or .rds file; odd, the rest is the
// database
// (.rdb) of an index that is sound.
#include "memory_file.hpp"
#include "reading.hpp"

namespace {

std::string word(std::uint32_t x) {
  return {static_cast<char>(x >> 24), static_cast<char>(x >> 16), static_cast<char>(x >> 8), static_cast<char>(x)};
}
std::string symbol(const std::string& name) {
  return word(1) + word(9) + word(static_cast<std::uint32_t>(name.size())) + name;
}
std::string names(std::initializer_list<std::string> all) {
  std::string out = word(2 | 1 << 10) + symbol("names") + word(16) + word(static_cast<std::uint32_t>(all.size()));
  for (const auto& name : all) out += word(9) + word(static_cast<std::uint32_t>(name.size())) + name;
  return out + word(254);
}

/// list(variables = list(shop = c(0L, bytes)), references = list(), compressed = 1L)
std::string index_of(std::size_t bytes) {
  return "X\n" + word(2) + word(0x040101) + word(0x020300) + word(19 | 1 << 9) + word(3) + word(19 | 1 << 9) + word(1) +
         word(13) + word(2) + word(0) + word(static_cast<std::uint32_t>(bytes)) + names({"shop"}) + word(19) + word(0) +
         word(13) + word(1) + word(1) + names({"variables", "references", "compressed"});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static assay::fuzz::MemoryFile file, index;
  if (size == 0) return 0;
  file.set(assay::fuzz::text_of(data + 1, size - 1));
  const unsigned choice = data[0];
  std::string params = R"("user":"user","item":"item")";
  if (choice & 2U) params += R"(,"value":"value","time":"time")";
  if (choice & 4U) params += R"(,"behaviour":"kind")";
  if (choice & 8U) params += R"(,"users_columns":["kind:tags","value:number"],"items_columns":["time:text"])";
  if (choice & 1U) {
    index.set(index_of(size - 1));
    params += R"(,"path":")" + index.path() + R"(","rdb_path":")" + file.path() + "\"";
  } else {
    params += R"(,"path":")" + file.path() + "\"";
  }
  assay::fuzz::read_with_plugin("{" + params + "}", (choice & 64U) != 0);
  return 0;
}
