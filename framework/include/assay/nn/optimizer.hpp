#pragma once  // Optimizers: one fused pass over all parameters.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "assay/export.hpp"
#include "assay/nn/layer.hpp"

namespace assay::nn {
inline namespace v1 {

struct Adam {
  float rate = 1e-3f, beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  float l2 = 0;  ///< adds l2 · w to the gradient: the loss has l2 · Σ ½w²
};
struct Sgd {
  float rate = 1e-2f;
  float l2 = 0;
};

/// Changes parameters by their gradients. The parameters must outlive it. Same bits at any number of threads.
class ASSAY_EXPORT Optimizer {
 public:
  /// Kingma, Ba, ICLR 2015, algorithm 1: w −= rate · m̂ / (√v̂ + ε). Moments below 1e-30 become 0, so that rows without
  /// gradients do not decay into denormals.
  Optimizer(const Adam&, std::vector<Parameter*> parameters);
  /// w −= rate · g. Rows without gradient cost nothing where l2 is 0.
  Optimizer(const Sgd&, std::vector<Parameter*> parameters);

  void step(Executor&);  ///< gradients stay; clear them before the next batch
  [[nodiscard]] std::int64_t steps() const noexcept { return steps_; }

  /// Tensors "<prefix>.step" and, for Adam, "<prefix>.<i>.m" and ".v" of the i-th parameter.
  void save(Writer&, std::string_view prefix) const;
  void load(const Reader&, std::string_view prefix);

 private:
  struct Piece {
    std::size_t parameter;
    std::int64_t begin, end;  // rows
  };
  void cut();
  void adam_rows(const Piece&, float rate, float root) noexcept;
  void sgd_rows(const Piece&) noexcept;

  bool adaptive_;
  Adam options_;  // of SGD: rate and l2
  std::int64_t steps_ = 0;
  std::vector<Parameter*> parameters_;
  std::vector<Block> first_, second_;
  std::vector<Piece> pieces_;
};

}  // namespace v1
}  // namespace assay::nn
