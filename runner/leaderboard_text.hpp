#pragma once  // Leaderboards on paper: what `runner leaderboard` prints, and `runner run` at its end.

#include <iosfwd>
#include <span>
#include <string>

#include "results/queries.hpp"
#include "runner/table.hpp"

namespace assay {

/// One table a task, the primary metric first, then failed runs with their reasons and what must be known to read it.
/// Text and Markdown show `metrics` (by key), or where there are none given the primary metric and all others of its
/// cutoff, as many as fit the terminal's width; CSV and JSON hold everything unless `metrics` says what. Throws
/// ConfigError for a metric that is not there.
void print_leaderboard(std::ostream& out, const Leaderboard& board, TableFormat format, TerminalStyle style = {},
                       std::span<const std::string> metrics = {});

/// "3 trials of gan_vs_cf were not started; runner resume gan_vs_cf runs what is missing.\n"
[[nodiscard]] std::string not_started_text(const NotStarted& experiment);

}  // namespace assay
