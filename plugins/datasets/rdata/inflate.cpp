// Three decompressors behind one loop that never trusts the promised length.
#include "inflate.hpp"

#include <algorithm>
#include <bzlib.h>
#include <cstdint>
#include <limits>
#include <lzma.h>
#include <zlib.h>

#include "assay/errors.hpp"

namespace assay::rdata {
namespace {

constexpr std::size_t kFirstStep = 1 << 20;
constexpr std::size_t kMost = std::size_t{2} << 30;

struct Step {
  std::size_t produced;
  bool ended, failed;
};

/// Memory grows with what comes out: a piece that promises much and holds little costs little.
template <class Decompress>
std::string grow(std::size_t promised, const std::string& path, Decompress decompress) {
  std::string out;
  std::size_t done = 0;
  bool ended = false;
  while (!ended) {
    out.resize(std::min(promised, std::max(kFirstStep, out.size() * 2)) + 1);  // one more shows what is too long
    const Step step = decompress(out.data() + done, out.size() - done);
    done += step.produced;
    ended = step.ended;
    if (step.failed || done > promised || (!ended && step.produced == 0))
      throw DataError(path, 0, "holds a damaged piece");
  }
  if (done != promised) throw DataError(path, 0, "holds a piece that is cut short");
  out.resize(done);
  return out;
}

unsigned clipped(std::size_t n) {
  return static_cast<unsigned>(std::min<std::size_t>(n, std::numeric_limits<int>::max()));
}

std::string from_zlib(std::string_view data, std::size_t promised, const std::string& path) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw DataError(path, 0, "no memory to unpack it");
  const struct End {
    z_stream& s;
    ~End() { inflateEnd(&s); }
  } end{stream};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));  // zlib does not write there
  stream.avail_in = clipped(data.size());
  return grow(promised, path, [&](char* out, std::size_t room) -> Step {
    stream.next_out = reinterpret_cast<Bytef*>(out);
    stream.avail_out = clipped(room);
    const unsigned before = stream.avail_out;
    const int code = inflate(&stream, Z_NO_FLUSH);
    return {before - stream.avail_out, code == Z_STREAM_END, code != Z_OK && code != Z_STREAM_END};
  });
}

std::string from_bzip2(std::string_view data, std::size_t promised, const std::string& path) {
  bz_stream stream{};
  if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) throw DataError(path, 0, "no memory to unpack it");
  const struct End {
    bz_stream& s;
    ~End() { BZ2_bzDecompressEnd(&s); }
  } end{stream};
  stream.next_in = const_cast<char*>(data.data());
  stream.avail_in = clipped(data.size());
  return grow(promised, path, [&](char* out, std::size_t room) -> Step {
    stream.next_out = out;
    stream.avail_out = clipped(room);
    const unsigned before = stream.avail_out;
    const int code = BZ2_bzDecompress(&stream);
    return {before - stream.avail_out, code == BZ_STREAM_END, code != BZ_OK && code != BZ_STREAM_END};
  });
}

std::string from_lzma(std::string_view data, std::size_t promised, const std::string& path) {
  lzma_options_lzma options;
  if (lzma_lzma_preset(&options, 6)) throw DataError(path, 0, "no LZMA preset to unpack it");  // what R compresses with
  const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_raw_decoder(&stream, filters) != LZMA_OK) throw DataError(path, 0, "no memory to unpack it");
  const struct End {
    lzma_stream& s;
    ~End() { lzma_end(&s); }
  } end{stream};
  stream.next_in = reinterpret_cast<const std::uint8_t*>(data.data());
  stream.avail_in = data.size();
  return grow(promised, path, [&](char* out, std::size_t room) -> Step {
    stream.next_out = reinterpret_cast<std::uint8_t*>(out);
    stream.avail_out = room;
    const lzma_ret code = lzma_code(&stream, LZMA_FINISH);
    return {room - stream.avail_out, code == LZMA_STREAM_END, code != LZMA_OK && code != LZMA_STREAM_END};
  });
}

}  // namespace

std::string inflate_piece(std::string_view piece, const std::string& path) {
  if (piece.size() < 5) throw DataError(path, 0, "holds a piece that is cut short");
  std::size_t promised = 0;
  for (const char c : piece.substr(0, 4)) promised = promised << 8 | static_cast<unsigned char>(c);
  if (promised > kMost) throw DataError(path, 0, "holds a piece of more than 2 GiB unpacked");
  const char type = piece[4];
  const std::string_view data = piece.substr(type == '0' || type == '1' || type == '2' || type == 'Z' ? 5 : 4);
  if (type == '2') return from_bzip2(data, promised, path);
  if (type == 'Z') return from_lzma(data, promised, path);
  if (type != '0') return from_zlib(data, promised, path);
  if (data.size() != promised) throw DataError(path, 0, "holds a piece that is cut short");
  return std::string(data);
}

}  // namespace assay::rdata
