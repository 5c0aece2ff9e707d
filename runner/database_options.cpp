// What the verbs that read the results database share.

#include "runner/database_options.hpp"

#include <ctime>

#include "results/migrations.hpp"

namespace assay {

ReadResults::ReadResults(const std::filesystem::path& db) : Database(db, Access::read) { require_readable(*this); }

TableFormat chosen_format(const std::string& format, bool json) {
  return json ? TableFormat::json : parse_table_format(format);
}

std::string local_time(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[32];
  return {buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &parts)};
}

}  // namespace assay
