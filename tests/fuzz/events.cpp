// Fuzz target of events.ndjson: no line of a worker may harm the controller.
#include "trial/events.hpp"

#include <cstdlib>

#include "memory_file.hpp"
#include "trial/attempt.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::fuzz::MemoryFolder folder;
  std::string_view rest = assay::fuzz::text_of(data, size);
  folder.put(assay::kEventsFile, rest);
  for (auto end = rest.find('\n'); !rest.empty(); end = rest.find('\n')) {
    const assay::Event event = assay::parse_event(rest.substr(0, end));
    const bool points = event.kind == assay::Event::Kind::points;
    if (!points && !event.points.empty()) std::abort();
    for (const assay::Point& point : event.points) assay::fuzz::touch(std::string_view(point.series));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  (void)assay::read_points(folder.path(), "fit", 3);
  (void)assay::read_points(folder.path(), "refit", 3);
  return 0;
}
