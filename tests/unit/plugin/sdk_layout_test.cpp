// Pins what a compiled plugin relies on: sizes, offsets, vtable slots and enumerators of the SDK. A difference from the
// golden file means that plugins built before would be misread.

#include <cstddef>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "assay/backend.hpp"
#include "assay/dataset.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/neighbours.hpp"
#include "assay/plugin.hpp"
#include "assay/sparse.hpp"
#include "assay/stored.hpp"

#include "base/files.hpp"

namespace assay {
namespace {

/// Where a virtual function stands in its vtable (Itanium C++ ABI 2.3: 1 + the offset in bytes).
template <class Function>
std::size_t slot(Function function) {
  std::size_t word = 0;
  std::memcpy(&word, &function, sizeof word);
  return (word - 1) / sizeof(void*);
}

#define STRUCT(type) out << "struct " #type " size " << sizeof(type) << " align " << alignof(type) << "\n"
#define MEMBER(type, member) \
  out << "  " #member " at " << offsetof(type, member) << " size " << sizeof(type::member) << "\n"
#define INTERFACE(type) out << "interface " #type " size " << sizeof(type) << "\n"
#define VIRTUAL(type, function) out << "  " #function " slot " << slot(&type::function) << "\n"
#define ENUMERATOR(value) out << "enumerator " #value " = " << static_cast<int>(value) << "\n"

void describe_data(std::ostream& out) {
  STRUCT(Tensor);
  MEMBER(Tensor, data), MEMBER(Tensor, element), MEMBER(Tensor, shape);
  STRUCT(Row);
  MEMBER(Row, columns), MEMBER(Row, values), MEMBER(Row, times);
  STRUCT(Interactions);
  MEMBER(Interactions, rows), MEMBER(Interactions, columns), MEMBER(Interactions, offsets);
  MEMBER(Interactions, column), MEMBER(Interactions, value), MEMBER(Interactions, time);
  STRUCT(Profiles);
  MEMBER(Profiles, known), MEMBER(Profiles, user);
  STRUCT(Column);
  MEMBER(Column, kind), MEMBER(Column, name), MEMBER(Column, dense), MEMBER(Column, tags), MEMBER(Column, words);
  STRUCT(Table);
  MEMBER(Table, rows), MEMBER(Table, columns);
  STRUCT(TrainingData);
  MEMBER(TrainingData, by_user), MEMBER(TrainingData, by_item), MEMBER(TrainingData, users),
      MEMBER(TrainingData, items);
  STRUCT(Scores);
  MEMBER(Scores, data), MEMBER(Scores, stride), MEMBER(Scores, users), MEMBER(Scores, first_item),
      MEMBER(Scores, items);
  STRUCT(Ids);
  MEMBER(Ids, numbers), MEMBER(Ids, texts);
  STRUCT(InteractionBatch);
  MEMBER(InteractionBatch, part), MEMBER(InteractionBatch, users), MEMBER(InteractionBatch, items);
  MEMBER(InteractionBatch, values), MEMBER(InteractionBatch, times), MEMBER(InteractionBatch, behaviours);
  STRUCT(ConstMatrix);
  MEMBER(ConstMatrix, data), MEMBER(ConstMatrix, rows), MEMBER(ConstMatrix, columns), MEMBER(ConstMatrix, stride);
  STRUCT(Matrix);
  STRUCT(Scored);
  STRUCT(Similarity);
  STRUCT(SparseMatrix);
  STRUCT(Random);
}

void describe_components(std::ostream& out) {
  STRUCT(PluginInfo);
  MEMBER(PluginInfo, size), MEMBER(PluginInfo, name), MEMBER(PluginInfo, version), MEMBER(PluginInfo, components),
      MEMBER(PluginInfo, component_count);
  STRUCT(Component);
  MEMBER(Component, kind), MEMBER(Component, interface), MEMBER(Component, name), MEMBER(Component, summary);
  MEMBER(Component, traits), MEMBER(Component, params), MEMBER(Component, create), MEMBER(Component, destroy);
  STRUCT(Traits);
  MEMBER(Traits, seeded), MEMBER(Traits, fold_in), MEMBER(Traits, slices), MEMBER(Traits, cold_items),
      MEMBER(Traits, any_threads);
  STRUCT(ParamInfo);
  MEMBER(ParamInfo, name), MEMBER(ParamInfo, summary), MEMBER(ParamInfo, type), MEMBER(ParamInfo, required);
  MEMBER(ParamInfo, default_json), MEMBER(ParamInfo, minimum), MEMBER(ParamInfo, maximum);
  MEMBER(ParamInfo, minimum_open), MEMBER(ParamInfo, maximum_open), MEMBER(ParamInfo, choices);
  STRUCT(Resources);
  MEMBER(Resources, processes), MEMBER(Resources, threads), MEMBER(Resources, memory_bytes), MEMBER(Resources, seconds);
  STRUCT(InputFile);
  MEMBER(InputFile, path), MEMBER(InputFile, sha256), MEMBER(InputFile, bytes);
  STRUCT(Attempt);
  MEMBER(Attempt, id), MEMBER(Attempt, label), MEMBER(Attempt, folder), MEMBER(Attempt, command);
  MEMBER(Attempt, environment), MEMBER(Attempt, inputs), MEMBER(Attempt, resources);
  STRUCT(AttemptStatus);
  MEMBER(AttemptStatus, id), MEMBER(AttemptStatus, state), MEMBER(AttemptStatus, exit_code),
      MEMBER(AttemptStatus, signal), MEMBER(AttemptStatus, reason), MEMBER(AttemptStatus, host);
  STRUCT(Error), STRUCT(ConfigError), STRUCT(PluginError), STRUCT(DataError), STRUCT(Unavailable), STRUCT(Cancelled);
}

void describe_model_interfaces(std::ostream& out) {
  INTERFACE(Model);
  VIRTUAL(Model, save), VIRTUAL(Model, load);
  INTERFACE(Recommender);
  VIRTUAL(Recommender, save), VIRTUAL(Recommender, load), VIRTUAL(Recommender, fit), VIRTUAL(Recommender, score);
  INTERFACE(Generator);
  VIRTUAL(Generator, fit), VIRTUAL(Generator, generate);
  INTERFACE(Predictor);
  VIRTUAL(Predictor, fit), VIRTUAL(Predictor, predict);
  INTERFACE(Resumable);
  VIRTUAL(Resumable, save_training), VIRTUAL(Resumable, load_training);
  INTERFACE(RatingPredictor);
  VIRTUAL(RatingPredictor, rate);
  INTERFACE(Explainer);
  VIRTUAL(Explainer, explain);
  INTERFACE(Executor);
  VIRTUAL(Executor, threads), VIRTUAL(Executor, parallel);
  INTERFACE(Run);
  VIRTUAL(Run, threads), VIRTUAL(Run, parallel), VIRTUAL(Run, begin), VIRTUAL(Run, next), VIRTUAL(Run, progress);
  VIRTUAL(Run, cancelled), VIRTUAL(Run, loss), VIRTUAL(Run, measure), VIRTUAL(Run, random), VIRTUAL(Run, input);
  VIRTUAL(Run, artifact), VIRTUAL(Run, group);
  INTERFACE(Group);
  VIRTUAL(Group, rank), VIRTUAL(Group, size), VIRTUAL(Group, sum), VIRTUAL(Group, broadcast);
  INTERFACE(Writer);
  VIRTUAL(Writer, tensor), VIRTUAL(Writer, text);
  INTERFACE(Reader);
  VIRTUAL(Reader, tensor), VIRTUAL(Reader, text);
  STRUCT(Extents);
  MEMBER(Extents, users), MEMBER(Extents, items);
  INTERFACE(KnowsExtents);
  VIRTUAL(KnowsExtents, extents);
}

void describe_other_interfaces(std::ostream& out) {
  INTERFACE(Dataset);
  VIRTUAL(Dataset, read);
  INTERFACE(DatasetSink);
  VIRTUAL(DatasetSink, interactions), VIRTUAL(DatasetSink, rows), VIRTUAL(DatasetSink, bad_line),
      VIRTUAL(DatasetSink, progress);
  INTERFACE(Backend);
  VIRTUAL(Backend, capacity), VIRTUAL(Backend, submit), VIRTUAL(Backend, list), VIRTUAL(Backend, cancel),
      VIRTUAL(Backend, read), VIRTUAL(Backend, forget);
  INTERFACE(StatusSink);
  VIRTUAL(StatusSink, status);
  INTERFACE(ByteSink);
  VIRTUAL(ByteSink, bytes);
  INTERFACE(ErrorSink);
  VIRTUAL(ErrorSink, error);
  INTERFACE(ParamSource);
  VIRTUAL(ParamSource, boolean), VIRTUAL(ParamSource, integer), VIRTUAL(ParamSource, real), VIRTUAL(ParamSource, text);
  VIRTUAL(ParamSource, integers), VIRTUAL(ParamSource, reals), VIRTUAL(ParamSource, texts);
}

void describe_enumerators(std::ostream& out) {
  ENUMERATOR(Kind::dataset), ENUMERATOR(Kind::transform), ENUMERATOR(Kind::model), ENUMERATOR(Kind::backend);
  ENUMERATOR(ParamType::boolean), ENUMERATOR(ParamType::integer), ENUMERATOR(ParamType::real);
  ENUMERATOR(ParamType::text), ENUMERATOR(ParamType::path), ENUMERATOR(ParamType::integers);
  ENUMERATOR(ParamType::reals), ENUMERATOR(ParamType::texts);
  ENUMERATOR(Element::f32), ENUMERATOR(Element::f64), ENUMERATOR(Element::u8), ENUMERATOR(Element::i32),
      ENUMERATOR(Element::i64);
  ENUMERATOR(Column::Kind::number), ENUMERATOR(Column::Kind::tags), ENUMERATOR(Column::Kind::text),
      ENUMERATOR(Column::Kind::tensor);
  ENUMERATOR(Part::all), ENUMERATOR(Part::train), ENUMERATOR(Part::validation), ENUMERATOR(Part::test);
  ENUMERATOR(AttemptState::queued), ENUMERATOR(AttemptState::running), ENUMERATOR(AttemptState::ended),
      ENUMERATOR(AttemptState::preempted), ENUMERATOR(AttemptState::lost);
}

TEST(Sdk, TheLayoutIsTheOneThatPluginsWereBuiltWith) {
  std::ostringstream out;
  out << "ASSAY_PLUGIN_API " << ASSAY_PLUGIN_API << "\n";
  describe_components(out);
  describe_data(out);
  describe_model_interfaces(out);
  describe_other_interfaces(out);
  describe_enumerators(out);
  const std::filesystem::path golden = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests" / "golden" / "sdk_layout.txt";
  if (std::getenv("ASSAY_APPROVE") != nullptr) std::ofstream(golden) << out.str();
  EXPECT_EQ(out.str(), read_file(golden))
      << "Plugins that are built already would misread this SDK: raise ASSAY_PLUGIN_API in assay/plugin.hpp, then "
         "approve the new layout by running this test with ASSAY_APPROVE=1.";
}

}  // namespace
}  // namespace assay
