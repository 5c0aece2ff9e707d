// `runner doctor`: checks machine, packages, plugins, data, cache, database and disk, and says what to do.

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "runner/doctor_checks.hpp"
#include "runner/table.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

constexpr std::string_view kWords[] = {"ok", "note", "BAD"};

std::string_view word_of(Health health) { return kWords[static_cast<std::size_t>(health)]; }

void print_text(const Symptoms& symptoms, TerminalStyle style) {
  constexpr const char* colours[] = {"\033[32m", "\033[33m", "\033[1;31m"};
  for (const Symptom& s : symptoms) {
    std::string word(word_of(s.health)), area = s.area;
    word.resize(6, ' ');
    area.resize(10, ' ');
    if (style.colour) word = colours[static_cast<std::size_t>(s.health)] + word + "\033[0m";
    std::cout << word << area << printable(s.what) << "\n";
    if (!s.advice.empty()) std::cout << std::string(16, ' ') << "→ " << printable(s.advice) << "\n";
  }
}

void print_json(const Symptoms& symptoms) {
  nlohmann::json out = nlohmann::json::array();
  for (const Symptom& s : symptoms)
    out.push_back({{"area", s.area}, {"health", word_of(s.health)}, {"what", s.what}, {"advice", s.advice}});
  std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace

int run_doctor(std::span<const std::string> arguments) {
  CommonOptions options;
  boost::program_options::options_description description("Options");
  add_common(description, options);
  std::vector<std::string> rest;
  if (parse("doctor", description, arguments, rest)) return kDone;
  if (!rest.empty()) throw ConfigError("runner doctor takes no arguments; --db and --cache-dir say where to look.");
  const Catalogue catalogue = load_catalogue(options);
  Symptoms all;
  const auto add = [&](Symptoms symptoms) { std::ranges::move(symptoms, std::back_inserter(all)); };
  add(check_machine());
  add(check_packages());
  add(check_plugins(catalogue));
  add(check_data(catalogue));
  add(check_cache(options.cache));
  add(check_database(options.db));
  add(check_space(options));
  if (options.json)
    print_json(all);
  else
    print_text(all, stdout_style());
  const bool ill = std::ranges::any_of(all, [](const Symptom& s) { return s.health == Health::bad; });
  return ill ? kTrialFailed : kDone;
}

}  // namespace assay
