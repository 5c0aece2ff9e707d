// Reading and writing of safetensors files.

#include "trial/safetensors.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/element.hpp"
#include "base/json_text.hpp"
#include "base/task_reader.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

constexpr std::array kTypes{"F32", "F64", "U8", "I32", "I64"};  // in the order of Element
constexpr std::size_t kAlignment = 64;                          // of the first tensor: a cache line
constexpr const char* kMetadata = "__metadata__";

/// Bytes of a tensor of this shape; throws Error on negative extents and overflow.
std::uint64_t bytes_of(Element element, std::span<const std::int64_t> shape) {
  std::uint64_t count = size_of(element);
  for (const std::int64_t extent : shape) {
    if (extent < 0) throw Error("a negative extent");
    if (extent > 0 && count > std::numeric_limits<std::uint64_t>::max() / 2 / static_cast<std::uint64_t>(extent))
      throw Error("a shape that no memory can hold");
    count *= static_cast<std::uint64_t>(extent);
  }
  return count;
}

struct Entry {
  std::string name;
  Element element;
  std::vector<std::int64_t> shape;
  std::uint64_t bytes, begin = 0;
};

/// First pass: learns what there is and decides where it goes.
class Layout final : public Writer {
 public:
  std::vector<Entry> entries;  // in the order of the calls
  std::map<std::string, std::string> texts;

  void tensor(std::string_view name, const Tensor& t) override {
    if (name.empty() || name == kMetadata) throw Error("a tensor cannot be named \"" + std::string(name) + "\"");
    for (const Entry& e : entries)
      if (e.name == name) throw Error("tensor \"" + e.name + "\" is saved twice");
    std::uint64_t bytes = 0;
    try {
      bytes = bytes_of(t.element, t.shape);
    } catch (const Error& e) {
      throw Error("tensor \"" + std::string(name) + "\" has " + e.what());
    }
    entries.push_back({std::string(name), t.element, {t.shape.begin(), t.shape.end()}, bytes});
  }
  void text(std::string_view name, std::string_view value) override {
    if (!texts.emplace(name, value).second) throw Error("text \"" + std::string(name) + "\" is saved twice");
  }

  /// Large elements first: without holes, which the format forbids, every tensor is still aligned.
  void place() {
    std::vector<Entry*> order;
    for (Entry& e : entries) order.push_back(&e);
    std::stable_sort(order.begin(), order.end(),
                     [](const Entry* a, const Entry* b) { return size_of(a->element) > size_of(b->element); });
    std::uint64_t offset = 0;
    for (Entry* e : order) {
      e->begin = offset;
      offset += e->bytes;
    }
  }

  [[nodiscard]] std::string header() const {
    nlohmann::json out = nlohmann::json::object();
    if (!texts.empty()) out[kMetadata] = texts;
    for (const Entry& e : entries)
      out[e.name] = {{"dtype", kTypes[static_cast<std::size_t>(e.element)]},
                     {"shape", e.shape},
                     {"data_offsets", {e.begin, e.begin + e.bytes}}};
    std::string text;
    try {
      text = out.dump();
    } catch (const nlohmann::json::exception&) {
      throw Error("a name or text to be saved is not valid UTF-8");
    }
    text.resize((8 + text.size() + kAlignment - 1) / kAlignment * kAlignment - 8, ' ');
    return text;
  }
};

/// Second pass: puts every tensor at its place.
class Data final : public Writer {
 public:
  Data(const Layout& layout, int fd, std::uint64_t start) : layout_(layout), fd_(fd), start_(start) {}
  void tensor(std::string_view name, const Tensor& t) override {
    if (next_ == layout_.entries.size() || layout_.entries[next_].name != name ||
        !std::ranges::equal(layout_.entries[next_].shape, t.shape) || layout_.entries[next_].element != t.element)
      throw Error("save() did not write the same tensors twice: \"" + std::string(name) + "\"");
    const Entry& e = layout_.entries[next_++];
    write_at(fd_, {static_cast<const std::byte*>(t.data), e.bytes}, start_ + e.begin);
  }
  void text(std::string_view, std::string_view) override {}
  [[nodiscard]] bool complete() const { return next_ == layout_.entries.size(); }

 private:
  const Layout& layout_;
  int fd_;
  std::uint64_t start_;
  std::size_t next_ = 0;
};

