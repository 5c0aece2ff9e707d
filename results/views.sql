-- Views for the common questions; made anew whenever the schema changes, so that they may change freely.
-- `run`, `experiment_uid` and `task` are stable names; ids are private to one file.

-- Runs with everything that people ask first. A run whose controller died stays 'running' here until the next runner
-- that writes finds it and calls it 'lost'; `runner ls` sees it at once.
CREATE VIEW v_runs AS
SELECT r.uid AS run,
       e.name AS experiment,
       e.uid AS experiment_uid,
       d.name AS dataset,
       k.key AS task,
       r.label,
       t.model,                               -- component name
       r.seed,
       r.fold,
       r.status,
       e.primary_metric,
       (SELECT x.value FROM metrics m JOIN results x ON x.run_id = r.id AND x.metric_id = m.id
         WHERE m.key = e.primary_metric) AS primary_value,
       r.epochs,
       r.best_epoch,
       r.fit_seconds,
       r.evaluate_seconds,
       r.total_seconds,
       r.peak_bytes,
       strftime('%Y-%m-%d %H:%M:%S', coalesce(r.started_ms, r.planned_ms) / 1000, 'unixepoch') AS started,  -- UTC
       r.reason,
       r.result_sha256,
       t.key AS trial
  FROM runs r
  JOIN experiments e ON e.id = r.experiment_id
  JOIN datasets d ON d.id = r.dataset_id
  JOIN trials t ON t.id = r.trial_id
  JOIN tasks k ON k.id = t.task_id;

-- Test values, one a row.
CREATE VIEW v_results AS
SELECT r.uid AS run,
       e.name AS experiment,
       e.uid AS experiment_uid,
       d.name AS dataset,
       k.key AS task,
       r.label,
       r.seed,
       r.fold,
       m.key AS metric,
       x.value,                               -- NULL: not finite, see code
       x.code,
       m.higher_is_better,
       m.definition
  FROM results x
  JOIN metrics m ON m.id = x.metric_id
  JOIN runs r ON r.id = x.run_id
  JOIN experiments e ON e.id = r.experiment_id
  JOIN datasets d ON d.id = r.dataset_id
  JOIN trials t ON t.id = r.trial_id
  JOIN tasks k ON k.id = t.task_id;

-- The ranking of an experiment's models, by task and metric: mean over seeds (folds averaged within) with a 95 %
-- t-interval; rank in the metric's own direction. Runs that are not done take no part and are counted in `failed`.
-- A mean is NULL, and ranks last, as soon as one of its values is not finite.
CREATE VIEW v_leaderboard AS
-- Windows where GROUP BY would be shorter: SQLite 3.40 hands a condition on the experiment down through them only.
WITH seeds AS (                               -- one value a seed, with the mean over seeds beside it
  SELECT *,
         avg(value) OVER same AS mean,
         count(value) OVER same AS finite,
         count(*) OVER same AS seeds,
         sum(folds) OVER same AS runs,
         row_number() OVER same AS number
    FROM (SELECT e.id AS experiment_id, e.uid AS experiment_uid, e.name AS experiment, e.primary_metric, e.reference,
                 k.key AS task, d.name AS dataset, er.label, m.key AS metric, m.higher_is_better, m.definition,
                 iif(count(x.value) = count(*), avg(x.value), NULL) AS value, count(*) AS folds, t.task_id
            FROM experiments e
      CROSS JOIN experiment_runs er ON er.experiment_id = e.id  -- CROSS: from the experiment on, never backwards
            JOIN runs r ON r.id = er.run_id AND r.status = 'done'
            JOIN trials t ON t.id = er.trial_id
            JOIN tasks k ON k.id = t.task_id
            JOIN datasets d ON d.id = er.dataset_id
            JOIN results x ON x.run_id = r.id
            JOIN metrics m ON m.id = x.metric_id
           GROUP BY e.uid, k.key, er.label, m.id, r.seed)
  WINDOW same AS (PARTITION BY experiment_uid, experiment, task, dataset, label, metric, definition)
), summary AS (                               -- one row a model and metric
  SELECT *,
         iif(finite = seeds, mean, NULL) AS sound_mean,
         iif(finite = seeds AND seeds > 1, sqrt(squares / (seeds - 1)), NULL) AS deviation
    FROM (SELECT *,
                 sum((value - mean) * (value - mean)) OVER
                     (PARTITION BY experiment_uid, experiment, task, dataset, label, metric, definition) AS squares
            FROM seeds)
   WHERE number = 1
)
SELECT experiment,
       experiment_uid,
       task,
       dataset,
       metric,
       rank() OVER (PARTITION BY experiment_uid, experiment, task, dataset, metric
                    ORDER BY sound_mean IS NULL, iif(higher_is_better, -sound_mean, sound_mean)) AS rank,
       label,
       sound_mean AS mean,
       sound_mean - margin AS low,            -- NULL with one seed: the training's noise is unknown
       sound_mean + margin AS high,
       deviation,                             -- of the seeds' values (n - 1)
       seeds,
       runs,                                  -- seeds × folds
       (SELECT count(*) FROM experiment_runs er JOIN runs r ON r.id = er.run_id JOIN trials t ON t.id = er.trial_id
         WHERE er.experiment_id = s.experiment_id AND er.label = s.label AND t.task_id = s.task_id
           AND r.status <> 'done') AS failed,
       metric = primary_metric AS is_primary,
       label = reference AS is_reference,
       higher_is_better,
       definition
  FROM (SELECT *, (SELECT t975 FROM t_quantiles WHERE df < seeds ORDER BY df DESC LIMIT 1)
                  * deviation / sqrt(seeds) AS margin
          FROM summary) s;

