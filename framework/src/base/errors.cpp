// The exception types; their typeinfo is here, so that every library catches the same ones.

#include "assay/errors.hpp"

namespace assay {
namespace {

std::string located(std::string_view file, std::int64_t line, std::string_view why) {
  std::string out(file);
  if (line > 0) out += ":" + std::to_string(line);
  return (out.empty() ? out : out + ": ") + std::string(why);
}

}  // namespace

Error::~Error() = default;
ConfigError::~ConfigError() = default;
PluginError::~PluginError() = default;
DataError::DataError(const std::string& why) : Error(why) {}
DataError::DataError(std::string_view file, std::int64_t line, std::string_view why)
    : Error(located(file, line, why)) {}
DataError::~DataError() = default;
Unavailable::~Unavailable() = default;
Cancelled::Cancelled() : Error("cancelled") {}
Cancelled::~Cancelled() = default;

}  // namespace assay
