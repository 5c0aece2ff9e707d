// Dense matrix products on oneDNN: fixed blocks by shape, one serial dnnl_sgemm each, so that bits never depend on the
// number of threads. docs/design/network-engine.md tells why.

#include <algorithm>
#include <dnnl.h>
#include <omp.h>
#include <string>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

#include "linalg/onednn_version.hpp"

namespace assay {
namespace {

constexpr double kWorthAThread =
    4e6;  // floating point operations, some 40 µs: a block below this is not worth a wake-up
constexpr std::int64_t kBlockColumns = 192, kBlockRows = 128;

/// oneDNN asks OpenMP for its threads; in this scope there is one. The setting belongs to the calling thread alone.
class OneOpenMpThread {
 public:
  OneOpenMpThread() : before_(omp_get_max_threads()) {
    if (before_ != 1) omp_set_num_threads(1);
  }
  ~OneOpenMpThread() {
    if (before_ != 1) omp_set_num_threads(before_);
  }
  OneOpenMpThread(const OneOpenMpThread&) = delete;
  OneOpenMpThread& operator=(const OneOpenMpThread&) = delete;

 private:
  int before_;
};

/// Cuts `count` into nearly equal blocks of about `wanted`, each but the last a multiple of 16. Returns the block.
std::int64_t even_block(std::int64_t count, std::int64_t wanted) {
  if (count <= wanted + wanted / 2) return count;
  const std::int64_t blocks = (count + wanted - 1) / wanted;
  return ((count + blocks - 1) / blocks + 15) / 16 * 16;
}

std::string shape(ConstMatrix m) { return std::to_string(m.rows) + " × " + std::to_string(m.columns); }

void check(const char* name, ConstMatrix m) {
  if (m.rows < 0 || m.columns < 0 || m.stride < m.columns)
    throw Error(std::string("gemm: matrix ") + name + " is " + shape(m) + " with a stride of " +
                std::to_string(m.stride) + "; the stride must be at least the number of columns.");
}

void scale(float beta, Matrix c) {
  for (std::int64_t i = 0; i < c.rows; ++i) {
    float* row = c.data + i * c.stride;
    for (std::int64_t j = 0; j < c.columns; ++j) row[j] = beta == 0 ? 0 : beta * row[j];
  }
}

}  // namespace

std::int64_t padded_stride(std::int64_t columns) noexcept {
  const std::int64_t stride = (std::max<std::int64_t>(columns, 1) + 15) / 16 * 16;
  return stride % 256 == 0 ? stride + 16 : stride;
}

void gemm(Executor& executor, bool transpose_a, bool transpose_b, float alpha, ConstMatrix a, ConstMatrix b, float beta,
          Matrix c) {
  check("a", a);
  check("b", b);
  check("c", c);
  const std::int64_t m = transpose_a ? a.columns : a.rows, k = transpose_a ? a.rows : a.columns;
  const std::int64_t n = transpose_b ? b.rows : b.columns, k_b = transpose_b ? b.columns : b.rows;
  if (k != k_b || m != c.rows || n != c.columns)
    throw Error("gemm: op(a) is " + std::to_string(m) + " × " + std::to_string(k) + " and op(b) " +
                std::to_string(k_b) + " × " + std::to_string(n) + ", which does not make c (" + shape(c) + ").");
  if (m == 0 || n == 0) return;
  if (k == 0 || alpha == 0) return scale(beta, c);

  const std::int64_t columns = even_block(n, kBlockColumns);
  const auto worthwhile = static_cast<std::int64_t>(kWorthAThread / 2 / static_cast<double>(columns * k)) + 1;
  const std::int64_t rows = even_block(m, std::max(kBlockRows, (worthwhile + 15) / 16 * 16));
  const std::int64_t across = (n + columns - 1) / columns, down = (m + rows - 1) / rows;
  for_ranges(executor, across * down, 1, [&](std::int64_t block, std::int64_t) {
    const OneOpenMpThread serial;
    const std::int64_t i = block / across * rows, j = block % across * columns;
    const float* first_a = a.data + (transpose_a ? i : i * a.stride);
    const float* first_b = b.data + (transpose_b ? j * b.stride : j);
    const dnnl_status_t status =
        dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', std::min(rows, m - i), std::min(columns, n - j), k,
                   alpha, first_a, a.stride, first_b, b.stride, beta, c.data + i * c.stride + j, c.stride);
    if (status != dnnl_success)
      throw Error("gemm: oneDNN refused a product of " + std::to_string(m) + " × " + std::to_string(k) + " × " +
                  std::to_string(n) + " (status " + std::to_string(status) + ").");
  });
}

std::string onednn_version() {
  const dnnl_version_t& version = *dnnl_version();
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." + std::to_string(version.patch);
}

}  // namespace assay
