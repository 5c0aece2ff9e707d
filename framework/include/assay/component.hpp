#pragma once  // What a plugin library offers, described before anything of it is built.

#include <cstdint>
#include <exception>
#include <span>
#include <type_traits>

#include "assay/errors.hpp"
#include "assay/export.hpp"
#include "assay/params.hpp"

namespace assay {

enum class Kind : std::uint32_t { dataset, transform, model, backend };

/// What a component can do; `static constexpr Traits traits` of its class. Means something for models only.
struct Traits {
  bool seeded = true;        ///< asks run.random(): trained once a seed, else once
  bool fold_in = false;      ///< users never seen are served by their profile alone
  bool slices = false;       ///< score() of a part of the catalogue costs that part: the framework tiles items too
  bool cold_items = false;   ///< items without training interactions get meaningful scores
  bool any_threads = false;  ///< same bits at any threads(); else threads is part of the result's identity
};

/// One thing that a plugin offers. The pointers live as long as the library.
struct Component {
  Kind kind;
  const char* interface;  ///< "recommender", "generator", "predictor", "dataset", "backend"
  const char *name, *summary;
  Traits traits;
  std::span<const ParamInfo> (*params)();
  /// A new object as Interface* (adjusted before it becomes void*), or null after telling the sink why.
  void* (*create)(const ParamSource&, ErrorSink&) noexcept;
  void (*destroy)(void*) noexcept;
};

namespace detail {

template <class T>
concept HasParams = requires {
  typename T::Params;
};
template <class T>
concept HasTraits = requires {
  T::traits;
};

template <class T>
constexpr Traits traits_of() {
  if constexpr (HasTraits<T>)
    return T::traits;
  else
    return {};
}

template <class T>
std::span<const ParamInfo> params_of() {
  if constexpr (HasParams<T>)
    return param_infos<typename T::Params>();
  else
    return {};
}

template <class Interface, class T>
void* create(const ParamSource& source, ErrorSink& errors) noexcept {
  try {
    if constexpr (HasParams<T>)
      return static_cast<Interface*>(new T(read_params<typename T::Params>(source)));
    else
      return static_cast<Interface*>(new T());
  } catch (const std::exception& e) {
    errors.error("", e.what());
  } catch (...) {
    errors.error("", "the factory threw something that is not a std::exception");
  }
  return nullptr;
}

template <class Interface>
void destroy(void* object) noexcept {
  delete static_cast<Interface*>(object);
}

}  // namespace detail

/// Describes class T, which implements Interface (Recommender, Generator, Predictor, Dataset, Backend).
template <class Interface, class T>
constexpr Component component(const char* name, const char* summary) {
  static_assert(std::is_base_of_v<Interface, T>, "the component must implement the interface it is registered under");
  return {Interface::kKind,
          Interface::kInterface,
          name,
          summary,
          detail::traits_of<T>(),
          &detail::params_of<T>,
          &detail::create<Interface, T>,
          &detail::destroy<Interface>};
}

}  // namespace assay
