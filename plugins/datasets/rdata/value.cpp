// How a value is asked for its size, its names and its class.
#include <algorithm>

#include "serialization.hpp"

namespace assay::rdata {

std::size_t Value::size() const noexcept {
  switch (type) {
    case Type::logical:
    case Type::integer:
      return integers.size();
    case Type::real:
      return reals.size();
    case Type::text:
      return texts.size();
    case Type::list:
      return items.size();
    default:
      return 0;
  }
}

const Value* Value::attribute(std::string_view name) const noexcept {
  return attributes ? attributes->item(name) : nullptr;
}

std::vector<std::string_view> Value::names() const {
  if (!tags.empty()) return tags;
  const Value* names = attribute("names");
  return names && names->type == Type::text ? names->texts : std::vector<std::string_view>{};
}

const Value* Value::item(std::string_view name) const noexcept {
  const Value* named = tags.empty() ? attribute("names") : nullptr;
  const auto& list = tags.empty() && named && named->type == Type::text ? named->texts : tags;
  const auto found = std::find(list.begin(), list.end(), name);
  const auto index = static_cast<std::size_t>(found - list.begin());
  return found != list.end() && index < items.size() ? &items[index] : nullptr;
}

bool Value::is_a(std::string_view class_name) const noexcept {
  const Value* classes = attribute("class");
  return classes && std::find(classes->texts.begin(), classes->texts.end(), class_name) != classes->texts.end();
}

}  // namespace assay::rdata