-- Losses, other measures and validation values by epoch.
CREATE VIEW v_curves AS
SELECT r.uid AS run,
       e.name AS experiment,
       e.uid AS experiment_uid,
       r.label,
       r.seed,
       r.fold,
       p.kind,
       p.series,
       p.epoch,
       p.value,                               -- NULL: not finite, see code
       p.code,
       p.time_ms - r.started_ms AS after_ms   -- since the run's start
  FROM points p
  JOIN runs r ON r.id = p.run_id
  JOIN experiments e ON e.id = r.experiment_id;

-- What differs between two runs: ask with run_a and run_b. NULL: that run has no such parameter.
CREATE VIEW v_param_diff AS
SELECT a.uid AS run_a, b.uid AS run_b, p.name, p.value AS value_a, q.value AS value_b
  FROM runs a
  CROSS JOIN runs b
  CROSS JOIN params p ON p.trial_id = a.trial_id
  LEFT JOIN params q ON q.trial_id = b.trial_id AND q.name = p.name
 WHERE p.value IS NOT q.value
UNION ALL
SELECT a.uid, b.uid, q.name, NULL, q.value    -- what only the second one has
  FROM runs a
  CROSS JOIN runs b
  CROSS JOIN params q ON q.trial_id = b.trial_id
 WHERE NOT EXISTS (SELECT 1 FROM params p WHERE p.trial_id = a.trial_id AND p.name = q.name)
UNION ALL
SELECT * FROM (SELECT a.uid, b.uid, n.column1,  -- what identifies a trial besides its parameters
                      CASE n.column1 WHEN '(model)' THEN s.model
                           WHEN '(seed)' THEN CAST(s.seed AS TEXT)
                           WHEN '(fold)' THEN CAST(s.fold AS TEXT)
                           WHEN '(threads)' THEN CAST(s.threads AS TEXT)
                           WHEN '(training)' THEN s.training
                           ELSE (SELECT key FROM tasks WHERE id = s.task_id) END AS value_a,
                      CASE n.column1 WHEN '(model)' THEN t.model
                           WHEN '(seed)' THEN CAST(t.seed AS TEXT)
                           WHEN '(fold)' THEN CAST(t.fold AS TEXT)
                           WHEN '(threads)' THEN CAST(t.threads AS TEXT)
                           WHEN '(training)' THEN t.training
                           ELSE (SELECT key FROM tasks WHERE id = t.task_id) END AS value_b
                 FROM runs a
                CROSS JOIN runs b
                 JOIN trials s ON s.id = a.trial_id
                 JOIN trials t ON t.id = b.trial_id
                CROSS JOIN (VALUES ('(model)'), ('(seed)'), ('(fold)'), ('(threads)'), ('(training)'), ('(task)')) n)
 WHERE value_a IS NOT value_b;

-- The same trial over time: every done run with the one before it.
CREATE VIEW v_history AS
SELECT t.key AS trial,
       k.key AS task,
       d.name AS dataset,
       r.label,
       t.model,
       t.seed,
       t.fold,
       m.key AS metric,
       r.uid AS run,
       strftime('%Y-%m-%d %H:%M:%S', r.started_ms / 1000, 'unixepoch') AS started,  -- UTC
       x.value,
       x.code,
       x.value - lag(x.value) OVER earlier AS change,         -- against the run before
       r.result_sha256 = lag(r.result_sha256) OVER earlier AS same_bits,  -- 1: every metric has the same bits
       r.fit_seconds,
       r.peak_bytes,
       v.hw_key,                              -- compare seconds within one
       v.assay_version,
       c.revision,
       c.dirty
  FROM runs r
  JOIN trials t ON t.id = r.trial_id
  JOIN tasks k ON k.id = t.task_id
  JOIN datasets d ON d.id = r.dataset_id
  JOIN experiments e ON e.id = r.experiment_id
  JOIN results x ON x.run_id = r.id
  JOIN metrics m ON m.id = x.metric_id
  LEFT JOIN environments v ON v.id = r.environment_id
  LEFT JOIN code_states c ON c.id = e.code_state_id
 WHERE r.status = 'done'
WINDOW earlier AS (PARTITION BY t.key, m.id ORDER BY r.started_ms, r.uid);
