#pragma once  // Writes R's serialization format, version 3, for the tests of the rdata reader.

#include <bit>
#include <bzlib.h>
#include <cstdint>
#include <functional>
#include <limits>
#include <lzma.h>
#include <string>
#include <utility>
#include <vector>
#include <zlib.h>

namespace assay::test::r {

constexpr std::int32_t kNa = std::numeric_limits<std::int32_t>::min();

inline std::string word(std::uint32_t x) {
  return {static_cast<char>(x >> 24), static_cast<char>(x >> 16), static_cast<char>(x >> 8), static_cast<char>(x)};
}

/// Objects one after the other; a list is followed by its items, then by attributes() where it was promised them.
class Writer {
 public:
  using Entry = std::pair<std::string, std::function<void(Writer&)>>;

  void raw(const std::string& bytes) { out_ += bytes; }
  void integers(const std::vector<std::int32_t>& values, bool attributes = false) {
    head(13, attributes, values.size());
    for (const auto x : values) out_ += word(static_cast<std::uint32_t>(x));
  }
  void reals(const std::vector<double>& values, bool attributes = false) {
    head(14, attributes, values.size());
    for (const double x : values) real(x);
  }
  void texts(const std::vector<std::string>& values) {
    head(16, false, values.size());
    for (const auto& x : values) out_ += word(9) + word(static_cast<std::uint32_t>(x.size())) + x;
  }
  void list(std::size_t n, bool attributes = false) { head(19, attributes, n); }
  void attributes(const std::vector<Entry>& entries) { pairlist(entries); }
  void pairlist(const std::vector<Entry>& entries) {
    for (const auto& [tag, value] : entries) {
      out_ += word(2 | 1 << 10);
      symbol(tag);
      value(*this);
    }
    out_ += word(254);
  }
  /// 1, 2, …, n as R keeps it: three numbers.
  void compact_sequence(double n) {
    out_ += word(238);
    out_ += word(2);
    symbol("compact_intseq");
    out_ += word(2);
    symbol("base");
    out_ += word(2);
    integers({13});
    out_ += word(254);
    reals({n, 1, 1});
    out_ += word(254);
  }
  [[nodiscard]] std::string document() const {
    return "X\n" + word(3) + word(0x040101) + word(0x030500) + word(5) + "UTF-8" + out_;
  }

 private:
  void head(std::uint32_t code, bool attributes, std::size_t n) {
    out_ += word(code | (attributes ? 1U << 9 : 0U)) + word(static_cast<std::uint32_t>(n));
  }
  void symbol(const std::string& name) {
    out_ += word(1) + word(9) + word(static_cast<std::uint32_t>(name.size())) + name;
  }
  void real(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    out_ += word(static_cast<std::uint32_t>(bits >> 32)) + word(static_cast<std::uint32_t>(bits));
  }

  std::string out_;
};

enum class Compression : std::uint8_t { zlib, zlib_marked, bzip2, lzma, none };

/// A piece of a lazy-load database.
inline std::string piece(const std::string& content, Compression compression) {
  std::string packed(content.size() * 2 + 1000, '\0');
  std::string type;
  if (compression == Compression::zlib || compression == Compression::zlib_marked) {
    uLongf n = packed.size();
    compress(reinterpret_cast<Bytef*>(packed.data()), &n, reinterpret_cast<const Bytef*>(content.data()),
             content.size());
    packed.resize(n);
    if (compression == Compression::zlib_marked) type = "1";
  } else if (compression == Compression::bzip2) {
    auto n = static_cast<unsigned>(packed.size());
    BZ2_bzBuffToBuffCompress(packed.data(), &n, const_cast<char*>(content.data()),
                             static_cast<unsigned>(content.size()), 9, 0, 0);
    packed.resize(n);
    type = "2";
  } else if (compression == Compression::lzma) {
    lzma_options_lzma options;
    lzma_lzma_preset(&options, 6);
    const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    std::size_t n = 0;
    lzma_raw_buffer_encode(filters, nullptr, reinterpret_cast<const std::uint8_t*>(content.data()), content.size(),
                           reinterpret_cast<std::uint8_t*>(packed.data()), &n, packed.size());
    packed.resize(n);
    type = "Z";
  } else {
    packed = content;
    type = "0";
  }
  return word(static_cast<std::uint32_t>(content.size())) + type + packed;
}

}  // namespace assay::test::r