void write_to(int fd, const Layout& layout, const std::function<void(Writer&)>& save) {
  const std::string header = layout.header();
  const std::uint64_t length = header.size();
  Data data(layout, fd, 8 + length);
  write_at(fd, std::as_bytes(std::span(&length, 1)), 0);
  write_at(fd, std::as_bytes(std::span(header)), 8);
  save(data);
  if (!data.complete()) throw Error("save() wrote fewer tensors the second time");
}

}  // namespace

void save_safetensors(const std::filesystem::path& path, const std::function<void(Writer&)>& save) {
  write_file_atomically(path, [&](int fd) {
    Layout layout;
    save(layout);
    layout.place();
    write_to(fd, layout, save);
  });
}

struct SafetensorsFile::State {
  struct Stored {
    Element element;
    std::vector<std::int64_t> shape;
    const std::byte* data;
  };
  std::filesystem::path path;
  MappedFile map;
  std::map<std::string, Stored, std::less<>> tensors;
  std::map<std::string, std::string, std::less<>> texts;

  [[noreturn]] void damaged(const std::string& why) const {
    throw DataError(path.string(), 0, "not a sound safetensors file: " + why);
  }

  Stored stored(const std::string& name, const nlohmann::json& entry, std::span<const std::byte> data) const {
    const auto type = std::ranges::find(kTypes, entry.at("dtype").get<std::string>());
    if (type == kTypes.end()) damaged("tensor \"" + name + "\" has the unknown type " + entry.at("dtype").dump());
    Stored out{static_cast<Element>(type - kTypes.begin()), {}, nullptr};
    for (const nlohmann::json& extent : entry.at("shape")) out.shape.push_back(WholeNumber(extent));
    const std::uint64_t begin = WholeNumber(entry.at("data_offsets").at(0));
    const std::uint64_t end = WholeNumber(entry.at("data_offsets").at(1));
    if (begin > end || end > data.size()) damaged("tensor \"" + name + "\" lies outside of the file");
    if (end - begin != bytes_of(out.element, out.shape))
      damaged("tensor \"" + name + "\" does not have its shape's size");
    out.data = data.data() + begin;
    if (reinterpret_cast<std::uintptr_t>(out.data) % size_of(out.element) != 0)
      damaged("tensor \"" + name + "\" is not aligned");
    return out;
  }

  void parse() {
    const auto bytes = map.bytes();
    std::uint64_t length = 0;
    if (bytes.size() < 8) damaged("it has no header");
    std::memcpy(&length, bytes.data(), 8);
    if (length > bytes.size() - 8) damaged("its header is longer than the file");
    const char* text = reinterpret_cast<const char*>(bytes.data()) + 8;
    const nlohmann::json header = parse_json({text, length});
    if (!header.is_object()) damaged("its header is no JSON object");
    for (const auto& [name, entry] : header.items()) {
      if (name == kMetadata)
        for (const auto& [key, value] : entry.items()) texts.emplace(key, value.get<std::string>());
      else
        tensors.emplace(name, stored(name, entry, bytes.subspan(8 + length)));
    }
  }
};

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->map = MappedFile(path);
  try {
    state_->parse();
  } catch (const nlohmann::json::exception& e) {
    state_->damaged(cut(e.what(), 300));
  } catch (const DataError&) {
    throw;
  } catch (const Error& e) {
    state_->damaged(std::string("a tensor has ") + e.what());
  }
}

SafetensorsFile::~SafetensorsFile() = default;

Tensor SafetensorsFile::tensor(std::string_view name) const {
  const auto found = state_->tensors.find(name);
  if (found == state_->tensors.end())
    throw DataError(state_->path.string(), 0, "has no tensor \"" + std::string(name) + "\"");
  return {found->second.data, found->second.element, found->second.shape};
}

std::string_view SafetensorsFile::text(std::string_view name) const {
  const auto found = state_->texts.find(name);
  if (found == state_->texts.end())
    throw DataError(state_->path.string(), 0, "has no text \"" + std::string(name) + "\"");
  return found->second;
}

bool SafetensorsFile::has_tensor(std::string_view name) const noexcept { return state_->tensors.contains(name); }

std::vector<std::string> SafetensorsFile::tensor_names() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : state_->tensors) out.push_back(name);
  return out;
}

void load_safetensors(const std::filesystem::path& path, Extents data, const std::function<void(Reader&)>& load) {
  const SafetensorsFile file(path);
  TaskReader reader(file, data);
  try {
    load(reader);
  } catch (const DataError& e) {
    if (std::string_view(e.what()).starts_with(path.string())) throw;
    throw DataError(path.string(), 0, e.what());
  }
}

}  // namespace assay
