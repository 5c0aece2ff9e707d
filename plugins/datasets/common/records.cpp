// Stage 1 (where fields and records end) and the block buffer.
#include "records.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace assay::reading {
namespace {

constexpr std::size_t kBlock = 256 << 10;   // fits L2 together with its index
constexpr std::size_t kLongest = 16 << 20;  // bytes of one record
constexpr std::size_t kChunk = 64, kPadding = kChunk;

struct Masks {
  std::uint64_t delimiter, line_end, quote;
};

#ifdef __AVX2__
std::uint64_t equal(__m256i low, __m256i high, char wanted) {
  const __m256i w = _mm256_set1_epi8(wanted);
  const auto l = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, w)));
  const auto h = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, w)));
  return l | (static_cast<std::uint64_t>(h) << 32);
}

Masks masks_of(const char* p, char delimiter, char quote) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  return {equal(low, high, delimiter), equal(low, high, '\n'), equal(low, high, quote)};
}
#else
Masks masks_of(const char* p, char delimiter, char quote) {
  Masks m{};
  for (std::size_t i = 0; i < kChunk; ++i) {
    m.delimiter |= static_cast<std::uint64_t>(p[i] == delimiter) << i;
    m.line_end |= static_cast<std::uint64_t>(p[i] == '\n') << i;
    m.quote |= static_cast<std::uint64_t>(p[i] == quote) << i;
  }
  return m;
}
#endif

}  // namespace

std::string_view Record::unquoted(char* begin, char* stop) noexcept {
  char* const content = begin + 1;
  char* closing = static_cast<char*>(std::memchr(content, '"', static_cast<std::size_t>(stop - content)));
  if (!closing || closing + 1 == stop) {  // the usual case: nothing to undo
    char* const end = closing ? closing : stop;
    return {content, static_cast<std::size_t>(end - content)};
  }
  char* to = closing;
  bool inside = true;
  for (char* from = closing; from < stop; ++from) {
    if (!inside || *from != '"')
      *to++ = *from;  // what follows the closing quote is taken as it is
    else if (from + 1 < stop && from[1] == '"')
      *to++ = *from++;
    else
      inside = false;
  }
  std::fill(to, stop, '"');  // no line break may stay behind twice: lines are counted in this buffer
  return {content, static_cast<std::size_t>(to - content)};
}

Records::Records(Source& source, Dialect dialect, DatasetSink& sink)
    : source_(source),
      dialect_(std::move(dialect)),
      sink_(sink),
      width_(static_cast<std::uint32_t>(dialect_.delimiter.size())),
      buffer_(kBlock + kPadding) {}

void Records::fill() {
  if (ended_) return;
  const std::size_t step = std::max(kBlock, used_);
  if (buffer_.size() < used_ + step + kPadding) buffer_.resize(used_ + step + kPadding);
  const std::size_t got = source_.read({buffer_.data() + used_, step});
  used_ += got;
  ended_ = got < step;
  if (ended_ && used_ > 0 && buffer_[used_ - 1] != '\n') buffer_[used_++] = '\n';
}

void Records::drop_preamble() {
  const std::string_view head(buffer_.data(), used_);
  if (!begun_) {
    begun_ = true;
    if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff"))
      throw DataError(path(), 1, "is written in UTF-16; convert it to UTF-8, for example with iconv");
    if (head.starts_with("\xef\xbb\xbf")) done_ = 3;
  }
  while (dialect_.skip_lines > 0 && done_ < used_) {
    const std::size_t end = head.find('\n', done_);
    done_ = end == std::string_view::npos ? used_ : end + 1;
    if (end != std::string_view::npos) --dialect_.skip_lines;
  }
}

bool Records::load() {
  for (;;) {
    (void)line_at(done_);
    std::memmove(buffer_.data(), buffer_.data() + done_, used_ - done_);
    used_ -= done_;
    counted_ -= done_;
    done_ = 0;
    fill();
    drop_preamble();
    found_ = cursor_ = 0;
    if (done_ == used_ && ended_) return false;
    index();
    if (found_ > 0) return true;
    if (ended_ || used_ > kLongest) give_up_on_quote();
  }
}

