// A recursive reader with a bound on depth, on the number of objects, and on every vector.
#include "serialization.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "assay/errors.hpp"

#include "codes.hpp"

namespace assay::rdata {
namespace {

constexpr std::size_t kDeepest = 200, kMostObjects = 1'000'000;
constexpr std::size_t kMostExpanded = 1 << 27;  // elements of compact sequences, which cost no bytes in the file

class Parser {
 public:
  Parser(std::string_view bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  Value document() {
    if (take(2) != "X\n") fail("is not in R's binary serialization format (saveRDS(x, file), ascii = FALSE)");
    const std::uint32_t version = word();
    (void)word();  // R that wrote it
    (void)word();  // oldest R that can read it
    if (version != 2 && version != 3)
      fail("has version " + std::to_string(version) + " of R's serialization; 2 and 3 are known");
    if (version == 3) (void)take(length(1));  // native encoding
    return object();
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw DataError(path_, 0, why); }

  std::string_view take(std::size_t n) {
    if (n > bytes_.size() - at_) fail("ends in the middle of an R object");
    at_ += n;
    return bytes_.substr(at_ - n, n);
  }
  std::uint32_t word() {
    std::uint32_t value = 0;
    for (const char c : take(4)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  /// A count of elements of at least `bytes` each: never more than the rest of the input can hold.
  std::size_t length(std::size_t bytes) {
    const std::uint32_t n = word();
    if (n > static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max()))
      fail("holds a vector of 2^31 elements or more, or is damaged");
    if (n > (bytes_.size() - at_) / bytes) fail("ends in the middle of an R object, or is damaged");
    return n;
  }

  Value object() { return object(word()); }

  Value object(std::uint32_t flags) {
    if (++depth_ > kDeepest) fail("is nested too deeply, or damaged");
    if (++objects_ > kMostObjects) fail("holds more than a million R objects; only plain data frames are read");
    Value value = content(flags);
    --depth_;
    return value;
  }

  Value content(std::uint32_t flags) {
    const std::uint32_t code = flags & 0xff;
    switch (code) {
      case kSymbol:
        return symbol();
      case kReference:
        return reference(flags >> 8);
      case kPairlist:
      case kAttrPairlist:
      case kClosure:
      case kPromise:
      case kCall:
      case kAttrCall:
      case kDots:
        return pairlist(flags);
      case kEnvironment:
        return environment();
      case kPersist:
      case kPackage:
      case kNamespace:
        return named_environment();
      case kAltrep:
        return altrep();
      case kNil:
      case kBaseEnv:
      case kEmptyEnv:
      case kBaseNs:
      case kMissing:
      case kUnbound:
      case kGlobalEnv:
      case kNilValue:
        return {};
      default:
        break;
    }
    Value value = vector(code);
    if (flags & kHasAttributes) value.attributes = std::make_unique<Value>(object());
    return value;
  }

  Value vector(std::uint32_t code) {
    Value value;
    switch (code) {
      case kLogical:
      case kInteger:
        value.type = code == kInteger ? Value::Type::integer : Value::Type::logical;
        value.integers.resize(length(4));
        for (auto& x : value.integers) x = static_cast<std::int32_t>(word());
        break;
      case kReal:
        value.type = Value::Type::real;
        value.reals.resize(length(8));
        for (auto& x : value.reals) {
          const std::uint64_t high = word();
          x = std::bit_cast<double>(high << 32 | word());
        }
        break;
      case kText:
        value.type = Value::Type::text;
        texts(length(8), value.texts);
        break;
      case kExpression:
      case kList:
        value.type = Value::Type::list;
        for (std::size_t n = length(4); n > 0; --n) value.items.push_back(object());
        break;
      default:
        value.type = Value::Type::other;
        skip(code);
    }
    return value;
  }

  /// What a data frame has no use for.
  void skip(std::uint32_t code) {
    switch (code) {
      case kSpecial:
      case kBuiltin:
      case kRaw:
        (void)take(length(1));
        break;
      case kComplex:
        (void)take(length(16) * 16);
        break;
      case kChars:
        (void)chars_content();
        break;
      case kPointer:
        references_.emplace_back();
        (void)object();
        (void)object();
        break;
      case kWeak:
        references_.emplace_back();
        break;
      case kS4:
        break;
      default:
        fail("holds an R object of type " + std::to_string(code) +
             ", which is not read (compiled code?), or is damaged");
    }
  }

  std::string_view chars_content() {
    if (bytes_.size() - at_ >= 4 && bytes_.substr(at_, 4) == "\xff\xff\xff\xff") {
      (void)take(4);
      return {};  // NA
    }
    const std::size_t n = length(1);
    return n == 0 ? std::string_view("") : take(n);
  }

  std::string_view chars() {
    const std::uint32_t flags = word();
    if ((flags & 0xff) != kChars) fail("has something else where a text should be");
    const std::string_view text = chars_content();
    if (flags & kHasAttributes) (void)object();
    return text;
  }

  void texts(std::size_t n, std::vector<std::string_view>& out) {
    out.reserve(n);
    for (; n > 0; --n) out.push_back(chars());
  }

  Value symbol() {
    Value value;
    value.type = Value::Type::symbol;
    value.texts = {chars()};
    references_.push_back(value.texts[0]);
    return value;
  }

  Value reference(std::uint32_t index) {
    if (index == 0) index = word();
    if (index == 0 || index > references_.size()) fail("refers to an object that it does not hold");
    Value value;
    value.type = Value::Type::symbol;
    value.texts = {references_[index - 1]};
    return value;
  }

  /// A chain, walked in a loop: long ones must not need a deep stack.
  Value pairlist(std::uint32_t flags) {
    Value list;
    list.type = Value::Type::list;
    for (;;) {
      if (flags & kHasAttributes) (void)object();
      std::string_view tag;
      if (const Value name = flags & kHasTag ? object() : Value(); name.type == Value::Type::symbol)
        tag = name.texts[0];
      list.items.push_back(object());
      list.tags.push_back(tag);
      flags = word();
      const std::uint32_t code = flags & 0xff;
      if (code == kNilValue || code == kNil) return list;
      if (code == kPairlist || code == kAttrPairlist) continue;
      (void)object(flags);
      return list;
    }
  }

  Value environment() {
    (void)word();  // locked
    references_.emplace_back();
    for (int part = 0; part < 4; ++part) (void)object();  // enclosing, frame, hash table, attributes
    return other();
  }

  Value named_environment() {
    (void)word();
    for (std::size_t n = length(8); n > 0; --n) (void)chars();
    references_.emplace_back();
    return other();
  }

  static Value other() {
    Value value;
    value.type = Value::Type::other;
    return value;
  }

  /// Vectors that R keeps in a short form (version 3): class, state, attributes.
  Value altrep() {
    const Value info = object();
    Value state = object();
    Value attributes = object();
    if (info.items.empty() || info.items[0].type != Value::Type::symbol) fail("has an unreadable compact vector");
    const std::string_view name = info.items[0].texts[0];
    Value value;
    if (name == "compact_intseq" || name == "compact_realseq") {
      value = sequence(state, name == "compact_intseq");
    } else if ((name == "deferred_string" || name.starts_with("wrap_")) && !state.items.empty()) {
      value = std::move(state.items[0]);  // deferred texts stay the numbers that they would be made of
    } else {
      fail("has a compact vector of class " + std::string(name) + ", which is not read");
    }
    if (attributes.type == Value::Type::list) value.attributes = std::make_unique<Value>(std::move(attributes));
    return value;
  }

  Value sequence(const Value& state, bool integers) {
    if (state.reals.size() != 3) fail("has an unreadable compact sequence");
    const double n = state.reals[0], first = state.reals[1], step = state.reals[2], last = first + step * (n - 1);
    const bool fits = n >= 0 && n <= static_cast<double>(kMostExpanded - expanded_);
    if (!fits || (integers && n >= 1 && !(std::fabs(first) < 0x1p31 && std::fabs(last) < 0x1p31)))
      fail("has a compact sequence that is too long or unreadable");
    Value value;
    value.type = integers ? Value::Type::integer : Value::Type::real;
    const auto count = static_cast<std::size_t>(n);
    expanded_ += count;
    for (std::size_t i = 0; i < count; ++i) {
      const double x = first + step * static_cast<double>(i);
      if (integers)
        value.integers.push_back(static_cast<std::int32_t>(x));
      else
        value.reals.push_back(x);
    }
    return value;
  }

  std::string_view bytes_;
  const std::string& path_;
  std::size_t at_ = 0, objects_ = 0, expanded_ = 0, depth_ = 0;
  std::vector<std::string_view> references_;  // names of symbols; empty for environments
};

}  // namespace

Value unserialize(std::string_view bytes, const std::string& path) { return Parser(bytes, path).document(); }

}  // namespace assay::rdata
