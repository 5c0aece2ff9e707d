// Reads program headers, the dynamic section and the build-id note of an ELF file, trusting no offset in it.

#include "plugin/elf.hpp"

#include <cstring>
#include <elf.h>
#include <link.h>
#include <optional>
#include <span>

#include "assay/errors.hpp"

#include "base/files.hpp"

namespace assay {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using Section = ElfW(Shdr);
using Dynamic = ElfW(Dyn);
using Note = ElfW(Nhdr);

#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
#else
#error "add this machine's ELF number"
#endif

class ElfFile {
 public:
  explicit ElfFile(const std::filesystem::path& file) : file_(file), map_(file), bytes_(map_.bytes()) {
    check_header();
    for (std::size_t i = 0; i < header_.e_phnum; ++i)
      segments_.push_back(at<Segment>(header_.e_phoff + i * sizeof(Segment)));
    for (const Segment& s : segments_) static_cast<void>(slice(s.p_offset, s.p_filesz));
    if (header_.e_shoff != 0) static_cast<void>(slice(header_.e_shoff, header_.e_shnum * sizeof(Section)));
  }

  [[nodiscard]] ElfFacts facts() const {
    ElfFacts facts;
    for (const Segment& s : segments_) {
      if (s.p_type == PT_DYNAMIC) read_dynamic(s, facts);
      if (s.p_type == PT_NOTE && facts.build_id.empty()) facts.build_id = find_build_id(s);
    }
    return facts;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw PluginError(file_.string() + ": " + why); }

  void check_header() {
    if (bytes_.size() < SELFMAG || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0)
      fail("not a shared library (no ELF header)");
    header_ = at<Header>(0);
    if (header_.e_ident[EI_CLASS] != (sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32) || header_.e_machine != kMachine)
      fail("a library for another kind of processor");
    if (header_.e_type != ET_DYN) fail("an ELF file, but not a shared library");
    if (header_.e_phentsize != sizeof(Segment) || (header_.e_shoff != 0 && header_.e_shentsize != sizeof(Section)))
      fail("damaged: its headers have a strange size");
  }

  [[nodiscard]] std::span<const std::byte> slice(std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset)
      fail("truncated or damaged: it has " + std::to_string(bytes_.size()) + " bytes and needs " +
           std::to_string(offset + size) + ". Build or copy it again");
    return bytes_.subspan(offset, size);
  }

  template <class T>
  [[nodiscard]] T at(std::size_t offset) const {
    T value;
    std::memcpy(&value, slice(offset, sizeof value).data(), sizeof value);
    return value;
  }

  [[nodiscard]] std::size_t offset_of_address(std::size_t address) const {
    for (const Segment& s : segments_)
      if (s.p_type == PT_LOAD && address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz)
        return s.p_offset + (address - s.p_vaddr);
    fail("damaged: its dynamic section points nowhere");
  }

  [[nodiscard]] std::string text(std::size_t table, std::size_t size, std::size_t offset) const {
    const auto all = slice(table, size);
    if (offset >= all.size()) fail("damaged: a name lies outside its table");
    const auto* begin = reinterpret_cast<const char*>(all.data()) + offset;
    return {begin, ::strnlen(begin, all.size() - offset)};
  }

  void read_dynamic(const Segment& segment, ElfFacts& facts) const {
    std::vector<std::size_t> needed;
    std::optional<std::size_t> soname;
    std::size_t table = 0, size = 0;
    for (std::size_t at_byte = 0; at_byte + sizeof(Dynamic) <= segment.p_filesz; at_byte += sizeof(Dynamic)) {
      const auto entry = at<Dynamic>(segment.p_offset + at_byte);
      if (entry.d_tag == DT_NULL) break;
      if (entry.d_tag == DT_NEEDED) needed.push_back(entry.d_un.d_val);
      if (entry.d_tag == DT_SONAME) soname = entry.d_un.d_val;
      if (entry.d_tag == DT_STRTAB) table = offset_of_address(entry.d_un.d_ptr);
      if (entry.d_tag == DT_STRSZ) size = entry.d_un.d_val;
    }
    for (const std::size_t name : needed) facts.needed.push_back(text(table, size, name));
    if (soname) facts.soname = text(table, size, *soname);
  }

  [[nodiscard]] std::string find_build_id(const Segment& segment) const {
    const auto padded = [](std::size_t n) { return (n + 3) & ~std::size_t{3}; };
    std::size_t offset = segment.p_offset;
    const std::size_t end = segment.p_offset + segment.p_filesz;
    while (offset + sizeof(Note) <= end) {
      const auto note = at<Note>(offset);
      const std::size_t name = offset + sizeof(Note), content = name + padded(note.n_namesz);
      const auto bytes = slice(content, note.n_descsz);
      if (note.n_type == NT_GNU_BUILD_ID && text(name, note.n_namesz, 0) == "GNU") return hex(bytes);
      offset = content + padded(note.n_descsz);
    }
    return {};
  }

  static std::string hex(std::span<const std::byte> bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const std::byte b : bytes) {
      out += digits[std::to_integer<unsigned>(b) >> 4];
      out += digits[std::to_integer<unsigned>(b) & 15];
    }
    return out;
  }

  std::filesystem::path file_;
  MappedFile map_;
  std::span<const std::byte> bytes_;
  Header header_{};
  std::vector<Segment> segments_;
};

}  // namespace

ElfFacts read_elf(const std::filesystem::path& file) {
  try {
    return ElfFile(file).facts();
  } catch (const DataError& e) {  // cannot be opened
    throw PluginError(e.what());
  }
}

}  // namespace assay
