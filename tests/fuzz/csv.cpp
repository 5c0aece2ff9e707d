// Fuzz target of the csv reader: the first byte chooses the parameters, the rest is the file.
#include <iterator>

#include "memory_file.hpp"
#include "reading.hpp"

namespace {

const char* const kParams[] = {
    R"("user":"0","item":"1")",
    R"("user":"0","item":"1","value":"2","time":"3","time_format":"auto")",
    R"("user":"user","item":"item","value":"rating","time":"time","time_format":"iso")",
    R"("user":"0","item":"1","time":"2","time_format":"%d/%m/%Y %H:%M","delimiter":"tab")",
    R"("user":"0","item":"1","value":"2","delimiter":"::","quotes":false,"ids":"number")",
    R"("user":"0","item":"1","behaviour":"2","delimiter":";","ids":"text","skip_missing":true,"comment":"#")",
    R"("user":"0","item":"1","header":"yes","skip_lines":2,"delimiter":",")",
    R"("user":"0","item":"1","time":"2","time_format":"%b %e %y %I:%M:%S %p","header":"no","delimiter":"|")",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static assay::fuzz::MemoryFile file;
  if (size == 0) return 0;
  const unsigned choice = data[0];
  file.set(assay::fuzz::text_of(data + 1, size - 1));
  std::string params = std::string("{\"path\":\"") + file.path() + "\"," + kParams[choice % std::size(kParams)];
  if (choice & 8U) params += ",\"items_path\":\"" + file.path() + R"(","items_columns":["1:text","2:number","1:tags"])";
  if (choice & 16U) params += ",\"users_path\":\"" + file.path() + "\"";
  if (choice & 32U) params += ",\"test_path\":\"" + file.path() + "\"";
  assay::fuzz::read_with_plugin(params + "}", (choice & 64U) != 0);
  return 0;
}
