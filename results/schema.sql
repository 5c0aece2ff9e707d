-- The tables of Assay's results database, version 1. Built into the runner; this file is their only source.
-- Times are integer milliseconds since 1970 (UTC); durations are seconds. A number that is not finite is a NULL value
-- with a code beside it ('nan', 'inf', '-inf'); a finite one has no code. Vectors are little-endian and compressed
-- with zstd. `id` columns hold for one file only; `uid`, `key` and hashes hold everywhere. Views for the common
-- questions are in views.sql.
PRAGMA application_id = 1095979865;  -- "ASSY": tells our files from others'
PRAGMA user_version = 1;             -- the version of this schema

-- What was done to this file to bring it to its version.
CREATE TABLE migrations (
  version INTEGER PRIMARY KEY,  -- of the schema, after the step
  name TEXT NOT NULL,           -- what the step did
  applied_ms INTEGER NOT NULL   -- when
) STRICT;

-- Experiments as they were run: every default filled in. Equal texts are stored once.
CREATE TABLE configs (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,  -- of `resolved`
  resolved TEXT NOT NULL        -- canonical JSON; json_extract(resolved, '$.seeds') works
) STRICT;

-- The git state of the experiment file's repository.
CREATE TABLE code_states (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,  -- of revision, dirty and diff
  revision TEXT NOT NULL,       -- commit, hex
  dirty INTEGER NOT NULL CHECK (dirty IN (0, 1)),  -- 1: there were changes that were not committed
  diff TEXT NOT NULL            -- these changes, as `git diff HEAD` prints them
) STRICT;

-- Machines and libraries that runs were made with.
CREATE TABLE environments (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,    -- of all that follows
  hostname TEXT NOT NULL,         -- machine
  os TEXT NOT NULL,               -- "Debian GNU/Linux 12"
  kernel TEXT NOT NULL,           -- release of the Linux kernel
  cpu TEXT NOT NULL,              -- model name
  isa TEXT NOT NULL,              -- instruction set class; result_sha256 is comparable within one
  compiler TEXT NOT NULL,         -- "gcc 12.2.0"
  assay_version TEXT NOT NULL,    -- "0.1.0"
  onednn_version TEXT NOT NULL,   -- of the library that trained
  cores INTEGER NOT NULL,         -- logical ones
  memory_bytes INTEGER NOT NULL,  -- of the machine
  hw_key TEXT NOT NULL            -- hash of stable hardware facts; times are comparable within one
) STRICT;

-- Components of plugin libraries that experiments used.
CREATE TABLE plugins (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('dataset', 'transform', 'model', 'backend')),  -- of component
  name TEXT NOT NULL,            -- of the component
  library TEXT NOT NULL,         -- the file it came from
  library_sha256 TEXT NOT NULL,  -- of that file's content
  build_id TEXT NOT NULL,        -- the linker's build id; '' where it is not known
  UNIQUE (kind, name, library_sha256)
) STRICT;

-- Interaction data after the filter, under the name an experiment gave it.
CREATE TABLE datasets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,                 -- of the card, or the label in the experiment
  fingerprint TEXT NOT NULL,          -- of the content after the filter; "unread:…" where it could not be read
  raw_fingerprint TEXT NOT NULL,      -- of the content before it
  source_key TEXT NOT NULL,           -- of reader, parameters and files
  reader_id INTEGER NOT NULL REFERENCES plugins (id),  -- component that read it
  params TEXT NOT NULL,               -- of the reader: JSON
  licence TEXT NOT NULL,              -- from the card; '' where it says none
  citation TEXT NOT NULL,             -- from the card, too
  users INTEGER NOT NULL,             -- after the filter, as the next two
  items INTEGER NOT NULL,             -- after the filter
  interactions INTEGER NOT NULL,      -- after the filter
  raw_users INTEGER NOT NULL,         -- before the filter, as the next two
  raw_items INTEGER NOT NULL,         -- before the filter
  raw_interactions INTEGER NOT NULL,  -- before the filter
  skipped_lines INTEGER NOT NULL,     -- that the reader could not read
  has_times INTEGER NOT NULL CHECK (has_times IN (0, 1)),  -- 1: interactions have times
  UNIQUE (name, fingerprint)
) STRICT;

-- What models compete in: data, split definition and protocol. Only results of one task are ranked together.
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,         -- hash of data, split and evaluation protocol
  dataset_id INTEGER NOT NULL REFERENCES datasets (id),  -- as first seen
  split_fingerprint TEXT NOT NULL,  -- of the split's definition, all folds
  split TEXT NOT NULL,              -- the experiment's split block: JSON
  filter TEXT NOT NULL,             -- the experiment's filter block: JSON
  train INTEGER NOT NULL,           -- interactions in each part
  validation INTEGER NOT NULL,      -- 0: there is none
  test INTEGER NOT NULL             -- what models are judged by
) STRICT;

