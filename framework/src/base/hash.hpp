#pragma once  // SHA-256 (OpenSSL) and unique names.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// SHA-256 of pieces added one after the other.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text);
  template <class T>
  void add_values(std::span<const T> values) {
    add(std::as_bytes(values));
  }
  [[nodiscard]] std::string hex();  ///< 64 lower-case digits; the object is spent

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256_hex(std::string_view text);
[[nodiscard]] std::string sha256_of_file(const std::filesystem::path& path);  ///< throws DataError
[[nodiscard]] std::string make_uid();  ///< a UUIDv7 in its usual text form: sorts by time of birth
/// The last eight characters of a uid, as people see it: beginnings are shared by neighbours in time.
[[nodiscard]] std::string short_id(std::string_view uid);

}  // namespace assay