void Records::accept(std::uint32_t position) {
  if (position < skip_until_) return;
  const char c = buffer_[position];
  if (in_quotes_) {
    if (c != '"') return;
    if (position + 1 < used_ && buffer_[position + 1] == '"')
      skip_until_ = position + 2;
    else
      in_quotes_ = false;
  } else if (c == '\n') {
    ends_[found_++] = position | kLineEnd;
    field_start_ = position + 1;
  } else if (c == '"' && dialect_.quotes) {
    in_quotes_ = position == field_start_;
  } else if (std::string_view(&buffer_[position], used_ - position).starts_with(dialect_.delimiter)) {
    ends_[found_++] = position;
    skip_until_ = field_start_ = position + width_;
  }
}

void Records::index() {
  if (ends_.size() < used_ + kChunk) ends_.resize(used_ + kChunk);
  start_ = field_start_ = static_cast<std::uint32_t>(done_);
  skip_until_ = 0;
  in_quotes_ = false;
  const char delimiter = dialect_.delimiter[0], quote = dialect_.quotes ? '"' : '\n';
  for (std::size_t base = done_; base < used_; base += kChunk) {
    Masks m = masks_of(buffer_.data() + base, delimiter, quote);
    std::uint64_t all = m.delimiter | m.line_end | m.quote;
    if (used_ - base < kChunk) all &= (std::uint64_t{1} << (used_ - base)) - 1;
    const auto first = static_cast<std::uint32_t>(base);
    if (in_quotes_ || width_ > 1 || (dialect_.quotes && m.quote)) {
      for (; all; all &= all - 1) accept(first + static_cast<std::uint32_t>(std::countr_zero(all)));
      continue;
    }
    std::uint32_t* out = ends_.data() + found_;
    for (; all; all &= all - 1) {
      const int bit = std::countr_zero(all);
      *out++ = (first + static_cast<std::uint32_t>(bit)) | (static_cast<std::uint32_t>(m.line_end >> bit & 1) << 31);
    }
    found_ = static_cast<std::size_t>(out - ends_.data());
    if (found_ > 0) field_start_ = (ends_[found_ - 1] & ~kLineEnd) + 1;
  }
  while (found_ > 0 && !(ends_[found_ - 1] & kLineEnd)) --found_;
  if (found_ > 0) done_ = (ends_[found_ - 1] & ~kLineEnd) + 1;
}

void Records::give_up_on_quote() {
  const std::int64_t line = line_at(done_);
  const std::size_t end = std::string_view(buffer_.data(), used_).find('\n', done_);
  if (end == std::string_view::npos || !in_quotes_)
    throw DataError(path(), line, "is longer than " + std::to_string(kLongest >> 20) + " MiB; is this a text file?");
  sink_.bad_line(path(), line, "a quote is opened that is never closed");
  done_ = end + 1;
}

bool Records::fields_are_short(const Record& record) {
  std::size_t begin = static_cast<std::size_t>(record.begin_ - buffer_.data());
  for (std::size_t i = 0; i < record.size(); ++i) {
    const std::size_t length = record.end(i) - begin;
    begin = record.end(i) + width_;
    if (length <= kLongestField) continue;
    bad(record, "expected fields of at most " + std::to_string(kLongestField) + " bytes, found one of " +
                    std::to_string(length));
    return false;
  }
  return true;
}

std::int64_t Records::line_at(std::size_t position) {
  const char* data = buffer_.data();
  if (position < counted_) return line_ - std::count(data + position, data + counted_, '\n');
  line_ += std::count(data + counted_, data + position, '\n');
  counted_ = position;
  return line_;
}

std::int64_t Records::line(const Record& record) {
  return line_at(static_cast<std::size_t>(record.begin_ - buffer_.data()));
}

}  // namespace assay::reading
