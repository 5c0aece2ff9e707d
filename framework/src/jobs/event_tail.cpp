// Follows an attempt's events.

#include "jobs/event_tail.hpp"

#include "assay/errors.hpp"

#include "trial/attempt.hpp"

namespace assay {
namespace {

class Text final : public ByteSink {
 public:
  std::string text;
  void bytes(std::span<const std::byte> more) override {
    text.append(reinterpret_cast<const char*>(more.data()), more.size());
  }
};

}  // namespace

std::string read_through(Backend& backend, const std::string& attempt, const std::string& file, std::int64_t offset) {
  Text sink;
  try {
    backend.read(attempt, file, offset, sink);
  } catch (const Unavailable&) {
    return {};  // asked again later
  }
  return std::move(sink.text);
}

std::vector<Event> EventTail::read(Backend& backend, const std::string& attempt) {
  const std::string more = read_through(backend, attempt, kEventsFile, offset_);
  offset_ += static_cast<std::int64_t>(more.size());
  rest_ += more;
  std::vector<Event> out;
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    out.push_back(parse_event(std::string_view(rest_).substr(begin, end - begin)));
    begin = end + 1;
  }
  rest_.erase(0, begin);
  return out;
}

}  // namespace assay
