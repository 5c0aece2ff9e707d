#pragma once  // What the engine's tests share: random matrices, sparse data, storage in memory.

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "assay/errors.hpp"
#include "assay/nn/init.hpp"
#include "assay/nn/network.hpp"
#include "assay/random.hpp"
#include "assay/run.hpp"

namespace assay::nn::test {

inline Block random_block(std::int64_t rows, std::int64_t columns, std::uint64_t seed, float size = 1) {
  Block block(rows, columns);
  Random random(seed);
  fill_uniform(random, -size, size, block.view());
  return block;
}

/// A random network whose biases are not zero.
inline Network random_network(std::int64_t inputs, std::vector<LayerSpec> layers, std::uint64_t seed) {
  Network network(inputs, layers);
  Random random(seed);
  for (std::size_t i = 0; i < network.size(); ++i) {
    fill_xavier_uniform(random, network.layer(i).weights.value.view());
    fill_uniform(random, -.5f, .5f, network.layer(i).bias.value.view());
  }
  return network;
}

/// CSR data that owns its memory; row r has about `density` of the columns.
struct SparseData {
  SparseData(Index row_count, Index column_count, double density, std::uint64_t seed) {
    Random random(seed);
    offsets.push_back(0);
    for (Index r = 0; r < row_count; ++r) {
      for (Index c = 0; c < column_count; ++c)
        if (random.uniform() < density) {
          column.push_back(c);
          value.push_back(static_cast<float>(random.uniform() * 2 - 1));
        }
      offsets.push_back(static_cast<std::int64_t>(column.size()));
    }
    view = {row_count, column_count, offsets, column.data(), value.data(), nullptr};
  }
  std::vector<std::int64_t> offsets;
  std::vector<Index> column;
  std::vector<float> value;
  Interactions view{};
};

/// The batch as a dense matrix.
inline Block dense_of(const SparseBatch& batch) {
  Block out(batch.rows(), batch.columns());
  for (std::int64_t r = 0; r < batch.rows(); ++r)
    for (std::size_t e = 0; e < batch.row(r).index.size(); ++e)
      out.row(r)[static_cast<std::size_t>(batch.row(r).index[e])] = batch.row(r).value[e];
  return out;
}

/// All values of all parameters, padding included.
inline std::vector<float> values_of(Network& network) {
  std::vector<float> all;
  for (const Parameter* p : network.parameters())
    all.insert(all.end(), p->value.view().data, p->value.view().data + p->value.rows() * p->value.stride());
  return all;
}

class Storage final : public Writer, public Reader {
 public:
  void tensor(std::string_view name, const Tensor& t) override {
    Stored& s = tensors_[std::string(name)];
    s.shape.assign(t.shape.begin(), t.shape.end());
    s.element = t.element;
    std::size_t bytes = t.element == Element::i64 ? 8 : 4;
    for (const std::int64_t n : t.shape) bytes *= static_cast<std::size_t>(n);
    s.bytes.resize(bytes);
    if (bytes > 0) std::memcpy(s.bytes.data(), t.data, bytes);
  }
  void text(std::string_view, std::string_view) override {}
  [[nodiscard]] Tensor tensor(std::string_view name) const override {
    const auto found = tensors_.find(std::string(name));
    if (found == tensors_.end()) throw DataError("there is no tensor " + std::string(name));
    return {found->second.bytes.data(), found->second.element, found->second.shape};
  }
  [[nodiscard]] std::string_view text(std::string_view) const override { return {}; }

 private:
  struct Stored {
    std::vector<std::byte> bytes;
    std::vector<std::int64_t> shape;
    Element element = Element::f32;
  };
  std::map<std::string, Stored> tensors_;
};

}  // namespace assay::nn::test
