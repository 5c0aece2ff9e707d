// Looks at a file's first block only.
#include "dialect.hpp"

#include <algorithm>
#include <array>

#include "assay/errors.hpp"

#include "parse.hpp"

namespace assay::reading {
namespace {

/// The real reading will complain about the same lines again.
class Deaf final : public DatasetSink {
 public:
  void interactions(const InteractionBatch&) override {}
  void rows(std::string_view, Part, const Ids&, const Table&) override {}
  void bad_line(std::string_view, std::int64_t, std::string_view) override {}
  bool progress(std::int64_t, std::int64_t) override { return true; }
};

constexpr std::size_t kLines = 20;

}  // namespace

Sample sample(const std::string& path, const Dialect& dialect, std::size_t records) {
  Source source(path);
  Deaf deaf;
  Records reader(source, dialect, deaf);
  reader.take_any_length();  // a line that a wrong delimiter does not cut may well be long
  Record record;
  Sample out;
  while (out.records.size() < records && reader.load()) {
    while (out.records.size() < records && reader.next(record)) {
      auto& fields = out.records.emplace_back();
      out.lines.push_back(reader.line(record));
      for (std::size_t i = 0; i < record.size(); ++i) fields.emplace_back(record[i]);
    }
  }
  return out;
}

std::string detect_delimiter(const std::string& path, const Dialect& dialect) {
  constexpr std::array<const char*, 6> kCandidates = {"::", "\t", ",", ";", "|", " "};
  std::string best;
  std::size_t best_fields = 1;
  for (const char* candidate : kCandidates) {
    Dialect trial = dialect;
    trial.delimiter = candidate;
    const auto lines = sample(path, trial, kLines).records;
    if (lines.empty()) throw DataError(path, 0, "holds no line of data");
    std::size_t fewest = lines[0].size(), most = fewest;
    for (const auto& line : lines) {
      fewest = std::min(fewest, line.size());
      most = std::max(most, line.size());
    }
    if (fewest > 1 && fewest == most) return candidate;
    if (fewest > best_fields) {
      best = candidate;
      best_fields = fewest;
    }
  }
  if (best.empty())
    throw DataError(path, 1,
                    "the fields are not separated by a comma, semicolon, tab, bar, blank or ::; set delimiter");
  return best;
}

std::string delimiter_named(std::string_view name) {
  if (name == "tab" || name == "\\t") return "\t";
  if (name == "space") return " ";
  return std::string(name);
}

}  // namespace assay::reading
