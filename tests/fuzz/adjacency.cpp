// Fuzz target of the adjacency reader: the first byte chooses the parameters, the rest is the file.
#include "memory_file.hpp"
#include "reading.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static assay::fuzz::MemoryFile file;
  if (size == 0) return 0;
  file.set(assay::fuzz::text_of(data + 1, size - 1));
  const char* const ids[] = {"auto", "number", "text", "auto"};
  std::string params = "{\"path\":\"" + file.path() + R"(","ids":")" + ids[data[0] % 4] + "\"";
  if (data[0] & 32U) params += ",\"test_path\":\"" + file.path() + "\"";
  assay::fuzz::read_with_plugin(params + "}", (data[0] & 64U) != 0);
  return 0;
}
