// First values of weights.

#include "assay/nn/init.hpp"

#include <cmath>

namespace assay::nn {
inline namespace v1 {
namespace {

std::span<float> row(Matrix m, std::int64_t i) { return {m.data + i * m.stride, static_cast<std::size_t>(m.columns)}; }
float root(double x) { return static_cast<float>(std::sqrt(x)); }
double fans(Matrix m) { return static_cast<double>(m.rows + m.columns); }
double fan_in(Matrix m) { return static_cast<double>(m.rows); }

}  // namespace

void fill_uniform(Random& random, float low, float high, Matrix m) {
  for (std::int64_t i = 0; i < m.rows; ++i) random.uniform(row(m, i), low, high);
}
void fill_normal(Random& random, float mean, float deviation, Matrix m) {
  for (std::int64_t i = 0; i < m.rows; ++i) random.normal(row(m, i), mean, deviation);
}
void fill_xavier_uniform(Random& random, Matrix w) {
  const float a = root(6 / fans(w));
  fill_uniform(random, -a, a, w);
}
void fill_xavier_normal(Random& random, Matrix w) { fill_normal(random, 0, root(2 / fans(w)), w); }
void fill_he_uniform(Random& random, Matrix w) {
  const float a = root(6 / fan_in(w));
  fill_uniform(random, -a, a, w);
}
void fill_he_normal(Random& random, Matrix w) { fill_normal(random, 0, root(2 / fan_in(w)), w); }

}  // namespace v1
}  // namespace assay::nn
