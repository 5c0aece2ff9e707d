#pragma once  // The ABI check: a plugin exports one symbol whose name says how it was built.

#include <span>
#include <string>
#include <string_view>

namespace assay {

/// ASSAY_ABI_SYMBOL of this build of libassay.
[[nodiscard]] std::string_view own_abi_symbol() noexcept;

/// Empty where `exported` holds our own ABI symbol, else the sentence for the user: why not, and what to do.
[[nodiscard]] std::string abi_mismatch(std::span<const std::string> exported);

}  // namespace assay
