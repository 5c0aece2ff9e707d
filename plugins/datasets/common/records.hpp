#pragma once  // Lines of delimited text cut into fields: the fast inner part of every text reader.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.hpp"

#include "parse.hpp"
#include "source.hpp"

namespace assay::reading {

/// How a text file is written.
struct Dialect {
  std::string delimiter = ",";  ///< one or more bytes, none of them a line break or a quote
  bool quotes = true;           ///< RFC 4180: a field that begins with " ends with "; "" inside is one "
  std::string comment;          ///< lines that begin with it are skipped; empty: none
  std::int64_t skip_lines = 0;  ///< physical lines to pass over at the start
};

/// Fields of one record; the views lie in the block; ask for a quoted field once (quotes are undone in place).
class Record {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  /// Without quotes and, if it had none, without blanks around it.
  [[nodiscard]] std::string_view operator[](std::size_t field) const noexcept {
    char* begin = field == 0 ? begin_ : data_ + end(field - 1) + width_;
    char* stop = data_ + end(field);
    if (field + 1 == count_ && stop > begin && stop[-1] == '\r') --stop;
    if (quotes_ && begin < stop && *begin == '"') return unquoted(begin, stop);
    while (begin < stop && is_blank(*begin)) ++begin;
    while (begin < stop && is_blank(stop[-1])) --stop;
    return {begin, static_cast<std::size_t>(stop - begin)};
  }
  [[nodiscard]] std::string_view line() const noexcept {
    return {begin_, static_cast<std::size_t>(data_ + end(count_ - 1) - begin_)};
  }

 private:
  friend class Records;
  [[nodiscard]] std::uint32_t end(std::size_t field) const noexcept { return ends_[field] & 0x7fffffffU; }
  static bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
  static std::string_view unquoted(char* begin, char* stop) noexcept;

  char *data_ = nullptr, *begin_ = nullptr;
  const std::uint32_t* ends_ = nullptr;
  std::size_t count_ = 0;
  std::uint32_t width_ = 1;
  bool quotes_ = false;
};

/// Reads a source block by block. Two stages: the first finds all delimiters and line ends of a block with vector
/// compares (as in Langdale and Lemire, "Parsing Gigabytes of JSON per Second", VLDB J. 2019), the second hands out
/// records. A byte order mark is dropped; CRLF and LF are line ends; a last line needs none; empty lines are skipped.
///
///   while (records.load()) while (records.next(record)) { … }   // views die with the next load()
class Records {
 public:
  /// A quote that is never closed is told to `sink` and costs its line only. Throws DataError on UTF-16.
  Records(Source& source, Dialect dialect, DatasetSink& sink);
  [[nodiscard]] bool load();  ///< the next block of whole records; false: the file is read
  [[nodiscard]] bool next(Record& record) {
    while (cursor_ < found_)
      if (take(record)) return true;
    return false;
  }
  /// Fields of any length are handed out from now on; otherwise a line with one beyond kLongestField is a bad line.
  void take_any_length() noexcept { any_length_ = true; }
  /// Physical line, from 1, on which the record begins. Cheap when asked in order.
  [[nodiscard]] std::int64_t line(const Record& record);
  [[nodiscard]] const std::string& path() const noexcept { return source_.path(); }
  void bad(const Record& record, std::string_view why) { sink_.bad_line(path(), line(record), why); }

 private:
  static constexpr std::uint32_t kLineEnd = 0x80000000U;
  bool take(Record& record) {  // false: a line to skip
    std::size_t last = cursor_;
    while (!(ends_[last] & kLineEnd)) ++last;
    record.data_ = buffer_.data();
    record.begin_ = buffer_.data() + start_;
    record.ends_ = ends_.data() + cursor_;
    record.count_ = last - cursor_ + 1;
    record.width_ = width_;
    record.quotes_ = dialect_.quotes;
    const std::uint32_t end = ends_[last] & ~kLineEnd;
    const std::uint32_t start = start_;
    cursor_ = last + 1;
    start_ = end + 1;
    if ((end - start <= 1 && (end == start || buffer_[start] == '\r')) || is_comment(start, end)) return false;
    return end - start <= kLongestField || any_length_ || fields_are_short(record);
  }
  [[nodiscard]] bool fields_are_short(const Record& record);  // false: told to the sink
  [[nodiscard]] bool is_comment(std::uint32_t start, std::uint32_t end) const noexcept {
    return !dialect_.comment.empty() &&
           std::string_view(buffer_.data() + start, end - start).starts_with(dialect_.comment);
  }
  void fill();           // more bytes behind those left over
  void drop_preamble();  // byte order mark, skipped lines
  void index();          // stage 1: the block's fields and records
  void accept(std::uint32_t position);
  void give_up_on_quote();
  [[nodiscard]] std::int64_t line_at(std::size_t position);

  Source& source_;
  Dialect dialect_;
  DatasetSink& sink_;
  std::uint32_t width_;
  std::vector<char> buffer_;         // used_ bytes, then padding for vector loads
  std::size_t used_ = 0, done_ = 0;  // done_: where the records handed out end
  bool ended_ = false, begun_ = false, any_length_ = false;
  std::vector<std::uint32_t> ends_;     // of fields, kLineEnd set where a line ends too
  std::size_t found_ = 0, cursor_ = 0;  // valid entries of ends_, those handed out
  std::uint32_t start_ = 0;             // of the next record
  std::int64_t line_ = 1;               // number of the line that holds counted_
  std::size_t counted_ = 0;
  std::uint32_t field_start_ = 0, skip_until_ = 0;  // stage 1 between chunks
  bool in_quotes_ = false;
};

}  // namespace assay::reading