-- The units (users; one day examples or series) that an evaluation judged: the order of every unit_metrics vector.
CREATE TABLE eval_units (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,  -- of task, fold and units
  task_id INTEGER NOT NULL REFERENCES tasks (id),  -- whose test part they belong to
  fold INTEGER NOT NULL,        -- of the task, from 0
  kind TEXT NOT NULL,           -- 'user'
  count INTEGER NOT NULL,       -- of units
  units BLOB NOT NULL           -- count × int32, ascending dense indices, bytes shuffled (see top_lists), zstd
) STRICT;

-- A search over parameters that started several experiments. Reserved: nothing writes it yet.
CREATE TABLE sweeps (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,     -- UUIDv7
  name TEXT NOT NULL,           -- given by the user
  strategy TEXT NOT NULL,       -- 'grid', 'random', …
  space TEXT NOT NULL,          -- what was searched: JSON
  started_ms INTEGER NOT NULL,  -- when
  ended_ms INTEGER              -- NULL: has not ended
) STRICT;

-- One execution of an experiment file.
CREATE TABLE experiments (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,            -- UUIDv7: unique over all databases, sorts by time
  name TEXT NOT NULL,                  -- of the file's "name"
  description TEXT NOT NULL,           -- of the file's "description"
  file TEXT NOT NULL,                  -- where it was read from
  file_text TEXT NOT NULL,             -- as it was written, comments and all
  command_line TEXT NOT NULL,          -- that started it
  config_id INTEGER NOT NULL REFERENCES configs (id),  -- what was run
  code_state_id INTEGER REFERENCES code_states (id),  -- NULL: not in a git repository
  backend_id INTEGER NOT NULL REFERENCES plugins (id),  -- where trials ran
  sweep_id INTEGER REFERENCES sweeps (id),  -- NULL: not part of a sweep
  reference TEXT NOT NULL,             -- label of the model that the others are compared with; may be ''
  primary_metric TEXT NOT NULL,        -- "ndcg@10"
  trials INTEGER NOT NULL,             -- planned; those beyond its rows in experiment_runs were never started
  done INTEGER,                        -- counts at the end, as the next two
  failed INTEGER,                      -- runs that ended otherwise
  skipped INTEGER,                     -- trials that were done before
  interrupted INTEGER CHECK (interrupted IN (0, 1)),  -- 1: stopped by the user, or its controller died
  started_ms INTEGER NOT NULL,         -- when
  ended_ms INTEGER,                    -- NULL: runs still, or its controller died
  controller_host TEXT NOT NULL,       -- of the process that ran it, as the next four: they tell whether it lives
  controller_boot TEXT NOT NULL,       -- /proc/sys/kernel/random/boot_id
  controller_namespace TEXT NOT NULL,  -- of process ids
  controller_pid INTEGER NOT NULL,     -- process id
  controller_start INTEGER NOT NULL    -- clock ticks from boot to its start
) STRICT;
CREATE INDEX experiments_by_name ON experiments (name, started_ms);

-- The data of an experiment, in its order.
CREATE TABLE experiment_tasks (
  experiment_id INTEGER NOT NULL REFERENCES experiments (id),  -- which experiment
  position INTEGER NOT NULL,   -- of the dataset in the experiment, from 0
  task_id INTEGER NOT NULL REFERENCES tasks (id),  -- what the data became
  dataset_id INTEGER NOT NULL REFERENCES datasets (id),  -- under the name in this experiment
  prepared TEXT NOT NULL,      -- file of the prepared data in the cache; it may be gone by now
  from_cache INTEGER NOT NULL CHECK (from_cache IN (0, 1)),  -- 1: it was prepared before
  read_seconds REAL NOT NULL,  -- 0 from the cache
  PRIMARY KEY (experiment_id, position)
) STRICT, WITHOUT ROWID;

-- What could be repeated: task, fold, model, parameters, training policy, seed and threads. Runs are its executions.
CREATE TABLE trials (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,  -- hash of all that identifies the trial
  task_id INTEGER NOT NULL REFERENCES tasks (id),  -- what it competes in
  fold INTEGER NOT NULL,     -- of the task, from 0
  model TEXT NOT NULL,       -- component name
  params TEXT NOT NULL,      -- canonical JSON, every default filled in; table params has them one a row
  training TEXT NOT NULL,    -- the experiment's training block: JSON
  seed INTEGER,              -- NULL: the model is not seeded; a seed above 2^63 - 1 appears as seed - 2^64
  threads INTEGER NOT NULL   -- 1 where the model gives the same bits at any number
) STRICT;
CREATE INDEX trials_by_task ON trials (task_id);

