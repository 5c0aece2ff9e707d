// Loads a model plugin's built library and gives a test what the framework would: parameters, a Run, storage.
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "assay/model.hpp"

#include "base/pool.hpp"

namespace assay::test {

/// A model of plugins/NAME.so of this build. `params` is JSON text of those that differ from their defaults.
[[nodiscard]] std::shared_ptr<Recommender> make_model(const std::string& name, const std::string& params = "{}");
[[nodiscard]] Traits traits_of(const std::string& name);

/// Remembers tensors and texts; a Reader over what was written. What is written again replaces what there was.
class Storage final : public Writer, public Reader {
 public:
  void tensor(std::string_view name, const Tensor& tensor) override;
  void text(std::string_view name, std::string_view text) override;
  [[nodiscard]] Tensor tensor(std::string_view name) const override;
  [[nodiscard]] std::string_view text(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> tensor_names() const;

 private:
  struct Stored {
    std::vector<std::byte> bytes;
    Element element;
    std::vector<std::int64_t> shape;
  };
  std::map<std::string, Stored, std::less<>> tensors_;
  std::map<std::string, std::string, std::less<>> texts_;
};

/// A Run for models that are trained in one go.
class OneShotRun final : public Run {
 public:
  explicit OneShotRun(std::uint64_t seed = 1, int threads = 1) : seed_(seed), pool_(threads) {}
  int threads() const noexcept override { return pool_.threads(); }
  void parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) override {
    pool_.parallel(chunks, body, context);
  }
  int begin(int) override { return 0; }
  bool next() override { return true; }
  void progress(std::int64_t, std::int64_t) override {}
  bool cancelled() const noexcept override { return false; }
  void loss(std::string_view, double) override {}
  void measure(std::string_view, double) override {}
  Random random(std::string_view purpose, std::uint64_t index) const override;
  const Reader* input(std::string_view) const override { return nullptr; }
  void artifact(std::string_view, std::span<const std::byte>) override {}
  Group& group() override;

 private:
  std::uint64_t seed_;
  ThreadPool pool_;
};

/// Scores of all items for the given profiles, row-major [profiles × items].
[[nodiscard]] std::vector<float> score_all(const Recommender&, const Interactions& profiles,
                                           const std::vector<Index>& users);
/// The same for every row of the training data.
[[nodiscard]] std::vector<float> score_all(const Recommender&, const Interactions& profiles);

}  // namespace assay::test
