// Leaderboards for people: text and Markdown.

#include "runner/leaderboard_text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "runner/leaderboard_data.hpp"

namespace assay {
namespace {

std::string with_sign(double value, int decimals) {
  const std::string text = Cell::number(value, decimals).shown();
  return value >= 0 ? "+" + text : text;
}

/// Decimals that suit the column's largest value.
int decimals_of(const LeaderboardTask& task, const std::string& metric) {
  double largest = 0;
  for (const LeaderboardRow& row : task.rows)
    if (const auto* cell = cell_of(row, metric); cell && cell->mean) largest = std::max(largest, std::abs(*cell->mean));
  return largest < 10 ? 4 : largest < 1000 ? 2 : 1;
}

/// "0.3101 ±0.0042"; cells of one seed are padded where others have intervals, so that means stand below each other.
std::vector<Cell> metric_column(const LeaderboardTask& task, const std::string& metric, bool pad) {
  const int decimals = decimals_of(task, metric);
  std::vector<std::string> margins;
  std::size_t width = 0;
  for (const LeaderboardRow& row : task.rows) {
    const auto* cell = cell_of(row, metric);
    margins.push_back(cell && cell->high ? " ±" + Cell::number(*cell->high - *cell->mean, decimals).shown() : "");
    width = std::max(width, display_width(margins.back()));
  }
  std::vector<Cell> column;
  for (std::size_t r = 0; r < task.rows.size(); ++r) {
    const auto* cell = cell_of(task.rows[r], metric);
    if (!cell) {
      column.emplace_back();
      continue;
    }
    const double mean = cell->mean.value_or(std::nan(""));
    const std::string space(pad ? width - display_width(margins[r]) : 0, ' ');
    column.push_back(Cell::number(mean)
                         .as(Cell::number(mean, decimals).shown() + margins[r] + space)
                         .with(cell->rank == 1 ? Emphasis::strong : Emphasis::none));
  }
  return column;
}

Cell difference_cell(const LeaderboardRow& row, const LeaderboardMetric& primary) {
  if (!row.difference) return {};
  const Difference& d = *row.difference;
  const bool better = primary.higher_is_better ? d.low > 0 : d.high < 0;
  const bool worse = primary.higher_is_better ? d.high < 0 : d.low > 0;
  return Cell::number(d.mean)
      .as(with_sign(d.mean, 4) + " ±" + Cell::number(d.high - d.mean, 4).shown())
      .with(better  ? Emphasis::good
            : worse ? Emphasis::bad
                    : Emphasis::none);
}

/// Differences are in the primary metric, place 0.
bool shows_differences(const LeaderboardTask& task, const Places& metrics) {
  return std::ranges::count(metrics, std::size_t{0}) > 0 &&
         std::ranges::any_of(task.rows, [](const LeaderboardRow& row) { return row.difference.has_value(); });
}

/// The task with its rows by rank in the first of the chosen metrics.
LeaderboardTask ordered(LeaderboardTask task, const Places& metrics) {
  if (metrics.empty()) return task;
  const std::string& key = task.metrics[metrics.front()].key;
  std::ranges::stable_sort(task.rows, {}, [&](const LeaderboardRow& row) {
    const auto* cell = cell_of(row, key);
    return cell ? cell->rank : std::numeric_limits<std::int64_t>::max();
  });
  return task;
}

Listing ranking(const Leaderboard& board, const LeaderboardTask& task, const Places& metrics, TableFormat format) {
  const bool compared = shows_differences(task, metrics);
  std::vector<ListingColumn> columns{{"rank", "#"}, {"model", ""}};
  std::vector<std::vector<Cell>> values;
  for (const std::size_t m : metrics) {
    columns.push_back({task.metrics[m].key, ""});
    values.push_back(metric_column(task, task.metrics[m].key, format == TableFormat::text));
    if (m == 0 && compared) columns.push_back({"difference", "vs " + board.reference});
  }
  columns.push_back({"fit_seconds", "fit s"});
  columns.push_back({"seeds", ""});
  Listing listing(columns);
  for (std::size_t r = 0; r < task.rows.size(); ++r) {
    const LeaderboardRow& row = task.rows[r];
    const auto* first = metrics.empty() ? nullptr : cell_of(row, task.metrics[metrics.front()].key);
    std::vector<Cell> cells{first ? Cell::integer(first->rank) : Cell(), Cell(row.label)};
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      cells.push_back(values[m][r]);
      if (metrics[m] == 0 && compared) cells.push_back(difference_cell(row, task.metrics[0]));
    }
    cells.push_back(row.fit_seconds ? Cell::number(*row.fit_seconds, 2) : Cell());
    cells.push_back(row.seeded ? Cell::integer(row.seeds) : Cell::integer(row.seeds).as("-"));
    listing.add(std::move(cells));
  }
  return listing;
}

Listing missing_runs(const LeaderboardTask& task) {
  Listing listing({{"model", ""}, {"seed", ""}, {"fold", ""}, {"status", ""}, {"run", ""}, {"reason", ""}});
  for (const RunSummary& run : task.missing)
    listing.add({run.label, run.seed ? Cell::integer(*run.seed) : Cell(), Cell::integer(run.fold),
                 Cell(run.status).with(Emphasis::bad), short_id(run.uid), run.reason == run.status ? "" : run.reason});
  return listing;
}

/// A ranking of as many of the chosen metrics as fit into `width` (0: all of them); the last ones go first.
Listing fitting(const Leaderboard& board, const LeaderboardTask& task, Places& metrics, std::size_t width) {
  while (true) {
    Listing listing = ranking(board, task, metrics, TableFormat::text);
    if (width == 0 || listing.text_width() <= width || metrics.size() <= 1) return listing;
    metrics.pop_back();
  }
}

std::string left_out(const LeaderboardTask& task, const Places& chosen, std::size_t shown) {
  std::vector<std::string> names;
  for (std::size_t i = shown; i < chosen.size(); ++i) names.push_back(task.metrics[chosen[i]].key);
  return names.empty() ? "" : "No room here for " + join(names, ", ") + ": --metric NAME shows it.";
}

/// What a reader must know so as not to be misled.
std::vector<std::string> notes_of(const Leaderboard& board, const LeaderboardTask& task, const Places& metrics) {
  std::vector<std::string> notes, alone;
  bool intervals = false;
  for (const LeaderboardRow& row : task.rows) {
    if (row.seeded && row.seeds == 1) alone.push_back(row.label);
    intervals = intervals || (!row.cells.empty() && row.cells.front().high);
  }
  if (intervals) notes.push_back("± beside a metric: 95 % t-interval over seeds.");
  if (!alone.empty()) notes.push_back("One seed, training noise unknown: " + join(alone, ", ") + ".");
  if (shows_differences(task, metrics))
    notes.push_back("vs " + board.reference + ": mean difference in " + board.primary +
                    " over the same users, seeds averaged; 95 % t-interval over users.");
  return notes;
}

std::string title_of(const LeaderboardTask& task) {
  if (task.users == 0) return printable(task.dataset) + ": could not be read";
  std::string title = printable(task.dataset) + ": " + grouped(task.users) + " users, " + grouped(task.items) +
                      " items; " + grouped(task.train) + " train, ";
  if (task.validation > 0) title += grouped(task.validation) + " validation, ";
  return title + grouped(task.test) + " test";
}

void print_for_people(std::ostream& out, const Leaderboard& board, TableFormat format, TerminalStyle style,
                      std::span<const std::string> wanted) {
  const bool markdown = format == TableFormat::markdown;
  bool first = true;
  for (const LeaderboardTask& given : board.tasks) {
    const Places metrics = chosen_metrics(board, given, format, wanted);
    const LeaderboardTask task = ordered(given, metrics);
    Places shown = metrics;
    const std::size_t width = markdown ? 0 : style.width;
    out << (first ? "" : "\n") << (markdown ? "## " : "") << wrapped(title_of(task), width) << '\n'
        << (markdown ? "\n" : "");
    first = false;
    if (task.rows.empty())
      out << "No run is done yet.\n";
    else if (markdown)
      ranking(board, task, metrics, format).print(out, format, style);
    else
      fitting(board, task, shown, wanted.empty() ? style.width : 0).print(out, format, style);
    if (!task.missing.empty()) {
      out << "\nNot done:\n" << (markdown ? "\n" : "");
      missing_runs(task).print(out, format, style);
    }
    auto notes = notes_of(board, task, metrics);
    if (const std::string missed = left_out(task, metrics, shown.size()); !missed.empty()) notes.push_back(missed);
    if (!notes.empty()) out << '\n';
    for (const std::string& note : notes) out << (markdown ? "* " : "") << wrapped(note, width) << '\n';
  }
  if (board.not_started > 0)
    out << (first ? "" : "\n") << not_started_text({board.experiment, board.uid, board.not_started});
}

}  // namespace

std::string not_started_text(const NotStarted& e) {
  return std::to_string(e.trials) + (e.trials == 1 ? " trial of " : " trials of ") + printable(e.experiment) +
         (e.trials == 1 ? " was" : " were") + " not started; runner resume " + shell_word(e.experiment) +
         " runs what is missing.\n";
}

void print_leaderboard(std::ostream& out, const Leaderboard& board, TableFormat format, TerminalStyle style,
                       std::span<const std::string> metrics) {
  if (format == TableFormat::csv) return print_leaderboard_csv(out, board, metrics);
  if (format == TableFormat::json) return print_leaderboard_json(out, board, metrics);
  print_for_people(out, board, format, style, metrics);
}

}  // namespace assay
