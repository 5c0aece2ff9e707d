#pragma once  // The verbs' entry points; each is defined in the file of its name.

#include <span>
#include <string>

namespace assay {

int run_abilities(std::span<const std::string> arguments);
int run_check(std::span<const std::string> arguments);
int run_check_component(std::span<const std::string> arguments);
int run_describe(std::span<const std::string> arguments);
int run_doctor(std::span<const std::string> arguments);
int run_estimate(std::span<const std::string> arguments);
int run_export(std::span<const std::string> arguments);
int run_gc(std::span<const std::string> arguments);
int run_leaderboard(std::span<const std::string> arguments);
int run_ls(std::span<const std::string> arguments);
int run_plugins(std::span<const std::string> arguments);
int run_prepare(std::span<const std::string> arguments);
int run_probe(std::span<const std::string> arguments);
int run_query(std::span<const std::string> arguments);
int run_recommend(std::span<const std::string> arguments);
int run_resume(std::span<const std::string> arguments);
int run_run(std::span<const std::string> arguments);
int run_show(std::span<const std::string> arguments);
int run_validate(std::span<const std::string> arguments);
int run_worker(std::span<const std::string> arguments);

}  // namespace assay
