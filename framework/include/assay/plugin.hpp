#pragma once  // ASSAY_PLUGIN: the one exported constant of a plugin, whose symbol name is the ABI check.

#include <cstdint>
#include <span>

#include "assay/component.hpp"

/// The plugin contract's number. Raised when a vtable, struct or meaning of the SDK changes.
#define ASSAY_PLUGIN_API 1

#if defined(__clang__)
#define ASSAY_ABI_COMPILER clang
#define ASSAY_ABI_COMPILER_MAJOR __clang_major__
#else
#define ASSAY_ABI_COMPILER gcc
#define ASSAY_ABI_COMPILER_MAJOR __GNUC__
#endif
#ifdef _GLIBCXX_DEBUG
#define ASSAY_ABI_DEBUG 1
#else
#define ASSAY_ABI_DEBUG 0
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ASSAY_ABI_SANITIZER address
#elif defined(__SANITIZE_THREAD__)
#define ASSAY_ABI_SANITIZER thread
#else
#define ASSAY_ABI_SANITIZER 0
#endif
#ifdef __GXX_RTTI
#define ASSAY_ABI_RTTI 1
#else
#define ASSAY_ABI_RTTI 0
#endif
#ifdef __EXCEPTIONS
#define ASSAY_ABI_EXCEPTIONS 1
#else
#define ASSAY_ABI_EXCEPTIONS 0
#endif

#define ASSAY_DETAIL_JOIN(api, compiler, major, abi, cxx11, dbg, san, rtti, exc, std) \
  assay_plugin_v##api##_##compiler##major##_abi##abi##_cxx11abi##cxx11##_dbg##dbg##_san##san##_rtti##rtti##_exc##exc##_std##std
#define ASSAY_DETAIL_EXPAND(api, compiler, major, abi, cxx11, dbg, san, rtti, exc, std) \
  ASSAY_DETAIL_JOIN(api, compiler, major, abi, cxx11, dbg, san, rtti, exc, std)
/// e.g. assay_plugin_v1_gcc12_abi1017_cxx11abi1_dbg0_san0_rtti1_exc1_std202002L
#define ASSAY_ABI_SYMBOL                                                                                 \
  ASSAY_DETAIL_EXPAND(ASSAY_PLUGIN_API, ASSAY_ABI_COMPILER, ASSAY_ABI_COMPILER_MAJOR, __GXX_ABI_VERSION, \
                      _GLIBCXX_USE_CXX11_ABI, ASSAY_ABI_DEBUG, ASSAY_ABI_SANITIZER, ASSAY_ABI_RTTI,      \
                      ASSAY_ABI_EXCEPTIONS, __cplusplus)

namespace assay {

/// What the exported constant holds.
struct PluginInfo {
  std::uint32_t size;  ///< sizeof(PluginInfo) of the plugin's SDK
  const char *name, *version;
  const Component* components;
  std::uint32_t component_count;
};

}  // namespace assay

/// ASSAY_PLUGIN("item_knn", "1.0.0", assay::component<assay::Recommender, ItemKnn>("item_knn", "One sentence."), ...);
/// Once in a library, at namespace scope.
#define ASSAY_PLUGIN(plugin_name, plugin_version, ...)                                                    \
  namespace {                                                                                             \
  constexpr ::assay::Component assay_plugin_components[] = {__VA_ARGS__};                                 \
  }                                                                                                       \
  extern "C" ASSAY_EXPORT const ::assay::PluginInfo ASSAY_ABI_SYMBOL;                                     \
  const ::assay::PluginInfo ASSAY_ABI_SYMBOL = {sizeof(::assay::PluginInfo), plugin_name, plugin_version, \
                                                assay_plugin_components,                                  \
                                                sizeof(assay_plugin_components) / sizeof(::assay::Component)}
