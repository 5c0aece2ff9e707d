#pragma once  // Leaderboards for programs: CSV and JSON; and what all their forms share.

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "results/queries.hpp"
#include "runner/table.hpp"

namespace assay {

using Places = std::vector<std::size_t>;  ///< of metrics in a task

/// Which metrics of the task to show (see print_leaderboard). Throws ConfigError for one that is not there.
[[nodiscard]] Places chosen_metrics(const Leaderboard& board, const LeaderboardTask& task, TableFormat format,
                                    std::span<const std::string> wanted);

/// A row's cell of a metric; rows without any done run have none.
[[nodiscard]] const LeaderboardCell* cell_of(const LeaderboardRow& row, const std::string& metric);

void print_leaderboard_csv(std::ostream& out, const Leaderboard& board, std::span<const std::string> wanted);
void print_leaderboard_json(std::ostream& out, const Leaderboard& board, std::span<const std::string> wanted);

}  // namespace assay
