// Fuzz target of safetensors files: every tensor that the reader accepts is read to its last byte, then the file is
// taken for the evaluation of a run.
#include "trial/safetensors.hpp"

#include "assay/errors.hpp"

#include "base/element.hpp"
#include "memory_file.hpp"
#include "trial/attempt.hpp"
#include "trial/evaluation_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::fuzz::MemoryFolder folder;
  folder.put(assay::kEvaluationFile, assay::fuzz::text_of(data, size));
  try {
    const assay::SafetensorsFile file(folder.path() / assay::kEvaluationFile);
    for (const std::string& name : file.tensor_names()) {
      const assay::Tensor tensor = file.tensor(name);
      std::size_t bytes = assay::size_of(tensor.element);
      for (const std::int64_t extent : tensor.shape) bytes *= static_cast<std::size_t>(extent);
      assay::fuzz::touch({static_cast<const std::byte*>(tensor.data), bytes});
    }
    assay::Evaluation evaluation;
    evaluation.values = {{"ndcg", 10, 0.5, {}}};
    evaluation.top_n = 1;
    assay::read_evaluation(folder.path(), evaluation);
  } catch (const assay::DataError&) {
  }
  return 0;
}
