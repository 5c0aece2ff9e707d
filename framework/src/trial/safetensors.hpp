#pragma once  // Tensors and texts in one file: the safetensors format (https://github.com/huggingface/safetensors).

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/run.hpp"
#include "assay/stored.hpp"

#include "base/files.hpp"

namespace assay {

/// Writes a safetensors file: texts go into `__metadata__`, tensors are ordered by element size, so that all are
/// aligned. `save` is called twice, first to learn names and shapes, then to write, so that nothing is copied; it must
/// do the same both times. A reader sees the old file or the new one, never half. Throws Error.
void save_safetensors(const std::filesystem::path& path, const std::function<void(Writer&)>& save);

/// A safetensors file, mapped. Views live as long as the object. Throws DataError where the file is damaged or a name
/// is missing.
class SafetensorsFile final : public Reader {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);
  ~SafetensorsFile() override;
  SafetensorsFile(const SafetensorsFile&) = delete;
  SafetensorsFile& operator=(const SafetensorsFile&) = delete;
  [[nodiscard]] Tensor tensor(std::string_view name) const override;
  [[nodiscard]] std::string_view text(std::string_view name) const override;
  [[nodiscard]] bool has_tensor(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string> tensor_names() const;  ///< sorted

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// load(reader), which knows the data that it loads for. What it says of a tensor, as DataError, gets the file's name.
void load_safetensors(const std::filesystem::path& path, Extents data, const std::function<void(Reader&)>& load);

/// Puts a prefix before every name, so that several writers share one file.
class PrefixWriter final : public Writer {
 public:
  PrefixWriter(Writer& to, std::string prefix) : to_(to), prefix_(std::move(prefix)) {}
  void tensor(std::string_view name, const Tensor& value) override { to_.tensor(prefix_ + std::string(name), value); }
  void text(std::string_view name, std::string_view value) override { to_.text(prefix_ + std::string(name), value); }

 private:
  Writer& to_;
  std::string prefix_;
};

/// The other way round.
class PrefixReader final : public Reader, public KnowsExtents {
 public:
  PrefixReader(const Reader& from, std::string prefix) : from_(from), prefix_(std::move(prefix)) {}
  [[nodiscard]] Tensor tensor(std::string_view name) const override {
    return from_.tensor(prefix_ + std::string(name));
  }
  [[nodiscard]] std::string_view text(std::string_view name) const override {
    return from_.text(prefix_ + std::string(name));
  }
  [[nodiscard]] Extents extents() const override { return extents_of(from_); }

 private:
  const Reader& from_;
  std::string prefix_;
};

}  // namespace assay
