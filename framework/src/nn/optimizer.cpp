// Adam and SGD, one fused pass each.

#include "assay/nn/optimizer.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "assay/nn/network.hpp"
#include "assay/stored.hpp"

namespace assay::nn {
inline namespace v1 {
namespace {

constexpr std::int64_t kPiece = 1 << 15;  // floats of one parameter a thread takes at a time

struct AdamStep {
  float beta1, beta2, epsilon, l2, rate, root;  // root: 1 / √(1 − β₂ᵗ)
};

float flushed(float x) { return x < 1e-30f && x > -1e-30f ? 0.f : x; }

template <bool HasGradient>
void adam(const AdamStep& s, std::int64_t n, const float* __restrict gradient, float* __restrict w, float* __restrict m,
          float* __restrict v) {
  const float beta1 = s.beta1, beta2 = s.beta2, rest1 = 1 - beta1, rest2 = 1 - beta2;
  const float epsilon = s.epsilon, l2 = s.l2, rate = s.rate, root = s.root;
  for (std::int64_t i = 0; i < n; ++i) {
    float g = l2 * w[i];
    if constexpr (HasGradient) g += gradient[i];
    const float first = flushed(beta1 * m[i] + rest1 * g), second = flushed(beta2 * v[i] + rest2 * g * g);
    m[i] = first;
    v[i] = second;
    w[i] -= rate * first / (std::sqrt(second) * root + epsilon);
  }
}

/// body(first row, last row, has a gradient) for runs of rows alike.
template <class Body>
void for_runs(const std::vector<std::uint8_t>& touched, std::int64_t begin, std::int64_t end, Body&& body) {
  while (begin < end) {
    const std::uint8_t kind = touched[static_cast<std::size_t>(begin)];
    std::int64_t last = begin + 1;
    while (last < end && touched[static_cast<std::size_t>(last)] == kind) ++last;
    body(begin, last, kind != 0);
    begin = last;
  }
}

}  // namespace

Optimizer::Optimizer(const Adam& options, std::vector<Parameter*> parameters)
    : adaptive_(true), options_(options), parameters_(std::move(parameters)) {
  for (const Parameter* p : parameters_) {
    first_.emplace_back(p->value.rows(), p->value.columns());
    second_.emplace_back(p->value.rows(), p->value.columns());
  }
  cut();
}

Optimizer::Optimizer(const Sgd& options, std::vector<Parameter*> parameters)
    : adaptive_(false), options_{.rate = options.rate, .l2 = options.l2}, parameters_(std::move(parameters)) {
  cut();
}

void Optimizer::cut() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Block& value = parameters_[i]->value;
    const std::int64_t grain = kPiece / value.stride() + 1;
    for (std::int64_t begin = 0; begin < value.rows(); begin += grain)
      pieces_.push_back({i, begin, std::min(begin + grain, value.rows())});
  }
}

void Optimizer::step(Executor& executor) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double correction1 = 1 - std::pow(static_cast<double>(options_.beta1), t);
  const double correction2 = 1 - std::pow(static_cast<double>(options_.beta2), t);
  const auto rate = static_cast<float>(static_cast<double>(options_.rate) / correction1);
  const auto root = static_cast<float>(1 / std::sqrt(correction2));
  for_ranges(executor, static_cast<std::int64_t>(pieces_.size()), 1, [&](std::int64_t i, std::int64_t) {
    const Piece& piece = pieces_[static_cast<std::size_t>(i)];
    adaptive_ ? adam_rows(piece, rate, root) : sgd_rows(piece);
  });
}

void Optimizer::adam_rows(const Piece& piece, float rate, float root) noexcept {
  Parameter& p = *parameters_[piece.parameter];
  const std::int64_t stride = p.value.stride();
  const AdamStep s{options_.beta1, options_.beta2, options_.epsilon, options_.l2, rate, root};
  for_runs(p.touched, piece.begin, piece.end, [&](std::int64_t first, std::int64_t last, bool has_gradient) {
    // Whole rows with their padding: it is zero everywhere and stays so.
    const std::int64_t n = (last - first) * stride;
    const float* g = p.gradient.row(first).data();
    float *w = p.value.row(first).data(), *m = first_[piece.parameter].row(first).data(),
          *v = second_[piece.parameter].row(first).data();
    has_gradient ? adam<true>(s, n, g, w, m, v) : adam<false>(s, n, g, w, m, v);
  });
}

void Optimizer::sgd_rows(const Piece& piece) noexcept {
  Parameter& p = *parameters_[piece.parameter];
  const float rate = options_.rate, l2 = options_.l2;
  for_runs(p.touched, piece.begin, piece.end, [&](std::int64_t first, std::int64_t last, bool has_gradient) {
    const std::int64_t n = (last - first) * p.value.stride();
    const float* __restrict g = p.gradient.row(first).data();
    float* __restrict w = p.value.row(first).data();
    if (has_gradient)
      for (std::int64_t i = 0; i < n; ++i) w[i] -= rate * (g[i] + l2 * w[i]);
    else if (l2 != 0)
      for (std::int64_t i = 0; i < n; ++i) w[i] -= rate * (l2 * w[i]);
  });
}

void Optimizer::save(Writer& writer, std::string_view prefix) const {
  const std::string name(prefix);
  const std::int64_t shape[] = {1};
  writer.tensor(name + ".step", {&steps_, Element::i64, shape});
  for (std::size_t i = 0; i < first_.size(); ++i) {
    save_matrix(writer, name + "." + std::to_string(i) + ".m", first_[i].view());
    save_matrix(writer, name + "." + std::to_string(i) + ".v", second_[i].view());
  }
}

void Optimizer::load(const Reader& reader, std::string_view prefix) {
  const std::string name(prefix);
  const std::int64_t steps = stored_list<std::int64_t>(reader, name + ".step", 1)[0];
  if (steps < 0) refuse_stored(name + ".step", "a count of steps", std::to_string(steps));
  steps_ = steps;
  for (std::size_t i = 0; i < first_.size(); ++i) {
    load_matrix(reader, name + "." + std::to_string(i) + ".m", first_[i].view());
    load_matrix(reader, name + "." + std::to_string(i) + ".v", second_[i].view());
  }
}

}  // namespace v1
}  // namespace assay::nn
