#pragma once  // A dataset plugin reads one format and hands over batches of columns. It maps, filters and splits
              // nothing.
#include "assay/component.hpp"
#include "assay/export.hpp"
#include "assay/interactions.hpp"

namespace assay {

enum class Part : std::uint8_t { all, train, validation, test };  ///< other than `all`: split `given`

/// External ids: one of the two is used. Numbers are integers whose decimal text is canonical (no sign but "-", no
/// leading zero, no "-0"). A reader that takes ids for numbers may meet one that is not: from then on it hands over
/// that side's ids (users or items, in interactions() as in rows()) as texts, and the sink treats *all* ids of that
/// side as texts, turning the earlier numbers into their decimal texts. Nothing is lost: a canonical number and its
/// text are the same id. The reverse holds too: a batch of numbers after texts stands for their decimal texts.
struct Ids {
  std::span<const std::int64_t> numbers;
  std::span<const std::string_view> texts;
};

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
  /// May be called several times for one table, before, between or after the interactions, always with the same
  /// columns; the vocabulary of a `tags` column belongs to its call and is united by word. A number that is missing is
  /// NaN, a text empty. Attributes of a user or item without interactions are ignored; of two rows for one id the last
  /// holds.
  virtual void rows(std::string_view table, Part, const Ids&, const Table&) = 0;
  /// A line that cannot be read. Returns when the file's policy is to skip and count it, throws DataError otherwise.
  virtual void bad_line(std::string_view file, std::int64_t line, std::string_view why) = 0;
  virtual bool progress(std::int64_t done, std::int64_t total) = 0;  ///< false: stop, the user cancelled
  /// A file that is no parameter but was read too, or looked for in vain ("movies.dat" beside the ratings): when it
  /// changes, comes or goes, the data is read again. Files of parameters are known without.
  virtual void companion(std::string_view path);
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
