// Scores users by the generator, in tiles whose shapes never change: so a row's bits do not depend on its neighbours.

#include "scorer.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "assay/errors.hpp"
#include "assay/stored.hpp"

#include "trainer.hpp"

namespace cfgan {
namespace {

using assay::Index;
namespace nn = assay::nn;

constexpr Index kUsers = 64, kItems = 256;  // of a tile

/// Forward up to the last hidden layer, whose values are then in tape.output(size − 2).
void forward_hidden(assay::Executor& executor, const nn::Network& network, const nn::SparseBatch& x, nn::Tape& tape) {
  for (std::size_t i = 0; i + 1 < network.size(); ++i) {
    if (i == 0)
      network.layer(0).multiply(executor, x, 0, false, tape.output(0));
    else
      network.layer(i).multiply(executor, tape.output(i - 1), 0, false, tape.output(i));
    nn::activate(executor, network.activation(i), network.layer(i).bias.value.row(0).data(), tape.output(i));
  }
}

nn::Block copied(const nn::Block& from) {
  nn::Block to(from.rows(), from.columns());
  nn::copy(from.view(), to.view());
  return to;
}

/// A matrix of so many rows and columns, or kAny, as save_matrix() writes it: a single row is a list.
assay::Tensor stored_matrix(const assay::Reader& reader, const std::string& name, std::int64_t rows,
                            std::int64_t columns) {
  const bool list = rows == 1 || (rows == assay::kAny && reader.tensor(name).shape.size() == 1);
  return list ? assay::stored_tensor<float>(reader, name, {columns})
              : assay::stored_tensor<float>(reader, name, {rows, columns});
}

nn::Block loaded(const assay::Reader& reader, const std::string& name, std::int64_t rows, std::int64_t columns) {
  const auto shape = stored_matrix(reader, name, rows, columns).shape;
  nn::Block block(shape.size() == 1 ? 1 : shape[0], shape.back());
  nn::load_matrix(reader, name, block.view());
  return block;
}

}  // namespace

void Scorer::take(assay::Executor& executor, const nn::Network& generator, const assay::Interactions& samples) {
  const std::size_t last = generator.size() - 1;
  if (!by_item_) {
    if (!generator_)
      generator_ = make_network(samples.columns, params_.generator_layers, params_.activation, samples.columns,
                                params_.output_activation);
    for (std::size_t i = 0; i <= last; ++i) {
      nn::copy(generator.layer(i).weights.value.view(), generator_->layer(i).weights.value.view());
      nn::copy(generator.layer(i).bias.value.view(), generator_->layer(i).bias.value.view());
    }
    return;
  }
  last_weights_ = copied(generator.layer(last).weights.value);
  last_bias_ = copied(generator.layer(last).bias.value);
  if (item_hidden_.rows() != samples.rows) item_hidden_ = nn::Block(samples.rows, generator.layer(last).inputs());
  constexpr Index kBatch = 256;
  nn::SparseBatch x(samples, kBatch);
  nn::Tape tape(generator, kBatch, nn::Tape::For::forward);
  std::vector<Index> batch;
  for (Index first = 0; first < samples.rows; first += kBatch) {
    batch.resize(static_cast<std::size_t>(std::min(kBatch, samples.rows - first)));
    std::iota(batch.begin(), batch.end(), first);
    x.gather(samples, batch, nn::SparseBatch::Values::ones, nn::SparseBatch::For::forward);
    tape.set_rows(x.rows());
    forward_hidden(executor, generator, x, tape);
    nn::copy(tape.output(last - 1), item_hidden_.view(first, x.rows()));
  }
}

nn::Block Scorer::hidden_of(const assay::Profiles& profiles, Index first, Index count) const {
  nn::SparseBatch x(profiles.known, kUsers);
  std::vector<Index> batch(static_cast<std::size_t>(count));
  std::iota(batch.begin(), batch.end(), first);
  x.gather(profiles.known, batch, nn::SparseBatch::Values::ones, nn::SparseBatch::For::forward);
  nn::Tape tape(*generator_, kUsers, nn::Tape::For::forward);  // all rows: those beyond the batch are of no interest
  forward_hidden(assay::serial_executor(), *generator_, x, tape);
  const std::size_t last_hidden = generator_->size() - 2;
  nn::Block out(kUsers, generator_->layer(last_hidden).outputs());
  nn::copy(tape.output(last_hidden), out.view());
  return out;
}

void Scorer::column_of(Index user, std::int64_t row, nn::Block& out) const {
  const assay::ConstMatrix w = last_weights_.view();
  for (std::int64_t k = 0; k < w.rows; ++k) out.row(row)[static_cast<std::size_t>(k)] = w.data[k * w.stride + user];
}

void Scorer::score(const assay::Profiles& profiles, assay::Scores scores) const {
  for (Index first = 0; first < scores.users; first += kUsers) {
    const Index count = std::min(kUsers, scores.users - first);
    nn::Block left;
    if (by_item_) {
      left = nn::Block(kUsers, last_weights_.rows());
      for (Index r = 0; r < count; ++r)
        if (const Index user = profiles.user[static_cast<std::size_t>(first + r)]; user != assay::kUnknown)
          column_of(user, r, left);
    } else {
      left = hidden_of(profiles, first, count);
    }
    score_tile(profiles, left, first, count, scores);
  }
}

void Scorer::score_tile(const assay::Profiles& profiles, const nn::Block& left, Index first, Index count,
                        const assay::Scores& scores) const {
  const nn::Linear* last = by_item_ ? nullptr : &generator_->layer(generator_->size() - 1);
  const auto items = static_cast<Index>(by_item_ ? item_hidden_.rows() : last->outputs());
  const Index end = scores.first_item + scores.items;
  nn::Block tile(kUsers, kItems);
  for (Index block = scores.first_item / kItems * kItems; block < end; block += kItems) {
    const Index width = std::min(kItems, items - block);
    const assay::Matrix out{tile.view().data, kUsers, width, tile.stride()};
    assay::ConstMatrix right = by_item_ ? item_hidden_.view(block, width) : last->weights.value.view();
    if (!by_item_) right = {right.data + block, right.rows, width, right.stride};
    assay::gemm(assay::serial_executor(), false, by_item_, 1, left.view(), right, 0, out);
    const Index from = std::max(block, scores.first_item), to = std::min(block + width, end);
    for (Index r = 0; r < count; ++r) {
      float* row = scores.data + (first + r) * scores.stride - scores.first_item;
      const Index user = profiles.user[static_cast<std::size_t>(first + r)];
      if (by_item_ && user == assay::kUnknown) {
        std::fill(row + from, row + to, -std::numeric_limits<float>::infinity());
        continue;
      }
      const float of_user = by_item_ ? last_bias_.row(0)[static_cast<std::size_t>(user)] : 0.f;
      const float* of_item = by_item_ ? nullptr : last->bias.value.row(0).data();
      for (Index i = from; i < to; ++i)
        row[i] = out.data[r * out.stride + (i - block)] + (by_item_ ? of_user : of_item[i]);
    }
  }
}

void Scorer::save(assay::Writer& writer) const {
  if (!by_item_) return generator_->save(writer, "generator");
  nn::save_matrix(writer, "item_hidden", item_hidden_.view());
  nn::save_matrix(writer, "user_weight", last_weights_.view());
  nn::save_matrix(writer, "user_bias", last_bias_.view());
}

void Scorer::load(const assay::Reader& reader) {
  const auto [users, items] = assay::extents_of(reader);
  const std::vector<int>& hidden = params_.generator_layers;
  if (!by_item_) {
    const std::string last = "generator." + std::to_string(hidden.size()) + ".bias";
    const std::int64_t places = std::ssize(assay::stored_list<float>(reader, last, items));
    static_cast<void>(stored_matrix(reader, "generator.0.weight", places, hidden.front()));  // before room is made
    generator_ = make_network(places, params_.generator_layers, params_.activation, places, params_.output_activation);
    return generator_->load(reader, "generator");
  }
  item_hidden_ = loaded(reader, "item_hidden", items, hidden.back());
  last_weights_ = loaded(reader, "user_weight", hidden.back(), users);
  last_bias_ = loaded(reader, "user_bias", 1, last_weights_.columns());
}

}  // namespace cfgan
