#pragma once  // Undoes the compression of one piece of an R lazy-load database.

#include <string>
#include <string_view>

namespace assay::rdata {

/// A piece is the length of its content (4 bytes, big-endian), then zlib data, or a type byte ('1' zlib, '2' bzip2,
/// 'Z' raw LZMA2, '0' none) and data so compressed. Throws DataError that names `path`.
[[nodiscard]] std::string inflate_piece(std::string_view piece, const std::string& path);

}  // namespace assay::rdata