-- A trial's parameters, one a row.
CREATE TABLE params (
  trial_id INTEGER NOT NULL REFERENCES trials (id),  -- whose
  name TEXT NOT NULL,   -- as in the experiment file
  value TEXT NOT NULL,  -- texts as they are, everything else as JSON
  number REAL,          -- the same where it is a number (true = 1)
  PRIMARY KEY (trial_id, name)
) STRICT, WITHOUT ROWID;

-- One execution of a trial.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,             -- UUIDv7: unique over all databases, sorts by time
  experiment_id INTEGER NOT NULL REFERENCES experiments (id),  -- that executed it
  trial_id INTEGER NOT NULL REFERENCES trials (id),  -- what it executes
  dataset_id INTEGER NOT NULL REFERENCES datasets (id),  -- under the name in its experiment
  plugin_id INTEGER NOT NULL REFERENCES plugins (id),  -- of the model
  build_key TEXT NOT NULL,              -- hash of the build ids of plugin, libassay, libassay_nn and oneDNN
  label TEXT NOT NULL,                  -- of the model in the experiment
  fold INTEGER NOT NULL,                -- the trial's, as the seed: questions about them need no join
  seed INTEGER,                         -- NULL: the model is not seeded
  status TEXT NOT NULL CHECK (status IN ('planned', 'running', 'done', 'failed', 'diverged', 'crashed', 'timeout',
                                         'out_of_memory', 'cancelled', 'lost')),  -- 'planned' while its experiment runs only
  reason TEXT NOT NULL DEFAULT '',      -- why it is not done
  log_tail TEXT NOT NULL DEFAULT '',    -- the last lines of its log, where it is not done
  attempts INTEGER NOT NULL DEFAULT 0,  -- how often it was started
  attempt_id TEXT,                      -- of the last attempt, as host and folder
  host TEXT,                            -- that ran the last attempt
  folder TEXT,                          -- holds log, artifacts, checkpoint
  planned_ms INTEGER NOT NULL,          -- when it was decided on
  started_ms INTEGER,                   -- when its first attempt began
  ended_ms INTEGER,                     -- when it ended, however
  epochs INTEGER,                       -- trained; this and what follows: NULL unless done
  best_epoch INTEGER,                   -- whose weights were kept
  stopped_early INTEGER CHECK (stopped_early IN (0, 1)),  -- 1: validation did not improve any more
  read_seconds REAL,                    -- mapping the prepared data
  fit_seconds REAL,                     -- training
  fit_cpu_seconds REAL,                 -- user and system time of all threads
  evaluate_seconds REAL,                -- ranking and metrics
  score_seconds REAL,                   -- of these, the model's share
  total_seconds REAL,                   -- of the worker's process
  peak_bytes INTEGER,                   -- of memory
  tied_places INTEGER,                  -- places in the lists whose score equals the next one's
  empty_lists INTEGER,                  -- users for whom the model offered nothing
  result_sha256 TEXT,                   -- of the exact bits of all metric values: equal means the same result
  environment_id INTEGER REFERENCES environments (id),  -- what it ran on
  eval_units_id INTEGER REFERENCES eval_units (id)  -- order of its unit_metrics and top_lists
) STRICT;
CREATE INDEX runs_by_experiment ON runs (experiment_id);
CREATE INDEX runs_by_trial ON runs (trial_id);

