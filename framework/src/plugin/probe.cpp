// Describes a library in a child process, so that nothing in it can hurt the process that asks.

#include "plugin/probe.hpp"

#include <csignal>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "plugin/child.hpp"

namespace assay {
namespace {

using nlohmann::json;

constexpr std::string_view kMark = "{\"assay_probe\":";

/// The answer: the last line with the mark.
std::string marked_line(const std::string& out) {
  const std::size_t begin = out.rfind(kMark);
  if (begin == std::string::npos) return {};
  return out.substr(begin, out.find('\n', begin) - begin);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// Our messages begin with the file, which the list of refused libraries shows anyway.
std::string without_file(const std::string& reason, const std::filesystem::path& file) {
  const std::string head = file.string() + ": ";
  return reason.starts_with(head) ? reason.substr(head.size()) : reason;
}

}  // namespace

std::string probe_here(const std::filesystem::path& file) {
  try {
    return to_probe_line(Library::open(file)->components());
  } catch (const std::exception& e) {
    return to_probe_line(RefusedLibrary{file, e.what()});
  }
}

std::string to_probe_line(const ProbeResult& result) {
  json out{{"assay_probe", 1}};
  if (const auto* refused = std::get_if<RefusedLibrary>(&result)) {
    out["refused"] = refused->reason;
    out["lasting"] = refused->lasting;
  } else {
    out["components"] = json::array();
    for (const auto& component : std::get<std::vector<ComponentDescription>>(result))
      out["components"].push_back(json::parse(to_json(component)));
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

ProbeResult parse_probe(const std::string& line, const std::filesystem::path& file) {
  try {
    const json j = json::parse(line);
    if (j.contains("refused")) return RefusedLibrary{file, without_file(j["refused"], file), j.value("lasting", false)};
    std::vector<ComponentDescription> components;
    for (const json& component : j.at("components")) {
      components.push_back(component_from_json(component.dump()));
      components.back().file = file;
    }
    return components;
  } catch (const json::exception& e) {
    throw Error(std::string("not the answer of a probe: ") + e.what());
  }
}

ProbeResult probe_in_child(const std::filesystem::path& file, int seconds) {
  const std::string argv[] = {runner_executable().string(), "probe", file.string()};
  const ChildResult child = run_child(argv, seconds);
  const std::string line = marked_line(child.out);
  const std::string trouble = child.trouble();
  const std::string word = child.err.empty() ? "" : ": " + first_line(child.err);
  if (line.empty() || child.signal != 0 || child.timed_out) {
    const bool killed = child.signal == SIGKILL && !child.timed_out;  // by somebody else: no fault of the library's
    return RefusedLibrary{file, "opening it " + (trouble.empty() ? "ended the process" : trouble) + word, !killed};
  }
  return parse_probe(line, file);
}

}  // namespace assay
