#pragma once  // A model file that lives in memory: what save() wrote, for load() to read.

#include <map>
#include <string>
#include <vector>

#include "assay/run.hpp"

namespace assay::conformance {

/// Copies what it is given, and throws Error where a tensor is not well formed or a name is used twice.
class MemoryFile final : public Writer, public Reader {
 public:
  void tensor(std::string_view name, const Tensor&) override;
  void text(std::string_view name, std::string_view) override;
  [[nodiscard]] Tensor tensor(std::string_view name) const override;
  [[nodiscard]] std::string_view text(std::string_view name) const override;
  [[nodiscard]] bool empty() const noexcept { return tensors_.empty() && texts_.empty(); }

 private:
  struct Stored {
    Element element;
    std::vector<std::int64_t> shape;
    std::vector<std::max_align_t> bytes;  // aligned for every element
  };
  std::map<std::string, Stored, std::less<>> tensors_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace assay::conformance