-- Which run stands for a trial in an experiment: its own, or an earlier one that `resume` found done.
CREATE TABLE experiment_runs (
  experiment_id INTEGER NOT NULL REFERENCES experiments (id),  -- which experiment
  label TEXT NOT NULL,  -- of the model in this experiment
  trial_id INTEGER NOT NULL REFERENCES trials (id),  -- which trial of it
  run_id INTEGER NOT NULL REFERENCES runs (id),  -- the run that stands for it
  dataset_id INTEGER NOT NULL REFERENCES datasets (id),  -- under the name in this experiment
  reused INTEGER NOT NULL CHECK (reused IN (0, 1)),  -- 1: the run was done before
  why TEXT NOT NULL,    -- "never ran", "failed before", …
  PRIMARY KEY (experiment_id, label, trial_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX experiment_runs_by_run ON experiment_runs (run_id);

-- Short facts about a run, by the framework or by people.
CREATE TABLE tags (
  run_id INTEGER NOT NULL REFERENCES runs (id),  -- whose
  name TEXT NOT NULL,   -- "mxcsr_restored"
  value TEXT NOT NULL,  -- "1"; may be empty
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- What people wrote about a run or an experiment. Reserved: `runner show` prints it, nothing writes it yet.
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),  -- about this run
  experiment_id INTEGER REFERENCES experiments (id),  -- or about this experiment
  time_ms INTEGER NOT NULL,             -- when it was written
  author TEXT NOT NULL,                 -- who wrote it
  text TEXT NOT NULL,                   -- what
  CHECK ((run_id IS NULL) <> (experiment_id IS NULL))  -- about one of them
) STRICT;

-- Metrics with their exact definitions. Another definition is another row.
CREATE TABLE metrics (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,        -- "ndcg"
  cutoff INTEGER NOT NULL,   -- 10; 0: none
  key TEXT NOT NULL GENERATED ALWAYS AS (iif(cutoff > 0, name || '@' || cutoff, name)) VIRTUAL,  -- "ndcg@10"
  definition TEXT NOT NULL,  -- one line, with the formula
  higher_is_better INTEGER NOT NULL CHECK (higher_is_better IN (0, 1)),  -- 0: a lower value is a better one
  per_unit INTEGER NOT NULL CHECK (per_unit IN (0, 1)),  -- 1: each unit has a value; 0: a property of all lists together
  UNIQUE (name, cutoff, definition, higher_is_better, per_unit)
) STRICT;
CREATE INDEX metrics_by_key ON metrics (key);

-- Curves: one value an epoch.
CREATE TABLE points (
  run_id INTEGER NOT NULL REFERENCES runs (id),  -- whose
  kind TEXT NOT NULL CHECK (kind IN ('loss', 'measure', 'validation')),  -- validation: a metric on that part
  series TEXT NOT NULL,      -- "generator", "ndcg@10"
  epoch INTEGER NOT NULL,    -- from 0
  value REAL,                -- NULL: see code
  code TEXT CHECK (code IN ('nan', 'inf', '-inf')),  -- NULL: see value
  time_ms INTEGER NOT NULL,  -- when it was measured
  PRIMARY KEY (run_id, kind, series, epoch),
  CHECK ((value IS NULL) = (code IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Test values of done runs.
CREATE TABLE results (
  run_id INTEGER NOT NULL REFERENCES runs (id),  -- whose
  metric_id INTEGER NOT NULL REFERENCES metrics (id),  -- what
  value REAL,  -- NULL: see code
  code TEXT CHECK (code IN ('nan', 'inf', '-inf')),  -- NULL: see value
  PRIMARY KEY (run_id, metric_id),
  CHECK ((value IS NULL) = (code IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- The same for every unit, in the order of the run's eval_units.
CREATE TABLE unit_metrics (
  run_id INTEGER NOT NULL REFERENCES runs (id),  -- whose
  metric_id INTEGER NOT NULL REFERENCES metrics (id),  -- what
  count INTEGER NOT NULL,  -- units
  data BLOB NOT NULL,      -- count × float32, bytes shuffled (see top_lists), zstd
  PRIMARY KEY (run_id, metric_id)
) STRICT;

-- The first places of every unit's ranking, for metrics that are thought of later.
-- Shuffled: first the lowest byte of every number, then the next byte of every number, … (it compresses better).
CREATE TABLE top_lists (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id),  -- whose
  units INTEGER NOT NULL,   -- rows, in the order of the run's eval_units
  places INTEGER NOT NULL,  -- columns
  items BLOB NOT NULL,      -- units × places int32 dense item indices, -1 where a list is shorter; shuffled, zstd
  scores BLOB NOT NULL      -- units × places float32; shuffled, zstd
) STRICT;

-- Files that a run left in its folder.
CREATE TABLE artifacts (
  run_id INTEGER NOT NULL REFERENCES runs (id),  -- whose
  name TEXT NOT NULL,  -- "model.safetensors"
  file TEXT NOT NULL,  -- where it was at the end of the run
  bytes INTEGER,       -- NULL: was gone when the run was recorded
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- What happened, in order.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  experiment_id INTEGER NOT NULL REFERENCES experiments (id),  -- in which experiment
  run_id INTEGER REFERENCES runs (id),  -- NULL: about the experiment
  time_ms INTEGER NOT NULL,             -- when
  kind TEXT NOT NULL,                   -- 'experiment_started', 'run_started', 'run_ended', 'message', …
  text TEXT NOT NULL                    -- more of it; may be empty
) STRICT;
CREATE INDEX events_by_experiment ON events (experiment_id);
CREATE INDEX events_by_run ON events (run_id) WHERE run_id IS NOT NULL;

-- This and the four tables after it are reserved for nightly checks: nothing writes or reads them yet.
-- A nightly check of an experiment.
CREATE TABLE nightlies (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,     -- UUIDv7
  experiment_id INTEGER NOT NULL REFERENCES experiments (id),  -- what ran in the night
  baseline_id INTEGER REFERENCES nightlies (id),  -- that it was judged against; NULL: the first
  pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),  -- 1: a baseline that people chose
  verdict TEXT NOT NULL,        -- 'fine', 'regressed', 'improved', 'changed', 'incomplete'
  host_state TEXT NOT NULL,     -- what the preflight found: JSON (load, calibration, whether time may be judged)
  started_ms INTEGER NOT NULL,  -- when
  ended_ms INTEGER              -- NULL: it runs still, or was cut off
) STRICT;

-- The runs of a night, each with what was found.
CREATE TABLE nightly_runs (
  nightly_id INTEGER NOT NULL REFERENCES nightlies (id),  -- which night
  run_id INTEGER NOT NULL REFERENCES runs (id),  -- a run of it
  baseline_run_id INTEGER REFERENCES runs (id),  -- that it was compared with; NULL: there is none
  quality TEXT NOT NULL,  -- 'same', 'changed', 'regressed', 'improved', 'missing'
  time TEXT NOT NULL,     -- the same words, or 'not_judged'
  detail TEXT NOT NULL,   -- numbers behind the words: JSON
  PRIMARY KEY (nightly_id, run_id)
) STRICT, WITHOUT ROWID;

-- A quantity that is followed from night to night.
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  trial_key TEXT NOT NULL,             -- what is repeated
  quantity TEXT NOT NULL,              -- a metric's key, 'fit_seconds', 'peak_bytes', …
  hw_key TEXT NOT NULL,                -- '' for quality; times are followed on one kind of machine
  segment INTEGER NOT NULL DEFAULT 0,  -- an acknowledged change begins the next one
  UNIQUE (trial_key, quantity, hw_key, segment)
) STRICT;
CREATE TABLE series_points (
  series_id INTEGER NOT NULL REFERENCES series (id),  -- of which series
  nightly_id INTEGER NOT NULL REFERENCES nightlies (id),  -- measured in this night
  run_id INTEGER REFERENCES runs (id),  -- by this run; NULL: by several
  value REAL,                           -- NULL: see code
  code TEXT CHECK (code IN ('nan', 'inf', '-inf')),  -- NULL: see value
  judged INTEGER NOT NULL CHECK (judged IN (0, 1)),  -- 0: the host was not fit for judging
  PRIMARY KEY (series_id, nightly_id),
  CHECK ((value IS NULL) = (code IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Changes that people accepted.
CREATE TABLE acknowledgements (
  id INTEGER PRIMARY KEY,
  series_id INTEGER NOT NULL REFERENCES series (id),  -- the segment that ended
  nightly_id INTEGER NOT NULL REFERENCES nightlies (id),  -- the first night of the next one
  time_ms INTEGER NOT NULL,  -- when
  author TEXT NOT NULL,      -- who accepted it
  text TEXT NOT NULL         -- why it is right
) STRICT;

-- Student's t: the 97.5 % quantile for 95 % intervals. Between two rows the smaller df counts (a little too wide).
CREATE TABLE t_quantiles (
  df INTEGER PRIMARY KEY,  -- degrees of freedom
  t975 REAL NOT NULL
) STRICT;
INSERT INTO t_quantiles VALUES
  (1, 12.706204736), (2, 4.302652730), (3, 3.182446305), (4, 2.776445105), (5, 2.570581836), (6, 2.446911851),
  (7, 2.364624252), (8, 2.306004135), (9, 2.262157163), (10, 2.228138852), (11, 2.200985160), (12, 2.178812830),
  (13, 2.160368656), (14, 2.144786688), (15, 2.131449546), (16, 2.119905299), (17, 2.109815578), (18, 2.100922040),
  (19, 2.093024054), (20, 2.085963447), (21, 2.079613845), (22, 2.073873068), (23, 2.068657610), (24, 2.063898562),
  (25, 2.059538553), (26, 2.055529439), (27, 2.051830516), (28, 2.048407142), (29, 2.045229642), (30, 2.042272456),
  (40, 2.021075390), (60, 2.000297822), (120, 1.979930405), (1000, 1.962339081);
