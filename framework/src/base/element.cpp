// What a tensor's element takes.

#include "base/element.hpp"

#include <string>

#include "assay/errors.hpp"

namespace assay {

std::size_t size_of(Element element) {
  switch (element) {
    case Element::u8:
      return 1;
    case Element::f32:
    case Element::i32:
      return 4;
    case Element::f64:
    case Element::i64:
      return 8;
  }
  throw Error("a tensor of the unknown element type " + std::to_string(static_cast<int>(element)));
}

}  // namespace assay
