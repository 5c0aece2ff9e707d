// A model file that lives in memory.

#include "plugin/conformance/memory_file.hpp"

#include <cstring>

#include "assay/errors.hpp"

#include "base/element.hpp"

namespace assay::conformance {
void MemoryFile::tensor(std::string_view name, const Tensor& tensor) {
  const std::string quoted = "tensor \"" + std::string(name) + "\"";
  if (name.empty()) throw Error("save() wrote a tensor without a name");
  std::size_t count = 1;
  for (const std::int64_t n : tensor.shape) {
    if (n < 0) throw Error(quoted + " has a negative dimension");
    count *= static_cast<std::size_t>(n);
  }
  if (count > 0 && tensor.data == nullptr) throw Error(quoted + " has no data");
  Stored stored{tensor.element, {tensor.shape.begin(), tensor.shape.end()}, {}};
  const std::size_t bytes = count * size_of(tensor.element);
  stored.bytes.resize((bytes + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
  if (bytes > 0) std::memcpy(stored.bytes.data(), tensor.data, bytes);
  if (!tensors_.emplace(name, std::move(stored)).second) throw Error(quoted + " was written twice");
}

void MemoryFile::text(std::string_view name, std::string_view text) {
  if (!texts_.emplace(name, text).second) throw Error("text \"" + std::string(name) + "\" was written twice");
}

Tensor MemoryFile::tensor(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw DataError("the model file has no tensor \"" + std::string(name) + "\"");
  return {found->second.bytes.data(), found->second.element, found->second.shape};
}

std::string_view MemoryFile::text(std::string_view name) const {
  const auto found = texts_.find(name);
  if (found == texts_.end()) throw DataError("the model file has no text \"" + std::string(name) + "\"");
  return found->second;
}

}  // namespace assay::conformance
