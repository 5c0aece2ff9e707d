#pragma once  // A dataset plugin reads one format and hands over batches of columns. It maps, filters and splits
              // nothing.
#include "assay/component.hpp"
#include "assay/export.hpp"
#include "assay/interactions.hpp"

namespace assay {

enum class Part : std::uint8_t { all, train, validation, test };  ///< other than `all`: split `given`
struct Ids {
  std::span<const std::int64_t> numbers;
  std::span<const std::string_view> texts;
};  ///< one of them is used

struct InteractionBatch {
  Part part;
  Ids users, items;
  std::span<const float> values;                 ///< empty: implicit
  std::span<const std::int64_t> times;           ///< empty: none
  std::span<const std::string_view> behaviours;  ///< empty: one kind; else "view", "cart", "purchase", …
};

/// Where a reader puts what it reads. Batches are copied before the call returns; 4,096–65,536 rows each are fast.
class ASSAY_EXPORT DatasetSink {
 public:
  virtual ~DatasetSink();
  virtual void interactions(const InteractionBatch&) = 0;
  /// Rows of "users", "items" (ids required) or "examples" (ids optional): attributes, pictures, texts, series, labels.
  virtual void rows(std::string_view table, Part, const Ids&, const Table&) = 0;
  /// A line that cannot be read. Returns when the file's policy is to skip and count it, throws DataError otherwise.
  virtual void bad_line(std::string_view file, std::int64_t line, std::string_view why) = 0;
  virtual bool progress(std::int64_t done, std::int64_t total) = 0;  ///< false: stop, the user cancelled
};

/// Files come as parameters of type `path`: resolved, hashed (the cache key) and staged by the framework, before
/// create().
class ASSAY_EXPORT Dataset {
 public:
  static constexpr Kind kKind = Kind::dataset;
  static constexpr const char* kInterface = "dataset";
  virtual ~Dataset();
  virtual void read(DatasetSink&) = 0;
};

}  // namespace assay
