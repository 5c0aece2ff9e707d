// zlib's inflate over blocks of the file.
#include "gzip.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <utility>
#include <vector>
#include <zlib.h>

#include "assay/errors.hpp"

namespace assay::reading {
namespace {

constexpr std::size_t kBlock = 256 << 10;
constexpr int kGzip = 16 + MAX_WBITS;  // zlib: expect a gzip header

}  // namespace

struct GzipReader::State {
  int file = -1;
  std::string path;
  z_stream stream{};
  std::vector<unsigned char> block = std::vector<unsigned char>(kBlock);
  std::int64_t taken = 0;  // bytes read from the file
  bool in_member = true, ended = false;

  [[noreturn]] void fail(const std::string& why) const { throw DataError(path, 0, why); }

  /// The next block of the file; false at its end.
  bool refill() {
    ssize_t n = 0;
    do n = ::read(file, block.data(), block.size());
    while (n < 0 && errno == EINTR);
    if (n < 0) fail(std::string("cannot be read: ") + std::strerror(errno));
    taken += n;
    stream.next_in = block.data();
    stream.avail_in = static_cast<unsigned>(n);
    return n > 0;
  }

  /// After a member: another one, padding, or the end.
  void begin_next_member() {
    while (true) {
      if (stream.avail_in == 0 && !refill()) {
        ended = true;
        return;
      }
      if (*stream.next_in != 0) break;
      ++stream.next_in;
      --stream.avail_in;
    }
    if (inflateReset(&stream) != Z_OK) fail("no memory to unpack it");
    in_member = true;
  }

  void unpack() {
    if (stream.avail_in == 0 && !refill()) fail("is damaged or cut short: it ends in the middle of the gzip data");
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      in_member = false;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      fail(std::string("is damaged or cut short: ") + (stream.msg ? stream.msg : "not gzip data"));
    }
  }
};

GzipReader::GzipReader(int file, std::string path) : state_(std::make_unique<State>()) {
  state_->file = file;
  state_->path = std::move(path);
  if (inflateInit2(&state_->stream, kGzip) != Z_OK) state_->fail("no memory to unpack it");
}

GzipReader::~GzipReader() { inflateEnd(&state_->stream); }

std::size_t GzipReader::read(std::span<char> out) {
  State& s = *state_;
  std::size_t got = 0;
  while (got < out.size() && !s.ended) {
    if (!s.in_member) {
      s.begin_next_member();
      continue;
    }
    const auto room = static_cast<unsigned>(std::min<std::size_t>(out.size() - got, 1U << 30));
    s.stream.next_out = reinterpret_cast<Bytef*>(out.data() + got);
    s.stream.avail_out = room;
    s.unpack();
    got += room - s.stream.avail_out;
  }
  return got;
}

std::int64_t GzipReader::consumed() const noexcept {
  return state_->taken - static_cast<std::int64_t>(state_->stream.avail_in);
}

}  // namespace assay::reading
