// Run and qrels files in the formats of trec_eval.

#include <cmath>
#include <limits>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "eval/evaluator.hpp"
#include "eval/metrics.hpp"

namespace assay {
namespace {

/// An id without white space: trec_eval's columns are separated by it.
std::string one_word(const std::string& id) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && c != '%' && byte != 127)
      out += c;
    else
      (out += '%', out += digits[byte >> 4], out += digits[byte & 15]);
  }
  return out;
}

std::string nine_digits(float value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.9g", static_cast<double>(value));
  return buffer;
}

}  // namespace

void export_trec(const Evaluation& evaluation, const Interactions& relevant,
                 const std::function<std::string(Index)>& user_id, const std::function<std::string(Index)>& item_id,
                 const std::filesystem::path& run_file, const std::filesystem::path& qrels_file) {
  if (evaluation.top_n < 1) throw Error("nothing to export: the evaluation kept no lists (keep_top is 0)");
  const auto top = static_cast<std::size_t>(evaluation.top_n);
  std::string run, qrels;
  for (std::size_t u = 0; u < evaluation.users.size(); ++u) {
    const std::string user = one_word(user_id(evaluation.users[u]));
    float last = std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < top && evaluation.top_items[u * top + i] != kUnknown; ++i) {
      last =
          std::min(evaluation.top_scores[u * top + i], std::nextafter(last, -std::numeric_limits<float>::infinity()));
      run += user + " Q0 " + one_word(item_id(evaluation.top_items[u * top + i])) + " " + std::to_string(i + 1) + " " +
             nine_digits(last) + " assay\n";
    }
    for (const Index item : row_of(relevant, evaluation.users[u]).columns)
      qrels += user + " 0 " + one_word(item_id(item)) + " 1\n";
  }
  write_file_atomically(run_file, run);
  write_file_atomically(qrels_file, qrels);
}

}  // namespace assay
