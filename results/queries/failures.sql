-- What went wrong, and how often?
SELECT status, reason, label, count(*) AS runs, max(started) AS last_time
  FROM v_runs
 WHERE status NOT IN ('done', 'planned', 'running')
 GROUP BY status, reason, label
 ORDER BY runs DESC, label;
